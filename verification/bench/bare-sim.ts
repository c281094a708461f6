import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { documentClient, tableName } from '../../adapters/dynamodb/client.ts';
import { simKey } from '../../adapters/dynamodb/keys.ts';
import { asId } from '../../domain/ids.ts';

/** The floor of `GET /v1/sims/{iccid}`: the same call with the same client, returning the item as JSON without any checks. */
export async function handler({ pathParameters, headers }: APIGatewayProxyEventV2) {
  const key = simKey(asId('partner', headers['x-partner'] ?? ''), pathParameters?.iccid ?? '');
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: tableName(), Key: key, ConsistentRead: true }),
  );
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(Item) };
}
