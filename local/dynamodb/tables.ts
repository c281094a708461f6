import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { StartError } from '../start-error.ts';
import type { TableIndex, TablePart } from '../template/parts.ts';

/**
 * Creates the missing tables and waits until they are active.
 *
 * @throws StartError when a stored table's keys or indexes differ from the template's
 */
export async function createTables(client: DynamoDBClient, tables: readonly TablePart[]): Promise<void> {
  for (const table of tables) {
    const existing = await describe(client, table.name);
    if (existing) {
      refuseDifference(table, existing);
    } else {
      await client.send(
        new CreateTableCommand({
          TableName: table.name,
          AttributeDefinitions: table.attributes,
          KeySchema: table.keys,
          BillingMode: 'PAY_PER_REQUEST',
          ...(table.globalIndexes.length > 0 && { GlobalSecondaryIndexes: table.globalIndexes.map(sdkIndex) }),
          ...(table.localIndexes.length > 0 && { LocalSecondaryIndexes: table.localIndexes.map(sdkIndex) }),
          ...(table.streamView && { StreamSpecification: { StreamEnabled: true, StreamViewType: table.streamView } }),
        }),
      );
    }
    while ((await describe(client, table.name))?.TableStatus !== 'ACTIVE') {
      await sleep(20);
    }
  }
}

async function describe(client: DynamoDBClient, name: string) {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'name' in error && error.name === 'ResourceNotFoundException') {
      return undefined;
    }
    throw error;
  }
}

function sdkIndex({ IndexName, KeySchema, Projection: { ProjectionType, NonKeyAttributes } }: TableIndex) {
  return { IndexName, KeySchema, Projection: { ProjectionType, ...(NonKeyAttributes && { NonKeyAttributes }) } };
}

function refuseDifference(table: TablePart, existing: NonNullable<Awaited<ReturnType<typeof describe>>>): void {
  const shape = (keys: { AttributeName?: string | undefined; KeyType?: string | undefined }[] | undefined) =>
    (keys ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');
  const indexes = (list: { IndexName?: string | undefined; KeySchema?: Parameters<typeof shape>[0] }[] | undefined) =>
    (list ?? [])
      .map(({ IndexName, KeySchema }) => `${IndexName}: ${shape(KeySchema)}`)
      .sort()
      .join('; ');
  const expected = `${shape(table.keys)} | ${indexes(table.globalIndexes)} | ${indexes(table.localIndexes)}`;
  const actual = `${shape(existing.KeySchema)} | ${indexes(existing.GlobalSecondaryIndexes)} | ${indexes(existing.LocalSecondaryIndexes)}`;
  if (expected !== actual) {
    throw new StartError(
      `The table ${table.name} in DATA_DIR has the keys and indexes "${actual}", the template "${expected}": remove ` +
        'the folder to start over.',
    );
  }
}
