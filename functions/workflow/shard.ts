import * as z from 'zod';
import { clock } from '../../adapters/clock.ts';
import { getPage, resultParts } from '../../adapters/dynamodb/manifests.ts';
import { getOperation, manifestOf, recordResults } from '../../adapters/dynamodb/operations.ts';
import { beginWorkOn, endWorkOn } from '../../adapters/dynamodb/services.ts';
import { getSims, type SimRecord } from '../../adapters/dynamodb/sims.ts';
import { isOperationFinished, type Operation, type SimResult, shardsOf } from '../../domain/operation.ts';
import type { SimProblem, SimRequest } from '../../domain/sim-actions.ts';
import { simRequest } from '../sim-request.ts';
import { task } from './task.ts';
import { workerName } from './worker-name.ts';

/** A shard of an operation, and the page at which to go on. */
const shardInput = z.object({
  partnerId: z.string(),
  operationId: z.string(),
  shard: z.int(),
  from: z.int(),
});

/** A page of an operation's SIMs at work: those of them that have no result yet. */
export type PageWork = {
  partnerId: string;
  operation: Operation;
  request: SimRequest;
  page: number;
  /** How often this page's results were recorded before. */
  part: number;
  open: readonly string[];
  sims: ReadonlyMap<string, SimRecord>;
  at: string;
};

/** What came of a SIM, and the customer services that it left and came to. */
export type Outcome = {
  result: SimResult;
  changed?: { left?: string | undefined; joined?: string | undefined };
};

export const succeeded = (iccid: string, changed?: Outcome['changed']): Outcome => ({
  result: { iccid, outcome: 'succeeded' },
  ...(changed ? { changed } : {}),
});

export const failed = (iccid: string, problem: SimProblem): Outcome => ({
  result: { iccid, outcome: 'failed', problem },
});

/**
 * The handler of a stage: works the pages of one shard, one after the other, until they are done or time is short; then
 * the state machine calls again with where to go on. A page that was worked before has results, and is passed over.
 *
 * @param workPage does what the stage does with the SIMs of a page, and answers what came of them; SIMs that it leaves
 *   out get their result later.
 */
export function shardTask(workPage: (work: PageWork) => Promise<Outcome[]>) {
  return task(shardInput, async ({ partnerId, operationId, shard, from }, hasTime) => {
    const operation = await getOperation(partnerId, operationId);
    if (!operation || isOperationFinished(operation)) {
      return { done: true, from };
    }
    const worker = workerName(operationId, shard);
    const { customerServiceId } = operation.target;
    const holdsService = customerServiceId !== undefined && !operation.dryRun;
    const request = await simRequest(
      partnerId,
      operation.action,
      operation.target,
      holdsService ? (partner, id) => beginWorkOn(partner, id, worker) : undefined,
    );
    const shards = shardsOf(operation);
    for (let page = Math.max(from, shard); page < (operation.pages ?? 0); page += shards) {
      if (!hasTime()) {
        return { done: false, from: page };
      }
      if (await isCancelled(partnerId, operationId)) {
        break;
      }
      const work = await openPage(partnerId, operation, request, page);
      if (work.open.length > 0) {
        await record(work, await workPage(work));
      }
    }
    if (holdsService) {
      await endWorkOn(partnerId, customerServiceId, [worker]);
    }
    return { done: true, from };
  });
}

/** The SIMs of a page that have no result yet, as they are now. */
export async function openPage(
  partnerId: string,
  operation: Operation,
  request: SimRequest,
  page: number,
): Promise<PageWork> {
  const [manifestPage, parts] = await Promise.all([
    getPage(manifestOf(partnerId, operation), page),
    resultParts(partnerId, operation.id, page),
  ]);
  const resolved = new Set(parts.flatMap(({ results }) => results.map(({ iccid }) => iccid)));
  const open = (manifestPage?.iccids ?? []).filter((iccid) => !resolved.has(iccid));
  return {
    partnerId,
    operation,
    request,
    page,
    part: parts.length,
    open,
    sims: await getSims(partnerId, open),
    at: clock.now().toISOString(),
  };
}

/** Writes what came of SIMs of a page, and counts it, once. */
export async function record(work: PageWork, outcomes: readonly Outcome[]): Promise<void> {
  const services = new Map<string, number>();
  const count = (id: string | undefined, by: number) => {
    if (id !== undefined) {
      services.set(id, (services.get(id) ?? 0) + by);
    }
  };
  for (const { changed } of outcomes) {
    count(changed?.left, -1);
    count(changed?.joined, 1);
  }
  const results = outcomes.map(({ result }) => result);
  const changed = outcomes.filter((outcome) => outcome.changed).length;
  await recordResults(
    work.partnerId,
    work.operation,
    { page: work.page, part: work.part, results },
    { services, changed },
    work.at,
  );
}

async function isCancelled(partnerId: string, operationId: string): Promise<boolean> {
  return (await getOperation(partnerId, operationId))?.cancelRequestedAt !== undefined;
}
