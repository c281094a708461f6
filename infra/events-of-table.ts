import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventSourceMapping, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { itemKinds } from '../adapters/dynamodb/item-kinds.ts';
import { announcedSteps } from '../adapters/dynamodb/sim-history.ts';
import { eventTypes } from '../domain/webhook.ts';
import { streamArnOf } from './functions/statements.ts';
import type { Stage } from './stages.ts';

/** Matches new items of a kind that have an event type which matches `types`. */
function newItem({ skPrefix }: { skPrefix: string }, types: RegExp) {
  return {
    eventName: ['INSERT'],
    dynamodb: {
      Keys: { sk: { S: [{ prefix: skPrefix }] } },
      NewImage: { type: { S: eventTypes.filter((type) => types.test(type)) } },
    },
  };
}

/**
 * The timeline entries of orders, and deletions of customers. Each is an item of its own, so that only the order of the stream's shard
 * keeps the entries of an order in sequence: items of one partition key are in one shard.
 */
const timelines = [newItem(itemKinds.orderEvent, /^(order|sims)\./), newItem(itemKinds.customerEvent, /^customer\./)];

/** Changes of subjects that are one item, whose records stay in order. A mapping has up to five filters. */
const items = [
  newItem(itemKinds.alarmFiring, /^alarm\./),
  {
    dynamodb: {
      Keys: { sk: { S: [{ prefix: itemKinds.operation.skPrefix }] } },
      NewImage: { finishedAt: { S: [{ exists: true }] } },
    },
  },
  // SIMs: activated, suspended, not activated after all, and steps without a change of state. Those in test status keep their state when
  // they are not activated. Some records of SIMs that stay active pass, too.
  {
    dynamodb: {
      OldImage: { state: { S: [{ 'anything-but': ['suspended'] }] }, iccid: { S: [{ exists: true }] } },
      NewImage: { state: { S: ['active', 'suspended'] } },
    },
  },
  { dynamodb: { NewImage: { announces: { S: [...announcedSteps] } } } },
  {
    dynamodb: {
      OldImage: { state: { S: ['activating', 'testing'] } },
      NewImage: { state: { S: ['assigned', 'testing'] } },
    },
  },
];

/**
 * Passes changes of the table that can be events to the function that publishes them. Uses two mappings, the maximum for a shard:
 * with concurrent batches per shard, Lambda keeps the order of each item, but not of each partition key.
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
      // Misses no records between the creation of the stream and that of the mapping.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(0),
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // With Lambda's pauses, this is longer than DynamoDB throttles.
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
