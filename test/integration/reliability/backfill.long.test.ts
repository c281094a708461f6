import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { backfillNext, backfillSegments, startBackfill } from '../../../adapters/dynamodb/backfill.ts';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { simKey } from '../../../adapters/dynamodb/keys.ts';
import { listSims } from '../../../adapters/dynamodb/sim-lists.ts';
import { asId } from '../../../domain/ids.ts';
import type { SimFilter } from '../../../domain/operation.ts';
import { createTables } from '../../../local/dynamodb/tables.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const local = useLocalCloud();
const TableName = 'to-be-upgraded';
let documents: DynamoDBDocumentClient;

beforeAll(async () => {
  const { endpoints, parts } = local.cloud();
  useTableOf(local.cloud());
  process.env.TABLE_NAME = TableName;
  const dynamodb = new DynamoDBClient({ endpoint: endpoints.dynamodb });
  documents = DynamoDBDocumentClient.from(dynamodb);
  await createTables(
    dynamodb,
    parts.tables.slice(0, 1).map((part) => ({ ...part, name: TableName })),
  );
});
afterAll(async () => {
  await documents.send(new DeleteTableCommand({ TableName }));
  documents.destroy();
});

const keyOf = (place: number) =>
  itemKinds.partnerService.key({ partnerId: asId('partner', 'old'), id: `psv_${String(place).padStart(26, '0')}` });
const itemAt = async (place: number) =>
  (await documents.send(new GetCommand({ TableName, Key: keyOf(place), ConsistentRead: true }))).Item;

/** Services as the first release wrote them, before any SIM: three MB of them, so that one read does not see all. */
const COUNT = 30;
const services = Array.from({ length: COUNT }, (_, place) => ({
  ...keyOf(place),
  name: `Service ${place} ${'.'.repeat(100_000)}`,
  holding: false,
  version: 1,
}));

beforeEach(async () => {
  for (const Item of services) {
    await documents.send(new PutCommand({ TableName, Item }));
  }
});

async function upgradedCount(): Promise<number> {
  const items = await Promise.all(services.map((_, place) => itemAt(place)));
  return items.filter((item) => item?.v === 2 && item.sims === 0).length;
}

describe('items of an earlier shape', () => {
  test('are upgraded segment by segment, from where an earlier run stopped', async () => {
    const [begun] = await startBackfill(1, new Date());
    const once = begun && (await backfillNext(begun, new Date()));
    const afterOnce = await upgradedCount();

    expect(afterOnce).toBeGreaterThan(0);
    expect(afterOnce).toBeLessThan(COUNT);
    expect(await backfillSegments()).toEqual([once]);
    expect(await runTool()).toMatch(new RegExp(`^resumes 1 segments\\n.*done: \\d+ items, ${COUNT} upgraded\\n$`, 's'));
    expect(await upgradedCount()).toBe(COUNT);
    expect(await itemAt(7)).toEqual({ ...services[7], sims: 0, v: 2 });
  });

  test('are unchanged when they have the newest shape', async () => {
    expect(await runTool('--segments', '3')).toContain(`${COUNT} upgraded`);
    expect(await runTool('--segments', '2')).toMatch(/^starts 2 segments\n.*items, 0 upgraded\n$/s);
    expect(await backfillSegments()).toHaveLength(2);
  });

  test('lose nothing that is written meanwhile', async () => {
    const [begun] = await startBackfill(1, new Date());
    const counting = services.map((_, place) =>
      documents.send(
        new UpdateCommand({
          TableName,
          Key: keyOf(place),
          UpdateExpression: 'ADD sims :more',
          ExpressionAttributeValues: { ':more': 5 },
        }),
      ),
    );
    await Promise.all([begun && runTool(), ...counting]);

    const items = await Promise.all(services.map((_, place) => itemAt(place)));
    expect(items.map((item) => item?.sims)).toEqual(services.map(() => 5));
    expect(items.map((item) => item?.v)).toEqual(services.map(() => 2));
  });

  test('are not skipped by a run that another one has replaced', async () => {
    const [former] = await startBackfill(1, new Date(0));
    const [latter] = await startBackfill(1, new Date());

    expect(former && (await backfillNext(former, new Date()))).toBeUndefined();
    expect(await backfillSegments()).toEqual([latter]);
  });
});

