import { itemKinds } from '../../adapters/dynamodb/item-kinds.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import { sender } from './http.ts';
import type { SentRequest } from './request.ts';

/** A local cloud to send requests to. */
export type Target = Pick<LocalCloud, 'url' | 'endpoints' | 'parts' | 'functionsLog'>;

/** What no answer may show: the operators' addresses and key, the secret of cursors, and how the parts are called. */
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
    throw new Error('No list was read yet: there is no secret of cursors.');
  }
  // Safe: the local cloud has made this secret, and functions read it so.
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

/** Events that came to nothing so far. */
export async function failuresOf({ url }: Target): Promise<number> {
  const { items } = await ask<{ items: unknown[] }>(url, { method: 'GET', target: '/_local/failures', headers: {} });
  return items.length;
}

/** Calls a service of AWS by its bare protocol: the SDK's clients take long to load where tests run. */
function call<T>(url: string, version: string, target: string, body: unknown): Promise<T> {
  return ask(url, {
    method: 'POST',
    target: '/',
    headers: {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': target,
      // The engine of the local cloud looks whether a request is signed, not by whom.
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(body),
  });
}

/** Over a connection of its own, which nobody has closed meanwhile. @throws Error when the answer is no success */
async function ask<T>(url: string, request: Pick<SentRequest, 'method' | 'target' | 'headers' | 'body'>): Promise<T> {
  const connection = sender(url, 1);
  const { status, text, body } = await connection.send(request, undefined).finally(connection.close);
  if (status !== 200) {
    throw new Error(`${request.method} ${url} answers ${status}: ${text}`);
  }
  // Safe: it is what the local cloud, or the protocol of the service, answers to this.
  return body as T;
}
