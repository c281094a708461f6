import { beforeAll, describe, expect, test } from '@jest/globals';
import { simStates } from '../../../domain/sim.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { is } from '../support/partner.ts';

type Counts = { countedAt: string; complete: boolean; states: Record<string, number> };

const MINUTE_IN_DAYS = 1 / 1440;

const cloud = useLocalCloud();
const acme = cloud.partner('acme-counts');
const empty = cloud.partner('globex-counts');

const countsOf = async ({ api }: Pick<typeof acme, 'api'>) => is(200, await api.get<Counts>('/v1/sims/counts'));

/** The states with SIMs alone. */
const some = ({ states }: Counts) => Object.fromEntries(Object.entries(states).filter(([, count]) => count > 0));

let customer: { customerId?: string; other?: string };
let iccids: string[];

beforeAll(async () => {
  const [active, assigned] = await Promise.all([
    acme.activeSims({ operatorId: 'a1', quantity: 20 }),
    acme.assignedSims({ operatorId: 'a1', quantity: 20 }),
    acme.simsInHolding({ operatorId: 'a1', quantity: 40 }),
    acme.simsInStock({ operatorId: 'orange', quantity: 50 }),
  ]);
  iccids = active.map(({ iccid }) => iccid);
  customer = { customerId: active[0]?.customerId ?? '', other: assigned[0]?.customerId ?? '' };
  await Promise.all([
    acme.bulkDone('suspend', { select: { iccids: iccids.slice(0, 3) } }),
    acme.bulkDone('terminate', { select: { iccids: iccids.slice(3, 5) }, confirm: 2 }),
  ]);
});

describe('the numbers of SIMs by state', () => {
  test('are those of the lists, with every state', async () => {
    const counts = await countsOf(acme);
    expect(some(counts)).toEqual({
      in_holding: 40,
      in_stock: 50,
      assigned: 20,
      active: 15,
      suspended: 3,
      terminated: 2,
    });
    expect(counts.complete).toBe(true);
    expect(Object.keys(counts.states)).toEqual([...simStates]);
    for (const state of simStates) {
      expect(await acme.sims({ state, limit: '200' })).toHaveLength(counts.states[state] ?? -1);
    }
  });

  test('are zero for a partner without SIMs', async () => {
    expect(some(await countsOf(empty))).toEqual({});
  });

  test.each(['customer_admin', 'customer_user'])('are those of the own SIMs for a %s', async (role) => {
    const own = await countsOf({
      api: cloud.as({ partnerId: acme.id, roles: [role], customerId: customer.customerId ?? '' }),
    });
    expect(some(own)).toEqual({ active: 15, suspended: 3, terminated: 2 });
    const other = await countsOf({
      api: cloud.as({ partnerId: acme.id, roles: [role], customerId: customer.other ?? '' }),
    });
    expect(some(other)).toEqual({ assigned: 20 });
    const foreign = cloud.as({ partnerId: empty.id, roles: [role], customerId: customer.customerId ?? '' });
    expect(some(await countsOf({ api: foreign }))).toEqual({});
  });

  test('are counted again a minute later', async () => {
    await cloud.clock.held(async () => {
      await cloud.clock.skip({ days: MINUTE_IN_DAYS });
      const before = await countsOf(acme);
      await acme.api.patch(`/v1/sims/${iccids[5]}`, { label: 'counted' });
      await cloud.clock.skip({ days: MINUTE_IN_DAYS / 2 });
      expect(await countsOf(acme)).toEqual(before);
      await cloud.clock.skip({ days: MINUTE_IN_DAYS / 2 });
      const after = await countsOf(acme);
      expect(Date.parse(after.countedAt) - Date.parse(before.countedAt)).toBeGreaterThanOrEqual(60_000);
      expect(after.states).toEqual(before.states);
    });
  });

  test('are not mistaken for a SIM', async () => {
    expect((await acme.api.get('/v1/sims/count')).status).toBe(404);
    expect((await acme.api.get('/v1/sims/counts/events')).status).toBe(404);
  });
});
