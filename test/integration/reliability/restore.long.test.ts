import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { simKey } from '../../../adapters/dynamodb/keys.ts';
import { asId } from '../../../domain/ids.ts';
import { createTables } from '../../../local/dynamodb/tables.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const local = useLocalCloud();
const harmed = local.partner('harmed');
const other = local.partner('not-harmed');
/** As point-in-time recovery leaves it: the table of a moment, beside the live one. */
const RESTORED = 'table-of-a-moment';
let documents: DynamoDBDocumentClient;
let live: string;

beforeAll(async () => {
  const { endpoints, parts } = local.cloud();
  useTableOf(local.cloud());
  live = parts.tables[0]?.name ?? '';
  const dynamodb = new DynamoDBClient({ endpoint: endpoints.dynamodb });
  documents = DynamoDBDocumentClient.from(dynamodb, { marshallOptions: { removeUndefinedValues: true } });
  await createTables(
    dynamodb,
    parts.tables.slice(0, 1).map((part) => ({ ...part, name: RESTORED })),
  );
});
afterAll(async () => {
  await documents.send(new DeleteTableCommand({ TableName: RESTORED }));
  documents.destroy();
});

async function keepThisMoment(): Promise<void> {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(new ScanCommand({ TableName: live, ExclusiveStartKey }));
    for (const Item of page.Items ?? []) {
      await documents.send(new PutCommand({ TableName: RESTORED, Item }));
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

test('damage to a partner is undone from an earlier table, and no other partner loses later data', async () => {
  const sims = await harmed.simsInStock({ operatorId: 'a1', quantity: 20 });
  const customer = await harmed.aCustomer({ name: 'As it was' });
  const gone = await harmed.aCustomer({ name: 'To be lost' });
  const kept = await other.aCustomer({ name: 'Before' });
  await keepThisMoment();

  const [first] = sims;
  await documents.send(
    new UpdateCommand({
      TableName: live,
      Key: simKey(harmed.id, first?.iccid ?? ''),
      UpdateExpression: 'SET #state = :nonsense',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':nonsense': 'terminated' },
    }),
  );
  await documents.send(
    new DeleteCommand({
      TableName: live,
      Key: itemKinds.customer.key({ partnerId: harmed.id, id: asId('customer', gone.id) }),
    }),
  );
  await harmed.api.patch(`/v1/customers/${customer.id}`, { name: 'Renamed' });
  const newer = await harmed.aCustomer({ name: 'Came since' });
  await other.api.patch(`/v1/customers/${kept.id}`, { name: 'After' });

  const printed = await run(['--from', RESTORED, '--to', live, '--partner', harmed.id]);
  // What schedules do in the meantime is printed, too.
  expect(printed).toMatch(/items have changed: .*1 customer/);
  expect(printed).toMatch(/items have changed: .*1 sim\b/);
  expect(printed).toMatch(/items were removed: .*1 customer/);
  expect(printed).toMatch(/items are new: .*1 customer/);
  expect(printed).toContain('nothing was changed');
  expect((await harmed.api.get(`/v1/customers/${gone.id}`)).status).toBe(404);

  expect(await run(['--from', RESTORED, '--to', live, '--partner', harmed.id, '--apply'])).toMatch(
    /done: \d+ restored/,
  );
  expect((await harmed.api.get(`/v1/sims/${first?.iccid}`)).body).toEqual(first);
  expect((await harmed.api.get(`/v1/customers/${gone.id}`)).body).toEqual(gone);
  expect((await harmed.api.get(`/v1/customers/${customer.id}`)).body).toEqual(customer);
  expect((await harmed.api.get(`/v1/customers/${newer.id}`)).status).toBe(200);
  expect((await other.api.get(`/v1/customers/${kept.id}`)).body).toMatchObject({ name: 'After' });

  const journal = (await harmed.all('/v1/journal')).length;
  await run(['--from', RESTORED, '--to', live, '--partner', harmed.id, '--apply', '--remove-newer']);
  expect((await harmed.api.get(`/v1/customers/${newer.id}`)).status).toBe(404);
  expect((await harmed.all('/v1/journal')).length).toBe(journal);
});

test('the command reports missing options', async () => {
  await expect(run([])).rejects.toMatchObject({ stderr: expect.stringContaining('different tables') });
  await expect(run(['--from', 'x', '--to', 'x'])).rejects.toMatchObject({
    stderr: expect.stringContaining('different tables'),
  });
});

async function run(args: string[]): Promise<string> {
  const tool = fileURLToPath(new URL('../../../tools/restore.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', tool, ...args, '--endpoint', local.cloud().endpoints.dynamodb],
    { env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return stdout;
}
