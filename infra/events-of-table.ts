import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventSourceMapping, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { eventTypes } from '../domain/webhook.ts';
import { streamArnOf } from './functions/statements.ts';

/** A mapping has up to five filters; more are a quota to ask for. */
const changesThatAreEvents = [
  {
    eventName: ['INSERT'],
    dynamodb: {
      Keys: { sk: { S: [{ prefix: 'EVT#' }] } },
      NewImage: { type: { S: eventTypes.filter((type) => /^(order|sims|alarm)\./.test(type)) } },
    },
  },
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

/** Hands the changes of the table that can be events to the function which makes events of them. */
export class EventsOfTable extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { table, lambda, deadLetters }: { table: Table; lambda: IFunction; deadLetters: IQueue },
  ) {
    super(scope, id);
    new EventSourceMapping(this, 'Mapping', {
      target: lambda,
      eventSourceArn: streamArnOf(table),
      // Nothing is missed between the stream and its reader.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(0),
      filters: changesThatAreEvents.map((pattern) => ({ pattern: JSON.stringify(pattern) })),
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // With the pauses that Lambda makes: longer than DynamoDB throttles.
      retryAttempts: 20,
      onFailure: new SqsDlq(deadLetters),
    });
  }
}
