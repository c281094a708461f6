import * as z from 'zod/mini';
import { clock } from '../../adapters/clock.ts';
import { type ManifestPage, pageWithResults } from '../../adapters/dynamodb/manifests.ts';
import { getOperation, MAX_SERVICES_PER_PART, manifestOf, recordResults } from '../../adapters/dynamodb/operations.ts';
import { acquireServiceLock, releaseServiceLock } from '../../adapters/dynamodb/services.ts';
import { getSims, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { chunksThatFit } from '../../domain/chunks.ts';
import { isOperationFinished, type Operation, type SimResult, shardsOf } from '../../domain/operation.ts';
import { serviceCountChanges } from '../../domain/service-counts.ts';
import type { SimProblem, SimRequest } from '../../domain/sim-actions.ts';
import { createTask } from '../../functions/background/task.ts';
import { loadSimRequest } from './load-sim-request.ts';
import { type Counter, withCounter } from './result-counter.ts';
import { TURNS_PER_STAGE_RUN } from './stage-limits.ts';
import { workerName } from './worker-name.ts';

/** A shard of an operation, the page at which to go on, and how often it was called in this run of the stage. */
const shardInput = z.object({
  partnerId: z.string(),
  operationId: z.string(),
  shard: z.int(),
  from: z.int(),
  turn: z.int(),
});

/** A page of an operation's SIMs at work: those of them that have no result yet. */
export type PageWork = {
  /** Names this attempt on the page to operators: the same key asks the same again, and nothing twice. */
  key: string;
  partnerId: string;
  operation: Operation;
  request: SimRequest;
  page: ManifestPage;
  /** How many parts of this page's results were recorded before. */
  part: number;
  counter: Counter;
  open: readonly string[];
  sims: ReadonlyMap<string, SimRecord>;
  at: string;
};

/** What came of a SIM; of one that the operation has changed, also how it is now. */
export type Outcome = { result: SimResult; changed?: SimRecord };

export const succeeded = (iccid: string, changed?: SimRecord): Outcome => ({
  result: { iccid, outcome: 'succeeded' },
  ...(changed ? { changed } : {}),
});

export const failed = (iccid: string, problem: SimProblem): Outcome => ({
  result: { iccid, outcome: 'failed', problem },
});

/**
 * The handler of a stage: works the pages of one shard, one after the other, until they are done or time is short; then
 * the state machine calls again with where to go on. After many turns it says that it is done when it is not: the stage
 * is run again then, as after a crash. A page that was worked before has results, and is passed over.
 *
 * @param workPage does what the stage does with the SIMs of a page, and answers what came of them; SIMs that it leaves
 *   out get their result later.
 */
export function shardTask(workPage: (work: PageWork) => Promise<Outcome[]>) {
  return createTask(shardInput, async ({ partnerId, operationId, shard, from, turn }, hasTime) => {
    const operation = await getOperation(partnerId, operationId);
    if (!operation || isOperationFinished(operation)) {
      return { done: true, from, turn };
    }
    logger.appendKeys(correlation(operation.planStage?.orderId));
    const worker = workerName(operationId, shard);
    const { customerServiceId } = operation.target;
    const holdsService = customerServiceId !== undefined && !operation.dryRun;
    const request = await loadSimRequest(
      partnerId,
      operation.action,
      operation.target,
      holdsService ? (partner, id) => acquireServiceLock(partner, id, worker) : undefined,
    );
    return withCounter(partnerId, operation, async (counter) => {
      const shards = shardsOf(operation);
      for (let page = Math.max(from, shard); page < (operation.pages ?? 0); page += shards) {
        if (!hasTime()) {
          return { done: turn >= TURNS_PER_STAGE_RUN, from: page, turn: turn + 1 };
        }
        if (await isCancelled(partnerId, operationId)) {
          break;
        }
        const work = await openPage(partnerId, operation, request, page, counter);
        if (work.open.length > 0) {
          await recordPageResults(work, await workPage(work));
        }
        await counter.countIfDue();
      }
      if (holdsService) {
        // Counted first: until then a service without SIMs may look unused.
        await counter.count();
        await releaseServiceLock(partnerId, customerServiceId, [worker]);
      }
      return { done: true, from, turn };
    });
  });
}

/** The SIMs of a page that have no result yet, as they are now. Results that an earlier attempt left uncounted are counted. */
export async function openPage(
  partnerId: string,
  operation: Operation,
  request: SimRequest,
  number: number,
  counter: Counter,
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
    open,
    sims: await getSims(partnerId, open),
    at: clock.now().toISOString(),
  };
}

/**
 * Records the results of SIMs of a page, in as many parts as it takes for each to be counted in one transaction. When
 * another attempt has recorded a part, it goes on with the rest: what is still open then is left to the next run.
 */
export async function recordPageResults(work: PageWork, outcomes: readonly Outcome[]): Promise<void> {
  const { partnerId, operation, page, counter } = work;
  const parts = chunksThatFit(
    outcomes,
    ({ changed }) => (changed ? serviceCountChanges(operation.action, [changed]).keys() : []),
    (_sims, services) => services <= MAX_SERVICES_PER_PART,
  );
  // A page without any result is recorded, too: its next attempt asks operators under another key.
  for (const [place, some] of (parts.length > 0 ? parts : [[]]).entries()) {
    const changed = some.flatMap((outcome) => outcome.changed ?? []);
    const { isFirst, recorded } = await recordResults(
      partnerId,
      operation.id,
      { page, part: work.part + place },
      {
        results: some.map(({ result }) => result),
        services: serviceCountChanges(operation.action, changed),
        countedOver: simsCountedOver(operation, changed),
      },
    );
    counter.add(...(recorded ? [recorded] : []));
    if (!isFirst) {
      return;
    }
    measureFailures(operation, some);
  }
}

function measureFailures({ action, dryRun }: Operation, outcomes: readonly Outcome[]): void {
  if (dryRun) {
    return;
  }
  const codes = outcomes.flatMap(({ result }) => (result.outcome === 'failed' ? [result.problem.code] : []));
  for (const [code, failures] of Map.groupBy(codes, (each) => each)) {
    recordMetric('StageFailures', failures.length, { stage: action, code });
  }
}

/** How many SIMs a retry of a plan's stage counts over: those that it has changed, and that no other has counted. */
function simsCountedOver({ id, planStage }: Operation, changed: readonly SimRecord[]): number {
  return planStage?.retry ? changed.filter(({ countedBy }) => countedBy?.[planStage.stage] === id).length : 0;
}

async function isCancelled(partnerId: string, operationId: string): Promise<boolean> {
  return (await getOperation(partnerId, operationId))?.cancelRequestedAt !== undefined;
}
