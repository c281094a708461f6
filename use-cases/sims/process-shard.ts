import { getOperation } from '../../adapters/dynamodb/operations.ts';
import { lockCustomerService, lockPartnerService, releaseServiceLock } from '../../adapters/dynamodb/service-locks.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import type { OperationId, PartnerId } from '../../domain/ids.ts';
import { hasOneOperator, isOperationFinished, shardsOf } from '../../domain/operation.ts';
import { loadSimRequest } from './load-sim-request.ts';
import {
  newInvocation,
  type Outcome,
  openPage,
  type PageWork,
  recordPageResults,
  secondsUntilTurn,
} from './process-page.ts';
import { withResultCounter } from './result-counter.ts';
import { lockHolder, serviceToLock } from './service-lock.ts';
import { endsStageRun, TURNS_PER_STAGE_RUN } from './stage-limits.ts';

/** A shard of an operation, the page to continue with, and the number of calls in this run of the stage. */
export type ShardTurn = { partnerId: PartnerId; operationId: OperationId; shard: number; from: number; turn: number };

/** Where the state machine continues, after `turnSeconds` of real time if SIMs wait for a turn at their operator. */
export type NextTurn = { done: boolean; from: number; turn: number; turnSeconds?: number };

/**
 * Processes the pages of one shard of an operation.
 *
 * 1. Locks the service of a migration or an assignment: it is not deleted during the work, and its tariff covers the SIMs.
 * 2. Processes one page after the other and records its results, until all are done, time is short, or the operation is
 *    cancelled. Pages that already have results are skipped.
 * 3. Counts the results and releases the lock.
 *
 * @param processPage returns the outcomes of the open SIMs of a page. SIMs without an outcome get their result later.
 * @returns where the state machine continues: with the first page that is left, because its operators serve others first, or because
 *   time is short. After `TURNS_PER_STAGE_RUN` turns the shard is reported as done, so that the stage runs again.
 */
export async function processShard(
  { partnerId, operationId, shard, from, turn }: ShardTurn,
  hasTime: () => boolean,
  processPage: (work: PageWork) => Promise<Outcome[]>,
): Promise<NextTurn> {
  const operation = await getOperation(partnerId, operationId);
  if (!operation || isOperationFinished(operation)) {
    return { done: true, from, turn };
  }
  logger.appendKeys(correlation(operation.planStage?.orderId));
  const holder = lockHolder(operationId, shard);
  const lockedService = serviceToLock(operation);
  const request = await loadSimRequest(
    partnerId,
    operation.action,
    operation.target,
    lockedService === undefined
      ? undefined
      : {
          partnerService: (id) => lockPartnerService(partnerId, id, holder),
          customerService: (id) => lockCustomerService(partnerId, id, holder),
        },
  );
  return withResultCounter(partnerId, operation, async (counter) => {
    const invocation = newInvocation(hasTime);
    let left: number | undefined;
    for (let page = Math.max(from, shard); page < (operation.pages ?? 0); page += shardsOf(operation)) {
      if (!hasTime()) {
        return { done: turn >= TURNS_PER_STAGE_RUN, from: left ?? page, turn: turn + 1 };
      }
      if (await isCancelled(partnerId, operationId)) {
        left = undefined;
        break;
      }
      const work = await openPage(partnerId, operation, request, page, counter, invocation);
      if (work.open.length > 0) {
        const outcomes = await processPage(work);
        if (outcomes.length > 0 || work.newRequests.size > 0 || !work.isLeft) {
          await recordPageResults(work, outcomes);
        }
      }
      await counter.countIfDue();
      left ??= work.isLeft ? page : undefined;
      if (left !== undefined && hasOneOperator(operation)) {
        break;
      }
    }
    if (left !== undefined) {
      const done = await endsStageRun(partnerId, operationId, turn);
      return { done, from: left, turn: turn + 1, turnSeconds: secondsUntilTurn(invocation) };
    }
    if (lockedService !== undefined) {
      // Counted before the lock is released: an uncounted service looks unused and could be deleted.
      await counter.count();
      await releaseServiceLock(partnerId, lockedService, [holder]);
    }
    return { done: true, from, turn };
  });
}

async function isCancelled(partnerId: PartnerId, operationId: OperationId): Promise<boolean> {
  return (await getOperation(partnerId, operationId))?.cancelRequestedAt !== undefined;
}
