import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventSourceMapping, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { eventTypes } from '../domain/webhook.ts';
import { streamArnOf } from './functions/statements.ts';
import type { Stage } from './stages.ts';

/** A line of a timeline that is an event of one of these kinds. */
function newLine(kinds: RegExp) {
  return {
    eventName: ['INSERT'],
    dynamodb: {
      Keys: { sk: { S: [{ prefix: 'EVT#' }] } },
      NewImage: { type: { S: eventTypes.filter((type) => kinds.test(type)) } },
    },
  };
}

/**
 * The lines of orders' timelines: items of their own, whose order only the shard as a whole keeps. Items of one partition
 * key are in one shard.
 */
const timelines = [newLine(/^(order|sims)\./)];

/** Changes of which each subject has one item: its own records stay in order. A mapping has up to five filters. */
const items = [
  newLine(/^alarm\./),
  { dynamodb: { Keys: { sk: { S: [{ prefix: 'OP#' }] } }, NewImage: { finishedAt: { S: [{ exists: true }] } } } },
  // SIMs: activated, suspended, and back from activating.
  simThatBecame('active', ['suspended']),
  simThatBecame('suspended'),
  { dynamodb: { OldImage: { state: { S: ['activating'] } }, NewImage: { state: { S: ['assigned'] } } } },
];

function simThatBecame(state: string, otherThanFrom: readonly string[] = []) {
  return {
    dynamodb: {
      OldImage: { state: { S: [{ 'anything-but': [state, ...otherThanFrom] }] }, iccid: { S: [{ exists: true }] } },
      NewImage: { state: { S: [state] } },
    },
  };
}

/**
 * Hands the changes of the table that can be events to the function which makes events of them. Two mappings, the most that
 * may read a shard: with several batches of a shard at once, Lambda keeps the order of an item, not of a partition key.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 */
export class EventsOfTable extends Construct {
  constructor(
    scope: Construct,
    id: string,
    {
      stage,
      table,
      lambda,
      deadLetters,
    }: { stage: Pick<Stage, 'batchesPerShard'>; table: Table; lambda: IFunction; deadLetters: IQueue },
  ) {
    super(scope, id);
    const shared = {
      target: lambda,
      eventSourceArn: streamArnOf(table),
      // Nothing is missed between the stream and its reader.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(0),
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // With the pauses that Lambda makes: longer than DynamoDB throttles.
      retryAttempts: 20,
      onFailure: new SqsDlq(deadLetters),
    };
    new EventSourceMapping(this, 'Mapping', {
      ...shared,
      filters: asFilters(items),
      parallelizationFactor: stage.batchesPerShard,
    });
    new EventSourceMapping(this, 'Timelines', { ...shared, filters: asFilters(timelines), parallelizationFactor: 1 });
  }
}

const asFilters = (patterns: readonly object[]) => patterns.map((pattern) => ({ pattern: JSON.stringify(pattern) }));
