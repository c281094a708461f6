import { DynamoDBClient, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { useLocalCloud } from '../support/local-cloud.ts';

const local = useLocalCloud();

/** One write unit of DynamoDB. */
const KB = 1024;

/** A SIM that has gone all the way, its history included: the bytes of its item, and the write units in the table. */
async function sizeOfActive(
  partner: ReturnType<typeof local.partner>,
  labels: object,
): Promise<{ bytes: number; units: number | undefined }> {
  const [sim] = await partner.activeSims({ operatorId: '3uk', quantity: 50 });
  const labelled = await partner.api.patch(`/v1/sims/${sim?.iccid}`, labels);
  expect(labelled.status).toBe(200);

  const { dynamodb, TableName } = tableOf();
  const pages = paginateScan(
    { client: dynamodb },
    {
      TableName,
      // Its entries in the lists by number and tag have the same sort key.
      FilterExpression: 'sk = :iccid AND attribute_exists(history)',
      ExpressionAttributeValues: { ':iccid': { S: String(sim?.iccid) } },
    },
  );
  const Items = [];
  for await (const page of pages) {
    Items.push(...(page.Items ?? []));
  }
  expect(Items).toHaveLength(1);
  const written = await dynamodb.send(
    new PutItemCommand({ TableName, Item: { ...Items[0] }, ReturnConsumedCapacity: 'INDEXES' }),
  );
  dynamodb.destroy();
  return { bytes: sizeOf(Items[0]), units: written.ConsumedCapacity?.Table?.CapacityUnits };
}

describe('a SIM that has gone all the way', () => {
  test('is written for one unit with a label and tags', async () => {
    const { bytes, units } = await sizeOfActive(local.partner('sizes'), {
      label: 'Water meter, 17 Long Meadow, Northwind',
      tags: ['north', 'water', 'batch-2026-11'],
    });
    expect(bytes).toBeLessThan(KB);
    expect(units).toBe(1);
  });

  test('is written for two units with the longest label, tags and fields in ASCII', async () => {
    const partner = local.partner('large-sizes');
    const names = Array.from({ length: 10 }, (_, place) => `name of the field ${place}`);
    expect((await partner.api.put('/v1/sim-fields', { names })).status).toBe(200);
    const { bytes, units } = await sizeOfActive(partner, {
      label: 'x'.repeat(60),
      tags: names.map((name) => name.padEnd(30, 'x')),
      fields: Object.fromEntries(names.map((name) => [name, 'x'.repeat(21)])),
    });
    expect(bytes).toBeLessThan(2 * KB);
    expect(units).toBe(2);
  });
});

function tableOf() {
  const { endpoints, parts } = local.cloud();
  const dynamodb = new DynamoDBClient({
    endpoint: endpoints.dynamodb,
    region: 'eu-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return { dynamodb, TableName: parts.tables[0]?.name };
}

/** Bytes of an item, counted from above: attribute names and values as JSON, which is longer than what DynamoDB counts. */
function sizeOf(value: unknown): number {
  if (Array.isArray(value)) {
    return value.reduce((sum: number, item) => sum + 1 + sizeOf(item), 3);
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    // An attribute value is { type: value }: the type is not stored.
    const [type, inner] = entries[0] ?? [];
    return entries.length === 1 && type !== undefined && /^(S|N|L|M|BOOL|SS)$/.test(type)
      ? sizeOf(inner)
      : entries.reduce((sum, [name, of]) => sum + Buffer.byteLength(name) + 1 + sizeOf(of), 3);
  }
  return Buffer.byteLength(String(value));
}
