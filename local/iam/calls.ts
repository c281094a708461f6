import { machineOfToken } from '../step-functions/machine-of-token.ts';
import type { RequiredPermission } from './evaluate.ts';

// Determines the permissions that a request to an AWS service needs. Workers load this file without its types (bare-source.ts).

/** Services by their IAM prefixes. */
export type GuardedService = 'dynamodb' | 'states' | 'secretsmanager' | 'cognito-idp';

export type ServiceRequest = {
  service: GuardedService;
  method: string;
  /** With the query, as sent. */
  path: string;
  /** The header X-Amz-Target; empty when there is none. */
  target: string;
  body: string;
};

/** Maps names in requests to what IAM needs: ARNs and partition keys. */
export type Directory = {
  region: string;
  account: string;
  /** Partition keys of tables, and of their indexes, by name. */
  tables: Readonly<Record<string, { partitionKey: string; indexes: Readonly<Record<string, string>> }>>;
  /** ARNs of secrets by their names. */
  secrets: Readonly<Record<string, string>>;
};

type Input = Readonly<Record<string, unknown>>;

/** The first attribute of an item's key, which IAM compares: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html */
const LEADING_KEYS = 'dynamodb:LeadingKeys';

/**
 * Returns the permissions that a request needs; all of them must be granted. Returns none for a body that is not JSON: the
 * service rejects it.
 */
export function requiredPermissions(request: ServiceRequest, directory: Directory): RequiredPermission[] {
  const input = parsed(request.body);
  if (input === undefined) {
    return [];
  }
  const operation = request.target.split('.').at(-1) ?? '';
  switch (request.service) {
    case 'dynamodb':
      return tableCalls(operation, input, directory);
    case 'states':
      return [{ action: `states:${operation}`, resource: stateMachineResource(input) }];
    case 'secretsmanager':
      return [{ action: `secretsmanager:${operation}`, resource: secretResource(input, directory) }];
    case 'cognito-idp':
      return [{ action: `cognito-idp:${operation}`, resource: userPoolResource(input, directory) }];
  }
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
function tableCalls(operation: string, input: Input, directory: Directory): RequiredPermission[] {
  const tableArn = (name: unknown) =>
    String(name).startsWith('arn:')
      ? String(name)
      : `arn:aws:dynamodb:${directory.region}:${directory.account}:table/${String(name)}`;
  const tableOf = (name: unknown) => directory.tables[String(name).split('/').at(-1) ?? ''];
  const call = (action: string, table: unknown, leadingKeys: readonly string[] | undefined): RequiredPermission => ({
    action: `dynamodb:${action}`,
    resource: tableArn(table),
    ...(leadingKeys && { context: { [LEADING_KEYS]: leadingKeys } }),
  });
  /** The partition key values of items or keys. */
  const leadingKeysOf = (table: unknown, items: readonly unknown[]) => {
    const partitionKey = tableOf(table)?.partitionKey;
    return partitionKey === undefined ? undefined : items.map((item) => textOf(record(item)[partitionKey]));
  };
  const itemCall = (action: string, part: Input) =>
    call(action, part.TableName, leadingKeysOf(part.TableName, [part.Item ?? part.Key]));

  switch (operation) {
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [itemCall(operation, input)];
    case 'BatchGetItem':
      return Object.entries(record(input.RequestItems)).map(([table, request]) =>
        call(operation, table, leadingKeysOf(table, list(record(request).Keys))),
      );
    case 'BatchWriteItem':
      return Object.entries(record(input.RequestItems)).map(([table, requests]) =>
        call(
          operation,
          table,
          leadingKeysOf(
            table,
            list(requests).map(
              (request) => record(record(request).PutRequest).Item ?? record(record(request).DeleteRequest).Key,
            ),
          ),
        ),
      );
    case 'TransactGetItems':
      return list(input.TransactItems).map((part) => itemCall('GetItem', record(record(part).Get)));
    case 'TransactWriteItems':
      // A transaction needs the permissions of its parts, and none of its own.
      return list(input.TransactItems).flatMap((part) =>
        Object.entries(record(part)).map(([kind, request]) =>
          itemCall(kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`, record(request)),
        ),
      );
    case 'Query':
    case 'Scan': {
      const table = tableOf(input.TableName);
      const index = input.IndexName === undefined ? undefined : String(input.IndexName);
      const partitionKey = index === undefined ? table?.partitionKey : table?.indexes[index];
      const key = operation === 'Query' && partitionKey !== undefined ? queriedKey(input, partitionKey) : undefined;
      const { resource, ...rest } = call(operation, input.TableName, key === undefined ? undefined : [key]);
      return [{ ...rest, resource: index === undefined ? resource : `${resource}/index/${index}` }];
    }
    default:
      return [
        {
          action: `dynamodb:${operation}`,
          resource:
            input.TableName !== undefined
              ? tableArn(input.TableName)
              : typeof input.StreamArn === 'string'
                ? input.StreamArn
                : '*',
        },
      ];
  }
}

/** Returns the partition key value of a query. */
function queriedKey(input: Input, partitionKey: string): string | undefined {
  const names = record(input.ExpressionAttributeNames);
  const values = record(input.ExpressionAttributeValues);
  for (const [, left = '', right = ''] of String(input.KeyConditionExpression ?? '').matchAll(
    /([#:]?[\w.-]+)\s*=\s*([#:]?[\w.-]+)/g,
  )) {
    const [name, value] = left.startsWith(':') ? [right, left] : [left, right];
    if ((names[name] ?? name) === partitionKey) {
      return textOf(values[value]);
    }
  }
  const [condition] = list(record(record(input.KeyConditions)[partitionKey]).AttributeValueList);
  return condition === undefined ? undefined : textOf(condition);
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
function stateMachineResource({ executionArn, stateMachineArn, taskToken }: Input): string {
  if (typeof executionArn === 'string') {
    return executionArn;
  }
  if (typeof stateMachineArn === 'string') {
    // Permissions refer to the state machine, also for an alias or a version.
    return stateMachineArn.split(':').slice(0, 7).join(':');
  }
  return typeof taskToken === 'string' ? (machineOfToken(taskToken) ?? '*') : '*';
}

function secretResource({ SecretId }: Input, { region, account, secrets }: Directory): string {
  const id = String(SecretId ?? '*');
  return id.startsWith('arn:') || id === '*'
    ? id
    : (secrets[id] ?? `arn:aws:secretsmanager:${region}:${account}:secret:${id}`);
}

function userPoolResource({ UserPoolId }: Input, { region, account }: Directory): string {
  return UserPoolId === undefined ? '*' : `arn:aws:cognito-idp:${region}:${account}:userpool/${String(UserPoolId)}`;
}

/** Returns an attribute's value as a string. Its only field is named after its type. */
function textOf(attribute: unknown): string {
  return String(Object.values(record(attribute))[0]);
}

function parsed(body: string): Input | undefined {
  try {
    return record(JSON.parse(body || '{}'));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Input {
  // Safe: any object has string keys, and the values stay unknown.
  return typeof value === 'object' && value !== null ? (value as Input) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
