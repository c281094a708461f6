import { beforeAll, describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { upsertPartner } from '../../../adapters/dynamodb/partners.ts';
import { readWalks } from '../../../adapters/dynamodb/sim-walks.ts';
import { addSims } from '../../../adapters/dynamodb/sims.ts';
import { addSimToCompare, removeSimToCompare, simsToCompare } from '../../../adapters/dynamodb/sims-to-compare.ts';
import { put } from '../../../adapters/dynamodb/write-requests.ts';
import { write } from '../../../adapters/dynamodb/writes.ts';
import { withCheckDigit } from '../../../domain/iccid.ts';
import { asId } from '../../../domain/ids.ts';
import { OperatorUnavailable } from '../../../domain/operator-port.ts';
import type { PartnerDetails } from '../../../domain/partner.ts';
import { newSimInHolding } from '../../../domain/sim.ts';
import { MAX_FAILED_WALK_RUNS, RUNS_BEFORE_ISOLATION } from '../../../domain/sim-walk.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { type WalkPlan, walkSims } from '../../../use-cases/sims/walk-sims.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const cloud = useLocalCloud();

/** Other files have this cloud before and after. */
const run = String(Date.now() % 100_000).padStart(5, '0');
const ours = asId('operator', `walked-${run}`);
const theirs = asId('operator', `others-${run}`);
const partners = ['a', 'b', 'c'].map((letter) => asId('partner', `walked-${run}-${letter}`));
const SIMS_EACH = 45;

const details: PartnerDetails = {
  name: 'Walked Ltd',
  shortName: 'Walked',
  deliveryAddress: {
    name: 'Walked Ltd',
    lines: ['1 High Street'],
    city: 'London',
    postalCode: 'E1 1AA',
    country: 'GB',
  },
  contact: { name: 'Ada', email: 'ada@example.com' },
};

let count = 0;
const nextIccid = () => {
  count += 1;
  return withCheckDigit(`894498${run}${String(count).padStart(7, '0')}`);
};
const iccids: string[] = [];

beforeAll(async () => {
  useTableOf(cloud.cloud());
  const at = '2026-01-05T09:00:00.000Z';
  for (const partnerId of partners) {
    await upsertPartner(partnerId, details, [], at, () => {});
  }
  await pMap(
    [ours, theirs].flatMap((operatorId) =>
      partners.flatMap((partnerId) =>
        Array.from({ length: SIMS_EACH }, () => ({ operatorId, partnerId, iccid: nextIccid() })),
      ),
    ),
    async ({ operatorId, partnerId, iccid }) => {
      await addSims(partnerId, [
        { sim: newSimInHolding({ iccid, imsi: '234200000000001' }, { id: 'ord_1', operatorId }, at) },
      ]);
      if (operatorId === ours) iccids.push(iccid);
    },
    { concurrency: 16 },
  );
});

/** Runs of a walk with a given visitor. Each has time for a number of pages. */
function walker(visit: (iccid: string) => void, own: Partial<WalkPlan> = {}) {
  const visited: string[] = [];
  const plan: WalkPlan = {
    purpose: 'usage',
    operatorId: ours,
    everyMs: 0,
    pageSize: 10,
    visit: async ({ sims }) => {
      for (const { iccid } of sims) visit(iccid);
      visited.push(...sims.map(({ iccid }) => iccid));
      return sims.length;
    },
    ...own,
  };
  const state = async () => (await readWalks('usage')).get(plan.operatorId);
  const runFor = async (pages: number) => {
    let left = pages;
    await walkSims(plan, await state(), () => {
      left -= 1;
      return left > 0;
    });
  };
  return { visited, state, runFor, plan };
}

/** The position of a new walk is the beginning. */
const ENOUGH = 1_000_000;

describe('a walk over the SIMs of an operator', () => {
  test('visits each SIM of each partner once, and none of other operators', async () => {
    const pages: number[] = [];
    const walk = walker(() => {});
    const visit = walk.plan.visit;
    walk.plan.visit = async (page, state) => {
      pages.push(page.sims.length);
      return visit(page, state);
    };
    await walk.runFor(ENOUGH);
    expect(walk.visited.sort()).toEqual([...iccids].sort());
    expect(Math.max(...pages)).toBe(10);
    // Full pages, except the last one of each partner.
    expect(pages).toHaveLength(partners.length * Math.ceil(SIMS_EACH / 10));
    expect(await walk.state()).toMatchObject({ endedAt: expect.any(String), visitedSince: expect.any(String) });
  });

  test('continues where the last run ended, and starts no other before its time', async () => {
    const walk = walker(() => {});
    for (let runs = 0; runs === 0 || (await walk.state())?.endedAt === undefined; runs += 1) {
      await walk.runFor(2);
      expect(runs).toBeLessThan(10_000);
    }
    expect(walk.visited.sort()).toEqual([...iccids].sort());
    walk.plan.everyMs = 3_600_000;
    await walk.runFor(ENOUGH);
    expect(walk.visited).toHaveLength(iccids.length);
  });

  test('stops while the operator does not answer, and then visits the same SIMs again', async () => {
    let answers = 25;
    const walk = walker(() => {
      answers -= 1;
      if (answers < 0) throw new OperatorUnavailable('too many requests');
    });
    await walk.runFor(ENOUGH);
    expect(walk.visited).toHaveLength(20);
    expect(await walk.state()).toMatchObject({ failures: 1 });
    expect(await walk.state()).not.toHaveProperty('endedAt');
    answers = ENOUGH;
    await walk.runFor(ENOUGH);
    expect(walk.visited.sort()).toEqual([...iccids].sort());
  });

  test('continues with the SIMs of a page that were not visited', async () => {
    const walk = walker(() => {});
    const visit = walk.plan.visit;
    const visited: string[] = [];
    walk.plan.visit = async ({ partnerId, sims }, state) => {
      const some = sims.slice(0, 7);
      visited.push(...some.map(({ iccid }) => iccid));
      return visit({ partnerId, sims: some }, state);
    };
    for (let runs = 0; runs === 0 || (await walk.state())?.endedAt === undefined; runs += 1) {
      await walk.runFor(ENOUGH);
      expect(runs).toBeLessThan(iccids.length);
    }
    expect(visited.sort()).toEqual([...iccids].sort());
  });

  test('leaves out a SIM that our own code cannot process', async () => {
    const [broken = ''] = iccids;
    const walk = walker((iccid) => {
      if (iccid === broken) throw new TypeError('a bug');
    });
    await walk.runFor(ENOUGH);
    expect(new Set(walk.visited)).toEqual(new Set(iccids.filter((iccid) => iccid !== broken)));
    expect(await walk.state()).toMatchObject({ endedAt: expect.any(String), visitedSince: expect.any(String) });
  });

  test('passes a SIM about which the operator never answers', async () => {
    const [silent = ''] = iccids;
    const walk = walker((iccid) => {
      if (iccid === silent) throw new OperatorUnavailable('a fault');
    });
    for (let runs = 0; runs <= RUNS_BEFORE_ISOLATION; runs += 1) {
      await walk.runFor(ENOUGH);
    }
    expect(new Set(walk.visited)).toEqual(new Set(iccids.filter((iccid) => iccid !== silent)));
    expect(await walk.state()).toMatchObject({ endedAt: expect.any(String) });
  });

  test('does not claim to be complete after an outage during which it skipped SIMs', async () => {
    const complete = await walker(() => {}).state();
    let isDown = true;
    const walk = walker(() => {
      if (isDown) throw new OperatorUnavailable('down');
    });
    // The first run passes the SIMs of other partners.
    for (let runs = 0; runs <= MAX_FAILED_WALK_RUNS && (await walk.state())?.skipped === undefined; runs += 1) {
      await walk.runFor(runs === 0 ? ENOUGH : 1);
    }
    expect(await walk.state()).toMatchObject({ skipped: 10 });
    isDown = false;
    await walk.runFor(ENOUGH);
    expect(new Set(walk.visited).size).toBe(iccids.length - 10);
    expect((await walk.state())?.visitedSince).toBe(complete?.visitedSince);
  });

  test('visits a page once more at most when two runs meet', async () => {
    const walk = walker(() => {});
    await Promise.all([walk.runFor(ENOUGH), walk.runFor(ENOUGH)]);
    expect(new Set(walk.visited).size).toBe(iccids.length);
    expect(walk.visited.length).toBeLessThanOrEqual(iccids.length + 10);
  });
});

describe('the list of SIMs to compare', () => {
  const operatorId = asId('operator', `pushes-${run}`);
  const partnerId = asId('partner', `walked-${run}-a`);
  const listed = async () => (await simsToCompare(operatorId, 10)).map(({ iccid }) => iccid);

  test('keeps a SIM whose operator reports another change while it is being compared', async () => {
    const sim = { operatorId, partnerId, iccid: nextIccid() };
    await addSimToCompare(sim, new Date());
    const [before] = await simsToCompare(operatorId, 10);
    await addSimToCompare(sim, new Date());
    await removeSimToCompare(before ?? sim);
    expect(await listed()).toEqual([sim.iccid]);

    const [after] = await simsToCompare(operatorId, 10);
    await removeSimToCompare(after ?? sim);
    expect(await listed()).toEqual([]);
  });

  test('removes SIMs that earlier versions have listed', async () => {
    const sim = { operatorId, partnerId, iccid: nextIccid() };
    await write(put({ ...sim, ...itemKinds.simToCompare.key(sim), expiresAt: Math.floor(Date.now() / 1_000) + 3_600 }));
    expect(await listed()).toEqual([sim.iccid]);
    await removeSimToCompare(sim);
    expect(await listed()).toEqual([]);
  });
});