describe('SIMs that an earlier release terminated', () => {
  test('leave the counts of their services, each once', async () => {
    const services = { partnerServiceId: 'psv_counted', customerServiceId: 'csv_counted' };
    const keys = [
      itemKinds.partnerService.key({ partnerId: asId('partner', 'old'), id: 'psv_counted' }),
      itemKinds.customerService.key({ partnerId: asId('partner', 'old'), id: 'csv_counted' }),
    ];
    const sim = (number: number, own: object) => {
      const iccid = `8944200000000000${String(number).padStart(3, '0')}`;
      return {
        ...simKey(asId('partner', 'old'), iccid),
        iccid,
        state: 'terminated',
        version: 5,
        tags: [],
        history: [],
        ...services,
        ...own,
      };
    };
    const items = [
      ...keys.map((key) => ({ ...key, sims: 130, version: 1, v: 2 })),
      ...Array.from({ length: 120 }, (_, number) => sim(number, {})),
      ...Array.from({ length: 3 }, (_, number) => sim(120 + number, { leftCounts: true })),
      ...Array.from({ length: 4 }, (_, number) => sim(130 + number, { state: 'active' })),
      // Its customer service is gone.
      sim(140, { customerServiceId: 'csv_gone' }),
    ];
    for (const Item of items) {
      await documents.send(new PutCommand({ TableName, Item }));
    }
    const counts = async () =>
      Promise.all(
        keys.map(
          async (Key) => (await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item?.sims,
        ),
      );

    await runTool('--restart', '--segments', '3');
    expect(await counts()).toEqual([130 - 121, 130 - 120]);
    expect(await runTool('--restart')).toContain(' 0 upgraded');
    expect(await counts()).toEqual([130 - 121, 130 - 120]);
  });
});

describe('SIMs of an earlier release', () => {
  const partnerId = asId('partner', 'unfound');
  const sims = Array.from({ length: 40 }, (_, number) => {
    const iccid = `8944201000000000${String(number).padStart(3, '0')}`;
    const numbers = { imsi: `23420000000${String(number).padStart(4, '0')}`, msisdn: `+4477009${70_000 + number}` };
    return {
      ...simKey(partnerId, iccid),
      ...{ ...numbers, iccid, state: 'active', version: 5, history: [] },
      tags: number % 4 === 0 ? ['North'] : [],
      ...(number === 7 ? { label: 'Meter 7', imei: '356938035643809' } : {}),
    };
  });
  const owners = sims.map(({ iccid }) => ({ ...itemKinds.simOwner.key({ iccid }), iccid, partnerId }));
  const found = async (filter: SimFilter) =>
    (await listSims(partnerId, filter, 100, undefined)).items.map(({ iccid }) => iccid);

  test('are found by what they have, after one run', async () => {
    for (const Item of [...sims, ...owners]) {
      await documents.send(new PutCommand({ TableName, Item }));
    }
    const filters: SimFilter[] = [
      { imsi: '234200000000007' },
      { msisdn: '+447700970007' },
      { imei: '356938035643809' },
      { iccidEnds: '0007' },
      { q: 'meter' },
      { tag: 'north', q: '8944201000000000008' },
    ];
    expect(await Promise.all(filters.map(found))).toEqual(filters.map(() => []));

    // Two numbers each, ten tags, a label, an IMEI, the owners, and the services of each test.
    expect(await runTool('--restart', '--segments', '3')).toContain(` ${2 * 40 + 10 + 2 + 40 + COUNT} upgraded`);
    const seventh = sims[7]?.iccid;
    expect(await Promise.all(filters.map(found))).toEqual([
      ...Array.from({ length: 5 }, () => [seventh]),
      [sims[8]?.iccid],
    ]);
    expect(await found({ tag: 'NORTH' })).toHaveLength(10);
    expect(await runTool('--restart', '--segments', '2')).toContain(' 0 upgraded');
  });
});

test('the command reports missing options', async () => {
  await expect(run([])).rejects.toMatchObject({ stderr: expect.stringContaining('--table is required') });
  await expect(run(['--table', 'x', '--segments', '0'])).rejects.toMatchObject({
    stderr: expect.stringContaining('from 1 to 64'),
  });
});

async function runTool(...args: string[]): Promise<string> {
  const { endpoints } = local.cloud();
  const { stdout } = await run(['--table', TableName, '--endpoint', endpoints.dynamodb, ...args]);
  return stdout;
}

function run(args: string[]) {
  const tool = fileURLToPath(new URL('../../../tools/backfill.ts', import.meta.url));
  return promisify(execFile)(process.execPath, ['--no-warnings', tool, ...args], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}
