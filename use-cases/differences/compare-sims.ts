import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import { clock } from '../../adapters/clock.ts';
import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { hastenLateChanges } from '../../adapters/dynamodb/late-changes.ts';
import { allOperators } from '../../adapters/dynamodb/operators.ts';
import { retryOnConflict } from '../../adapters/dynamodb/retry-on-conflict.ts';
import { lastOperationId } from '../../adapters/dynamodb/sim-history.ts';
import { readWalks, saveWalk } from '../../adapters/dynamodb/sim-walks.ts';
import { getSims, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { removeSimToCompare, simsToCompare } from '../../adapters/dynamodb/sims-to-compare.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { compareSim, isComparable, isSuspicious, type OpenField, type Seen } from '../../domain/difference.ts';
import type { OperatorId, PartnerId } from '../../domain/ids.ts';
import type { Operator } from '../../domain/operator.ts';
import { capabilitiesOf, platformKindOf } from '../../domain/operator-capabilities.ts';
import { OperatorUnavailable, type SimDetails } from '../../domain/operator-port.ts';
import { dueWalk, type SimWalk } from '../../domain/sim-walk.ts';
import { SECOND_MS } from '../../domain/time-units.ts';
import { SYSTEM } from '../../domain/timeline.ts';
import { askInTurns } from '../ask-in-turns.ts';
import { isolateSim } from '../sims/isolate-sim.ts';
import { walkSims } from '../sims/walk-sims.ts';
import { endTests } from '../usage/end-tests.ts';
import { enforceStates } from './enforce-states.ts';
import { leaveTest } from './leave-test.ts';
import { recordOpen, settleOpen, takeNumbers } from './record-comparison.ts';

/** The number of SIMs that are compared together: a call or two, where a call is about many SIMs; otherwise a turn of the operator. */
const PAGE_SIZE = 250;
const PAGE_SIZE_OF_SINGLE_CALLS = 18;

/** Operators that are asked concurrently. None waits for another. */
const CONCURRENT_OPERATORS = 8;

/** How many SIMs of a page are written at the same time. */
const WRITES_IN_FLIGHT = 8;

/**
 * How long to wait before a second look at SIMs that seem to differ, in milliseconds of real time. An operation changes a SIM at the
 * operator first and here next.
 */
const SECOND_LOOK_MS = 10 * SECOND_MS;

/**
 * Starts to compare every SIM with its operator, at operators whose SIMs are changed over an API. Where a comparison is in progress, the
 * next one starts as soon as it ends.
 */
export async function startComparisons(): Promise<void> {
  for (const { id } of (await allOperators()).filter(canBeCompared)) {
    // A run that continues the walk may save it at the same time.
    await retryOnConflict(() => startComparison(id));
  }
}

/** @returns `undefined` when another run has saved the walk since it was read. */
async function startComparison(operatorId: OperatorId): Promise<SimWalk | undefined> {
  const last = (await readWalks('compare')).get(operatorId);
  const walk = dueWalk(last, { purpose: 'compare', operatorId, everyMs: 0 }, clock.now());
  if (!walk || (walk === last && walk.again)) {
    return walk ?? last;
  }
  return saveWalk(walk === last ? { ...walk, again: true } : walk);
}

/**
 * Compares the SIMs that operators say they have changed, and continues the comparisons of all SIMs that have started.
 *
 * 1. Walks over all SIMs of each operator, and reads them there.
 * 2. Takes over numbers. Looks a second time at SIMs whose state differs or that the operator does not have.
 * 3. Records what differs, and settles recorded differences that have ended.
 * 4. Activates SIMs that have used as much as their test status allows, here and at the operator.
 * 5. With the policy `enforce`, asks the operator to put the bars back.
 */
export async function compareSims(hasTime: () => boolean): Promise<void> {
  const walks = await readWalks('compare');
  await pMap(
    (await allOperators()).filter(canBeCompared),
    async (operator) => {
      const { id: operatorId } = operator;
      const able = capabilitiesOf(platformKindOf(operator));
      const ask = (iccids: readonly string[]) =>
        askInTurns(operatorId, `compare:${operatorId}`, iccids, hasTime, (gateway, some) => gateway.simDetails(some));
      if (able.push) {
        await compareAsked(operator, ask, hasTime);
      }
      if (!walks.has(operatorId)) {
        return;
      }
      await walkSims(
        {
          purpose: 'compare',
          operatorId,
          everyMs: Number.POSITIVE_INFINITY,
          pageSize: able.simsPerCall === 1 ? PAGE_SIZE_OF_SINGLE_CALLS : PAGE_SIZE,
          visit: ({ partnerId, sims }) => comparePage(operator, partnerId, sims, ask, hasTime),
        },
        walks.get(operatorId),
        hasTime,
      );
    },
    { concurrency: CONCURRENT_OPERATORS },
  );
}

/** Compares some of the SIMs that the operator says it has changed. Those that remain are compared in the next run. */
async function compareAsked(operator: Operator, ask: Ask, hasTime: () => boolean): Promise<void> {
  const asked = await simsToCompare(operator.id, PAGE_SIZE_OF_SINGLE_CALLS);
  try {
    for (const partnerId of new Set(asked.map((sim) => sim.partnerId))) {
      const ofPartner = asked.filter((sim) => sim.partnerId === partnerId);
      const sims = await getSims(
        partnerId,
        ofPartner.map(({ iccid }) => iccid),
      );
      await comparePage(operator, partnerId, [...sims.values()], ask, hasTime);
      await Promise.all(ofPartner.map(removeSimToCompare));
    }
  } catch (error) {
    logger.warn('SIMs that the operator has changed not compared', { operatorId: operator.id, error });
  }
}

/** Operators whose SIMs the staff change are compared by them. */
function canBeCompared(operator: Operator): boolean {
  return operator.connectivity === 'api' && capabilitiesOf(platformKindOf(operator)).connectivity;
}

type Ask = (iccids: readonly string[]) => Promise<SimDetails[]>;

/** A SIM that seems to differ. */
type Suspect = { sim: SimRecord; seen: Seen & { field: OpenField } };

async function comparePage(
  operator: Operator,
  partnerId: PartnerId,
  sims: readonly SimRecord[],
  ask: Ask,
  hasTime: () => boolean,
): Promise<number> {
  const details = await detailsOf(sims, ask);
  requireKnownSims(operator.id, sims, details);
  await endTests(partnerId, sims, clock.now());
  await leaveTest(operator.id, partnerId, sims, details, hasTime);
  const compared = await pMap(
    sims,
    (sim) =>
      isolateSim(
        sim.iccid,
        () => compareOne(partnerId, sim, details.get(sim.iccid)),
        () => nothing,
      ),
    { concurrency: WRITES_IN_FLIGHT },
  );
  const suspects = compared.flatMap(({ suspects }) => suspects);
  const confirmed = await confirmSuspects(partnerId, suspects, ask);
  const recorded = await pMap(confirmed, ({ sim, seen }) => record(partnerId, sim, seen), {
    concurrency: WRITES_IN_FLIGHT,
  });
  if (operator.onDifference === 'enforce') {
    const stillOpen = compared.flatMap(({ stillOpen }) => stillOpen);
    await enforceStates(operator.id, partnerId, [...recorded.flat(), ...stillOpen], hasTime);
  }
  return sims.length;
}

/** @throws OperatorUnavailable when the operator has hardly any of many SIMs: it is another account, or its answer is wrong. */
function requireKnownSims(
  operatorId: OperatorId,
  sims: readonly SimRecord[],
  details: ReadonlyMap<string, SimDetails>,
): void {
  const asked = sims.flatMap(({ state, iccid }) => {
    const status = details.get(iccid)?.status;
    return status === undefined ? [] : [{ state, status }];
  });
  if (isSuspicious(asked)) {
    throw new OperatorUnavailable(`${operatorId} has hardly any of ${asked.length} SIMs. Is this its account?`);
  }
}

async function detailsOf(sims: readonly SimRecord[], ask: Ask): Promise<Map<string, SimDetails>> {
  return new Map((await ask(sims.map(({ iccid }) => iccid))).map((details) => [details.iccid, details]));
}

/** What seems to differ newly, and the SIM if its state still differs as recorded. */
type Compared = { suspects: Suspect[]; stillOpen: SimRecord[] };

const nothing: Compared = { suspects: [], stillOpen: [] };

/** Takes over the numbers of a SIM, and settles its differences that have ended. */
async function compareOne(partnerId: PartnerId, sim: SimRecord, theirs: SimDetails | undefined): Promise<Compared> {
  if (theirs === undefined) {
    return nothing;
  }
  const comparison = compareSim(sim, theirs);
  try {
    const now = clock.now();
    let current = await takeNumbers(partnerId, sim, comparison, now);
    if (isComparable(sim, theirs)) {
      for (const field of Object.keys(current.differs ?? {}) as OpenField[]) {
        // Safe: the keys of open differences are their fields.
        const still = comparison.seen.find((seen) => seen.field === field);
        if (still?.theirs !== current.differs?.[field]?.theirs) {
          await settleOpen(partnerId, current, field, { by: SYSTEM, at: now.toISOString() });
          current = (await getSims(partnerId, [sim.iccid])).get(sim.iccid) ?? current;
        }
      }
    }
    const isMarked = ({ field }: Suspect['seen']) => current.differs?.[field] !== undefined;
    return {
      suspects: comparison.seen.filter((seen) => !isMarked(seen)).map((seen) => ({ sim: current, seen })),
      stillOpen: comparison.seen.some((seen) => seen.field === 'state' && isMarked(seen)) ? [current] : [],
    };
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return nothing;
    }
    throw error;
  }
}

