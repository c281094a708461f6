import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { required } from '../environment.ts';

let documents: DynamoDBDocumentClient | undefined;

/**
 * The one client of a function; made at first use, so that importing a module needs no environment. When the table
 * throttles it, it sends less for a while (the SDK's adaptive mode), and tries again with growing pauses.
 */
export function documentClient(): DynamoDBDocumentClient {
  documents ??= DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 8, retryMode: 'adaptive' }), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return documents;
}

export function tableName(): string {
  return required('TABLE_NAME');
}
