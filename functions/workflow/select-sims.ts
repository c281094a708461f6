import { clock } from '../../adapters/clock.ts';
import { ConditionFailed, transact } from '../../adapters/dynamodb/items.ts';
import { operationManifest, PAGE_SIZE, pageWithResults, putPage } from '../../adapters/dynamodb/manifests.ts';
import { getOperation, manifestOf, type OperationRecord, putOperation } from '../../adapters/dynamodb/operations.ts';
import { getOrder } from '../../adapters/dynamodb/orders.ts';
import { scanSims } from '../../adapters/dynamodb/sim-lists.ts';
import { isOperationFinished, type Operation } from '../../domain/operation.ts';
import { selectionProblem } from '../../domain/order.ts';
import type { Problem } from '../../domain/verdict.ts';
import { itemInput, task } from './task.ts';

/**
 * Fixes which SIMs an operation is for, before the first of them is touched: the SIMs that a filter finds, or those
 * that failed in another operation, are written into its manifest page by page. Lists and orders have their manifests
 * already, and are only looked up here, for an operation whose time has come.
 */
export const handler = task(itemInput, async ({ partnerId, id }, hasTime): Promise<{ goTo: 'select' | 'stages' }> => {
  let operation = await getOperation(partnerId, id);
  while (operation && isOpen(operation)) {
    if (!hasTime()) {
      return { goTo: 'select' };
    }
    operation = await selectPage(partnerId, operation);
  }
  return { goTo: 'stages' };
});

function isOpen(operation: Operation): boolean {
  return operation.pages === undefined && !isOperationFinished(operation) && operation.cancelRequestedAt === undefined;
}

/**
 * Adds the next page to the manifest, in one write with how far the selection has come.
 *
 * @returns the operation as it is then, also when somebody else (who cancels it) was faster.
 */
async function selectPage(partnerId: string, operation: OperationRecord): Promise<OperationRecord | undefined> {
  const { selecting = { pages: 0, sims: 0 }, ...rest } = operation;
  const found = await findNext(partnerId, operation);
  const { iccids = [], next, problem } = found;
  const { pages, sims } = found.whole ?? {
    pages: selecting.pages + (iccids.length > 0 ? 1 : 0),
    sims: selecting.sims + iccids.length,
  };
  const at = clock.now().toISOString();
  const after: OperationRecord = {
    ...rest,
    state: 'queued',
    ...(next === undefined ? fixed(operation, { pages, total: sims, problem }, at) : {}),
    ...(next === undefined ? {} : { selecting: { pages, sims, position: next } }),
    updatedAt: at,
    version: operation.version + 1,
  };
  try {
    await transact([
      putOperation(partnerId, after, operation.version),
      ...(iccids.length > 0
        ? [putPage(operationManifest(partnerId, operation.id), { page: selecting.pages, iccids })]
        : []),
    ]);
    return after;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return getOperation(partnerId, operation.id);
    }
    throw error;
  }
}

/**
 * The selection is complete. One that cannot be, and a termination that was confirmed for another number of SIMs, end
 * here, nothing touched.
 */
function fixed(
  { target }: Operation,
  { pages, total, problem }: { pages: number; total: number; problem: Problem | undefined },
  at: string,
): Partial<OperationRecord> {
  const isConfirmed = target.confirm === undefined || target.confirm === total;
  const failure =
    problem ??
    (isConfirmed
      ? undefined
      : {
          code: 'confirm_mismatch',
          detail: `The selection has ${total} SIMs, not ${target.confirm}: none was terminated.`,
        });
  return { pages, total, ...(failure ? { failure, state: 'failed', finishedAt: at } : {}) };
}

type Found = {
  /** The next page of the manifest. */
  iccids?: string[];
  /** How large a manifest is that is there already. */
  whole?: { pages: number; sims: number };
  /** Where the selection goes on; absent at its end. */
  next?: string;
  problem?: Problem;
};

async function findNext(partnerId: string, { selection, selecting }: OperationRecord): Promise<Found> {
  const position = selecting?.position;
  switch (selection.kind) {
    case 'list':
      return { whole: { pages: selecting?.pages ?? 0, sims: selecting?.sims ?? 0 } };
    case 'order': {
      const order = await getOrder(partnerId, selection.orderId);
      const problem = order ? selectionProblem(order) : { code: 'not_found', detail: 'The order is not there.' };
      return problem ? { problem } : { whole: { pages: order?.pages ?? 0, sims: order?.receivedQuantity ?? 0 } };
    }
    case 'filter': {
      const { items, next } = await scanSims(partnerId, selection.filter, PAGE_SIZE, position);
      return { iccids: items, ...(next === undefined ? {} : { next }) };
    }
    case 'failed':
      return findFailed(partnerId, selection.operationId, Number(position ?? 0));
  }
}

/** How many pages of another operation are looked through for one page of SIMs that failed there. */
const PAGES_LOOKED_THROUGH = 20;

/** The SIMs that did not succeed in another operation, from a page of it on. */
async function findFailed(partnerId: string, operationId: string, from: number): Promise<Found> {
  const failedIn = await getOperation(partnerId, operationId);
  const pages = failedIn?.pages ?? failedIn?.selecting?.pages ?? 0;
  const iccids: string[] = [];
  for (let page = from; failedIn && page < pages; page += 1) {
    const failed = await failedInPage(partnerId, failedIn, page);
    if (iccids.length + failed.length > PAGE_SIZE || page === from + PAGES_LOOKED_THROUGH) {
      return { iccids, next: String(page) };
    }
    iccids.push(...failed);
  }
  return { iccids };
}

async function failedInPage(partnerId: string, operation: Operation, number: number): Promise<string[]> {
  const { page, parts } = await pageWithResults(partnerId, operation.id, manifestOf(partnerId, operation), number);
  const results = parts.flatMap((part) => part.results);
  const done = new Set(results.flatMap(({ iccid, outcome }) => (outcome === 'succeeded' ? [iccid] : [])));
  const failed = new Set(results.flatMap(({ iccid, outcome }) => (outcome === 'failed' ? [iccid] : [])));
  // A cancelled operation left SIMs alone on purpose; one that broke did not mean to.
  return page.iccids.filter((iccid) => (operation.state === 'cancelled' ? failed.has(iccid) : !done.has(iccid)));
}
