import { itemKinds } from '../../adapters/dynamodb/item-kinds.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import { sender } from './http.ts';
import type { SentRequest } from './request.ts';

/** The local cloud that receives the requests. */
export type Target = Pick<LocalCloud, 'url' | 'endpoints' | 'parts' | 'functionsLog'>;

/** Secrets that no response may show: the operators' URLs and keys, the secret of cursors, and the names of AWS resources. */
export async function secretsOf({ endpoints, parts }: Target): Promise<string[]> {
  const [tableName = '', secretArn = ''] = [parts.tables[0]?.name, parts.secrets[0]?.arn];
  const operators = await call<{ SecretString: string }>(
    endpoints.secretsManager,
    '1.1',
    'secretsmanager.GetSecretValue',
    {
      SecretId: secretArn,
    },
  );
  const Key = Object.fromEntries(
    Object.entries(itemKinds.cursorSecret.key({})).map(([name, value]) => [name, { S: value }]),
  );
  const kept = await call<{ Item?: { secret: { S: string } } }>(
    endpoints.dynamodb,
    '1.0',
    'DynamoDB_20120810.GetItem',
    {
      TableName: tableName,
      Key,
    },
  );
  if (!kept.Item) {
    throw new Error('The secret of cursors does not exist before a list has been read.');
  }
  // Safe: the local cloud has created this secret, and functions read it in this form.
  const connections = Object.values(JSON.parse(operators.SecretString)) as { baseUrl: string; apiKey: string }[];
  return [
    kept.Item.secret.S,
    tableName,
    ...connections.flatMap(({ baseUrl, apiKey }) => [baseUrl, apiKey]),
    ...Object.values(endpoints).filter((endpoint) => endpoint !== undefined),
    ...parts.functions.map(({ name }) => name),
    ...parts.stateMachines.map(({ arn }) => arn),
  ];
}

/** Returns the number of events that failed all attempts. */
export async function failuresOf({ url }: Target): Promise<number> {
  const { items } = await ask<{ items: unknown[] }>(url, { method: 'GET', target: '/_local/failures', headers: {} });
  return items.length;
}

/** Calls an AWS service without the SDK, which takes long to load in tests. */
function call<T>(url: string, version: string, target: string, body: unknown): Promise<T> {
  return ask(url, {
    method: 'POST',
    target: '/',
    headers: {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': target,
      // The local engine requires a signature and does not verify it.
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(body),
  });
}

/** Sends a request over a new connection. @throws Error unless the response has the status 200 */
async function ask<T>(url: string, request: Pick<SentRequest, 'method' | 'target' | 'headers' | 'body'>): Promise<T> {
  const connection = sender(url, 1);
  const { status, text, body } = await connection.send(request, undefined).finally(connection.close);
  if (status !== 200) {
    throw new Error(`${request.method} ${url} returned ${status}: ${text}`);
  }
  // Safe: the local cloud, or the protocol of the service, defines this response.
  return body as T;
}
