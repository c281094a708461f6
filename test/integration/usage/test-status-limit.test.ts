import { beforeAll, describe, expect, test } from '@jest/globals';
import { addSims, getSim, getSims, saveSim, simHistory } from '../../../adapters/dynamodb/sims.ts';
import { asId, newId } from '../../../domain/ids.ts';
import { newSimInHolding, type Sim } from '../../../domain/sim.ts';
import type { UsageRecord } from '../../../domain/usage-record.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { countTotals } from '../../../use-cases/usage/count-totals.ts';
import { countUsage } from '../../../use-cases/usage/count-usage.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { newIccids } from '../support/operators-by-hand.ts';

const cloud = useLocalCloud();
const OPERATOR = asId('operator', '3ireland');
const PARTNER = asId('partner', 'acme-test-limit');
const SINCE = '2026-03-07T10:20:00.000Z';
/** When usage is counted: later than that of every record. */
const NOW = new Date('2026-03-12T09:00:00.000Z');

beforeAll(() => useTableOf(cloud.cloud()));

/** Adds a SIM of a fleet that has been in test status since `SINCE`. */
async function aTestedSim(own: Partial<Sim> = {}): Promise<string> {
  const [iccid] = newIccids(1);
  if (iccid === undefined) {
    throw new Error('There is no ICCID left.');
  }
  const order = { id: asId('order', 'ord_1'), operatorId: OPERATOR };
  const place = {
    partnerServiceId: asId('partnerService', 'psv_01JG0000000000000000000001'),
    customerServiceId: asId('customerService', 'csv_01JG0000000000000000000001'),
    customerId: asId('customer', 'cus_1'),
  };
  const arrived = newSimInHolding({ iccid }, order, '2026-01-05T09:00:00.000Z');
  const imported = { ...place, state: own.state ?? 'testing', by: 'ada' };
  const sim: Sim = { ...arrived, ...place, state: 'testing', bars: [], imported, stateChangedAt: SINCE, ...own };
  expect(await addSims(PARTNER, [{ sim }])).toMatchObject([{ isAdded: true }]);
  return iccid;
}

const record = (iccid: string, at: string, bytes: number): UsageRecord => ({
  recordId: newId('event', new Date(at)),
  iccid,
  at,
  bytes,
  network: '27201',
});
const count = (...records: UsageRecord[]) => countUsage(OPERATOR, records, NOW);
const total = async (iccid: string, day: string, bytes: number, askedAt: string) => {
  const sims = [...(await getSims(PARTNER, [iccid])).values()];
  await countTotals(
    PARTNER,
    [{ sims, totals: [{ iccid, day, bytes }], askedAt: new Date(askedAt) }],
    new Date(askedAt),
  );
};
const stateOf = async (iccid: string) => (await getSim(PARTNER, iccid))?.state;
const activations = async (iccid: string) => {
  const sim = await getSim(PARTNER, iccid);
  return (sim ? await simHistory(PARTNER, sim) : []).filter(({ type }) => type === 'sim.activated');
};

describe('a SIM in test status', () => {
  test('becomes active once, even if its usage is counted by several runs at the same time', async () => {
    const iccid = await aTestedSim();
    const records = Array.from({ length: 6 }, (_, hour) => record(iccid, `2026-03-08T0${hour}:30:00.000Z`, 50_000));
    await Promise.all(records.map((one) => count(one)));
    await Promise.all(records.map((one) => count(one)));
    expect(await stateOf(iccid)).toBe('active');
    expect(await activations(iccid)).toMatchObject([{ from: 'testing', to: 'active', actor: 'system', version: 2 }]);
  });

  test('becomes active when usage is counted again whose first count did not end its test, as after a crash', async () => {
    const iccid = await aTestedSim({ state: 'suspended', bars: [{ type: 'data', reason: 'lost', since: SINCE }] });
    const one = record(iccid, '2026-03-08T09:30:00.000Z', 100_000);
    await count(one);
    const sim = await getSim(PARTNER, iccid);
    if (sim) {
      const inTest: Sim = { ...sim, state: 'testing', bars: [], version: 2 };
      await saveSim(PARTNER, sim, inTest, 'sim.test_started', { actor: 'ada' });
    }
    expect(await stateOf(iccid)).toBe('testing');
    await count(one);
    expect(await stateOf(iccid)).toBe('active');
  });

  test('stays in test status when its operator no longer has one', async () => {
    const operatorId = asId('operator', 'a1');
    const iccid = await aTestedSim({ operatorId });
    await countUsage(operatorId, [record(iccid, '2026-03-08T09:30:00.000Z', 100_000)], NOW);
    expect(await stateOf(iccid)).toBe('testing');
  });

  test('counts usage from the hour of its start, of all days', async () => {
    const iccid = await aTestedSim();
    await count(
      record(iccid, '2026-03-07T09:59:00.000Z', 1_000_000),
      record(iccid, '2026-02-10T12:00:00.000Z', 1_000_000),
    );
    expect(await stateOf(iccid)).toBe('testing');
    await count(record(iccid, '2026-03-07T10:25:00.000Z', 60_000), record(iccid, '2026-03-11T00:00:00.000Z', 39_999));
    expect(await stateOf(iccid)).toBe('testing');
    await count(record(iccid, '2026-03-09T23:00:00.000Z', 1));
    expect(await stateOf(iccid)).toBe('active');
  });

  test('follows totals, with their corrections', async () => {
    const iccid = await aTestedSim();
    await total(iccid, '2026-03-07', 900_000, '2026-03-07T08:00:00.000Z');
    await total(iccid, '2026-03-07', 999_999, '2026-03-07T12:00:00.000Z');
    expect(await stateOf(iccid)).toBe('testing');
    await total(iccid, '2026-03-07', 900_001, '2026-03-08T12:00:00.000Z');
    await total(iccid, '2026-03-08', 99_998, '2026-03-08T12:00:00.000Z');
    expect(await stateOf(iccid)).toBe('testing');
    await total(iccid, '2026-03-08', 99_999, '2026-03-09T12:00:00.000Z');
    expect(await stateOf(iccid)).toBe('active');
    await total(iccid, '2026-03-08', 0, '2026-03-10T12:00:00.000Z');
    expect(await stateOf(iccid)).toBe('active');
    expect(await activations(iccid)).toHaveLength(1);
  });

  test('keeps the change that its operator is making', async () => {
    const pendingChange = { action: 'suspend', since: SINCE, operationId: asId('operation', 'op_1') } as const;
    const iccid = await aTestedSim({ pendingChange });
    await count(record(iccid, '2026-03-08T09:30:00.000Z', 100_000));
    expect(await getSim(PARTNER, iccid)).toMatchObject({ state: 'active', bars: [], pendingChange });
  });

  test('is left as it is when it is in another state', async () => {
    const iccid = await aTestedSim({ state: 'suspended', bars: [{ type: 'data', reason: 'lost', since: SINCE }] });
    await count(record(iccid, '2026-03-08T09:30:00.000Z', 1_000_000));
    expect(await getSim(PARTNER, iccid)).toMatchObject({ state: 'suspended', version: 1 });
  });
});
