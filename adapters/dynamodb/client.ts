import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { backgroundRetries, interactiveRetries, type RetryPolicy } from '../../domain/retry-policies.ts';
import { clientTimeouts } from '../aws-clients.ts';
import { required } from '../environment.ts';
import { boundedRetries } from './retry-strategy.ts';

let documents: DynamoDBDocumentClient | undefined;

/**
 * Middleware of the SDK that prepares log entries and the user agent. Nothing uses them, and they slow down each of the tens of
 * thousands of calls that a task makes.
 */
const unusedMiddleware = ['loggerMiddleware', 'getUserAgentMiddleware'];

let policy: RetryPolicy = interactiveRetries;

/** The retry policy for calls to the table in this function. */
export const tableRetries = () => policy;

/** Selects the longer retry policy, for functions for which no caller of the API waits. */
export function retryInBackground(): void {
  policy = backgroundRetries;
}

/**
 * The client of the function, created at first use so that importing a module needs no environment. A throttled call is retried
 * with exponential backoff and counts as in flight meanwhile, so that a function adapts to the capacity of the table. The SDK's
 * adaptive mode would slow down all keys because of one hot key.
 */
export function documentClient(): DynamoDBDocumentClient {
  if (!documents) {
    const client = new DynamoDBClient({ ...clientTimeouts, retryStrategy: boundedRetries(tableRetries) });
    for (const middleware of unusedMiddleware) {
      client.middlewareStack.remove(middleware);
    }
    documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  }
  return documents;
}

export function tableName(): string {
  return required('TABLE_NAME');
}
