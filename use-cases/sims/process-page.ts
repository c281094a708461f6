import { clock } from '../../adapters/clock.ts';
import {
  type ManifestPage,
  type OperatorRequests,
  pageWithResults,
  requestsIn,
} from '../../adapters/dynamodb/manifests.ts';
import { MAX_SERVICES_PER_PART, manifestOf, recordResults } from '../../adapters/dynamodb/operations.ts';
import { getSims, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { chunksThatFit } from '../../domain/chunks.ts';
import type { OperatorId, PartnerId } from '../../domain/ids.ts';
import type { Operation, SimResult } from '../../domain/operation.ts';
import { serviceCountChanges } from '../../domain/service-counts.ts';
import type { SimProblem, SimRequest } from '../../domain/sim-actions.ts';
import type { Cause } from './changes/restore-bars.ts';
import { warningsOf } from './minimum-terms.ts';
import type { ResultCounter } from './result-counter.ts';

/** A page of an operation's manifest that is being processed. */
export type PageWork = {
  /** Identifies this attempt at the page to operators, which execute a request with the same key only once. */
  key: string;
  partnerId: PartnerId;
  operation: Operation;
  request: SimRequest;
  page: ManifestPage;
  /** The number of the next part of this page's results. */
  part: number;
  counter: ResultCounter;
  /** The requests of earlier attempts at the page, at an operator that names its requests; oldest first. */
  requestsAt: (operatorId: OperatorId) => readonly string[];
  /** The requests of this attempt, by operator, until they are recorded. */
  newRequests: Map<OperatorId, Set<string>>;
  /** Shared by the pages that an invocation processes. */
  invocation: Invocation;
  /** SIMs whose bars at the operator must be made to match them again, each with its cause; done after the operator's turn. */
  barsToRestore: Map<string, Cause>;
  /** Set when SIMs of the page are left for the next invocation of the task. */
  isLeft: boolean;
  /** The ICCIDs that have no result yet. */
  open: readonly string[];
  /** The open SIMs as they were read, by ICCID. */
  sims: ReadonlyMap<string, SimRecord>;
  at: string;
};

/** What an invocation of a task knows: whether it has time, and until when operators are busy (milliseconds of real time). */
export type Invocation = { hasTime: () => boolean; busyUntil: Map<OperatorId, number> };

/** An invocation that has just started. */
export const newInvocation = (hasTime: () => boolean): Invocation => ({ hasTime, busyUntil: new Map() });

/** How many seconds the state machine waits before it continues with SIMs that were left; 0 if no operator is busy. */
export function secondsUntilTurn({ busyUntil }: Invocation): number {
  return busyUntil.size === 0 ? 0 : Math.max(1, Math.ceil((Math.min(...busyUntil.values()) - Date.now()) / 1_000));
}

/** The result of a SIM; the SIM itself when the operation changed it; and in a dry run, whether it would change it. */
export type Outcome = { result: SimResult; changed?: SimRecord; wouldChange?: boolean };

export const succeeded = (iccid: string, changed?: SimRecord): Outcome => ({
  result: { iccid, outcome: 'succeeded' },
  ...(changed ? { changed } : {}),
});

export const failed = (iccid: string, problem: SimProblem): Outcome => ({
  result: { iccid, outcome: 'failed', problem },
});

/** Reads the SIMs of a page that have no result yet. Results that an earlier attempt left uncounted are added to the counter. */
export async function openPage(
  partnerId: PartnerId,
  operation: Operation,
  request: SimRequest,
  number: number,
  counter: ResultCounter,
  invocation: Invocation,
): Promise<PageWork> {
  const { page, parts } = await pageWithResults(partnerId, operation.id, manifestOf(partnerId, operation), number);
  counter.add(...parts.flatMap(({ page: of, part, uncounted }) => (uncounted ? [{ page: of, part, uncounted }] : [])));
  const resolved = new Set(parts.flatMap(({ results }) => results.map(({ iccid }) => iccid)));
  const open = page.iccids.filter((iccid) => !resolved.has(iccid));
  return {
    key: `${operation.id}:${number}:${parts.length}`,
    partnerId,
    operation,
    request,
    page,
    part: parts.length,
    counter,
    requestsAt: (operatorId) => requestsIn(parts, operatorId),
    newRequests: new Map(),
    invocation,
    barsToRestore: new Map(),
    isLeft: false,
    open,
    sims: await getSims(partnerId, open),
    at: clock.now().toISOString(),
  };
}

/**
 * Records the results of SIMs of a page, in parts that can each be counted in one transaction. Stops when another attempt has
 * recorded a part: the next run of the stage processes the SIMs that are still open.
 */
export async function recordPageResults(work: PageWork, withoutWarnings: readonly Outcome[]): Promise<void> {
  const { partnerId, operation, page, counter } = work;
  const outcomes = await addWarnings(work, withoutWarnings);
  const parts = chunksThatFit(
    outcomes,
    ({ changed }) => (changed ? serviceCountChanges(operation.action, [changed]).keys() : []),
    (_sims, services) => services <= MAX_SERVICES_PER_PART,
  );
  // A page without results is also recorded, so that its next attempt has another key for operators.
  for (const [index, outcomesOfPart] of (parts.length > 0 ? parts : [[]]).entries()) {
    const changed = outcomesOfPart.flatMap((outcome) => outcome.changed ?? []);
    const { isFirst, recorded } = await recordResults(
      partnerId,
      operation.id,
      { page, part: work.part + index },
      {
        results: outcomesOfPart.map(({ result }) => result),
        services: serviceCountChanges(operation.action, changed),
        countedOver: simsCountedOver(operation, changed),
        unchanged: outcomesOfPart.filter(({ wouldChange }) => wouldChange === false).length,
        requests: index === 0 ? takeRequests(work) : {},
      },
    );
    counter.add(...(recorded ? [recorded] : []));
    if (!isFirst) {
      return;
    }
    recordFailureMetrics(operation, outcomesOfPart);
  }
}

/** Adds their warnings to the results of SIMs that the operation changed or, in a dry run, would change. */
async function addWarnings(work: PageWork, outcomes: readonly Outcome[]): Promise<Outcome[]> {
  const { partnerId, request, at } = work;
  const changed = outcomes.flatMap((outcome) => {
    const before = work.sims.get(outcome.result.iccid);
    const isChange = outcome.changed ?? outcome.wouldChange;
    return before && isChange && outcome.result.outcome === 'succeeded' ? [before] : [];
  });
  const warnings = await warningsOf(partnerId, request, changed, at);
  return outcomes.map((outcome) => {
    const { result } = outcome;
    const own = warnings.get(result.iccid);
    return own && result.outcome === 'succeeded' ? { ...outcome, result: { ...result, warnings: own } } : outcome;
  });
}

/** The new requests, which are recorded once. */
function takeRequests({ newRequests }: PageWork): OperatorRequests {
  const requests = Object.fromEntries([...newRequests].map(([operatorId, ids]) => [operatorId, [...ids]]));
  newRequests.clear();
  return requests;
}

function recordFailureMetrics({ action, dryRun }: Operation, outcomes: readonly Outcome[]): void {
  if (dryRun) {
    return;
  }
  const codes = outcomes.flatMap(({ result }) => (result.outcome === 'failed' ? [result.problem.code] : []));
  for (const [code, failures] of Map.groupBy(codes, (code) => code)) {
    recordMetric('StageFailures', failures.length, { stage: action, code });
  }
}

/** How many SIMs the retry of a plan's stage moves from the order's failed SIMs to its completed ones. */
function simsCountedOver({ id, planStage }: Operation, changed: readonly SimRecord[]): number {
  return planStage?.retry ? changed.filter(({ countedBy }) => countedBy?.[planStage.stage] === id).length : 0;
}
