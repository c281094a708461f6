import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { backgroundRetries, interactiveRetries, type RetryPolicy } from '../../domain/retry-policies.ts';
import { clientTimeouts } from '../aws-clients.ts';
import { required } from '../environment.ts';
import { boundedRetries } from './retry-strategy.ts';

let documents: DynamoDBDocumentClient | undefined;

/**
 * What the SDK does around every call, and nobody here looks at: it makes ready what it would log, and tells AWS what it is.
 * A task makes tens of thousands of calls, and each of them would pay for it.
 */
const unusedMiddleware = ['loggerMiddleware', 'getUserAgentMiddleware'];

let policy: RetryPolicy = interactiveRetries;

/** How calls to the table are retried in this function. */
export const tableRetries = () => policy;

/** Gives calls to the table the patience of a function for which no caller of the API waits. */
export function retryInBackground(): void {
  policy = backgroundRetries;
}

/**
 * The one client of a function; made at first use, so that importing a module needs no environment. A throttled call is
 * sent again after growing pauses, and holds its place among the writes in flight meanwhile: so a function sends no more
 * than the table takes. The SDK's adaptive mode would slow down all keys for the sake of a hot one.
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