/** The suspects that differ in the same way after a moment, and have not changed here meanwhile. */
async function confirmSuspects(partnerId: PartnerId, suspects: readonly Suspect[], ask: Ask): Promise<Suspect[]> {
  if (suspects.length === 0) {
    return [];
  }
  await sleep(SECOND_LOOK_MS);
  const details = await detailsOf(
    suspects.map(({ sim }) => sim),
    ask,
  );
  const sims = await getSims(
    partnerId,
    suspects.map(({ sim }) => sim.iccid),
  );
  const confirmed = suspects.filter(({ sim, seen }) => {
    const [ours, theirs] = [sims.get(sim.iccid), details.get(sim.iccid)];
    const isSame = ours?.version === sim.version && theirs !== undefined;
    return (
      isSame &&
      compareSim(ours, theirs).seen.some(({ field, theirs: now }) => field === seen.field && now === seen.theirs)
    );
  });
  const expected = await expectedLate(
    partnerId,
    confirmed.map(({ sim }) => sim),
  );
  return confirmed.filter(({ sim }) => !expected.has(sim.iccid));
}

/**
 * The SIMs whose operator did not confirm a change in time and may have made it now. That is no difference: the schedule for late
 * changes accepts it.
 */
async function expectedLate(partnerId: PartnerId, sims: readonly SimRecord[]): Promise<Set<string>> {
  const operations = new Set(sims.flatMap(({ history = [] }) => lastOperationId(history) ?? []));
  const expected = await pMap(operations, (id) => hastenLateChanges(partnerId, id, clock.now()), {
    concurrency: WRITES_IN_FLIGHT,
  });
  return new Set(expected.flatMap((iccids) => [...iccids]));
}

/** @returns the SIM with its new difference; none if it has changed in this moment. */
async function record(partnerId: PartnerId, sim: SimRecord, seen: Suspect['seen']): Promise<SimRecord[]> {
  try {
    return [await recordOpen(partnerId, sim, seen, clock.now())];
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return [];
    }
    throw error;
  }
}
