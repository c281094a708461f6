import { getOperations } from '../../adapters/dynamodb/operations.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import type { CalendarDay } from '../../domain/calendar-day.ts';
import type { OperationId, PartnerId } from '../../domain/ids.ts';
import { isOperationFinished } from '../../domain/operation.ts';
import type { Sim } from '../../domain/sim.ts';
import { type NextAction, nextActions, type TestOperators } from '../../domain/sim-actions.ts';
import { readTestOperators } from '../test-operators.ts';
import { withTermEnds } from './minimum-terms.ts';

type Reader = { partnerId: PartnerId; kind: PartnerCaller['kind'] };

/** A SIM with what its services, its operator and the operations on it add to its item. */
type DescribedSim = Sim & { termEndsOn?: CalendarDay; nextActions: readonly NextAction[] };

/** Adds to SIMs the actions that are allowed and the ends of their minimum terms, as far as the reader may know. */
export async function describeSims(reader: Reader, sims: readonly Sim[]): Promise<DescribedSim[]> {
  const [described, testOperators, running] = await Promise.all([
    withTermEnds(reader, sims),
    testOperatorsFor(sims),
    runningReplacements(reader.partnerId, sims),
  ]);
  return described.map((sim) => ({ ...sim, nextActions: nextActions(sim, { testOperators, running }) }));
}

/** Like `describeSims`, for one SIM. */
export async function describeSim(reader: Reader, sim: Sim): Promise<DescribedSim> {
  const [described] = await describeSims(reader, [sim]);
  if (!described) {
    throw new Error(`SIM ${sim.iccid} has no description.`);
  }
  return described;
}

/** Read only if one of the SIMs is assigned: the test status is an action of no other state. */
async function testOperatorsFor(sims: readonly Sim[]): Promise<TestOperators> {
  return sims.some(({ state }) => state === 'assigned') ? readTestOperators() : new Set();
}

/** The replacements of these SIMs that are running. A SIM keeps the claim of one that stopped. */
async function runningReplacements(partnerId: PartnerId, sims: readonly Sim[]): Promise<ReadonlySet<OperationId>> {
  const claims = sims.flatMap(({ replacing }) => replacing?.operationId ?? []);
  const operations = claims.length > 0 ? await getOperations(partnerId, claims) : new Map();
  return new Set([...operations.values()].filter((operation) => !isOperationFinished(operation)).map(({ id }) => id));
}
