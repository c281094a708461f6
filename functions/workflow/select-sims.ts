import { clock } from '../../adapters/clock.ts';
import { ConditionFailed, transact } from '../../adapters/dynamodb/items.ts';
import { operationManifest, PAGE_SIZE, pageWithResults, putPage } from '../../adapters/dynamodb/manifests.ts';
import { getOperation, manifestOf, type OperationRecord, putOperation } from '../../adapters/dynamodb/operations.ts';
import { getOrder } from '../../adapters/dynamodb/orders.ts';
import { scanSims } from '../../adapters/dynamodb/sim-lists.ts';
import { CONFIRM_MISMATCH, isConfirmed, isOperationFinished, type Operation } from '../../domain/operation.ts';
import { selectionProblem } from '../../domain/order.ts';
import type { Problem } from '../../domain/verdict.ts';
import { createTask, itemInput } from '../background/task.ts';

/**
 * Fixes which SIMs an operation is for, before the first of them is touched: the SIMs that a filter finds, or those
 * that failed in another operation, are written into its manifest page by page. Lists and orders have their manifests
 * already, and are only looked up here, for an operation whose time has come.
 */
export const handler = createTask(
  itemInput,
  async ({ partnerId, id }, hasTime): Promise<{ goTo: 'select' | 'stages' }> => {
    let operation = await getOperation(partnerId, id);
    while (operation && isOpen(operation)) {
      if (!hasTime()) {
        return { goTo: 'select' };
      }
      operation = await selectPage(partnerId, operation);
    }
    return { goTo: 'stages' };
  },
);

function isOpen(operation: Operation): boolean {
  return operation.pages === undefined && !isOperationFinished(operation) && operation.cancelRequestedAt === undefined;
}

/**
 * Adds the next page to the manifest, in one write with how far the selection has come.
 *
 * @returns the operation as it is then, also when somebody else (who cancels it) was faster.
 */
async function selectPage(partnerId: string, operation: OperationRecord): Promise<OperationRecord | undefined> {
  const { selecting, ...rest } = operation;
  const found = await findNext(partnerId, operation);
  const at = clock.now().toISOString();
  const after: OperationRecord = {
    ...rest,
    state: 'queued',
    ...selectedWith(operation, found, at),
    updatedAt: at,
    version: operation.version + 1,
  };
  const page = 'iccids' in found && found.iccids.length > 0 ? [{ page: selecting?.pages ?? 0, ...found }] : [];
  try {
    await transact([
      putOperation(partnerId, after, operation.version),
      ...page.map((one) => putPage(operationManifest(partnerId, operation.id), one)),
    ]);
    return after;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return getOperation(partnerId, operation.id);
    }
    throw error;
  }
}

/** How far a selection has come. One that cannot be made leaves the operation failed and not fixed: nothing is touched. */
function selectedWith(operation: Operation, found: Found, at: string): Partial<OperationRecord> {
  if ('problem' in found) {
    return { state: 'failed', failure: found.problem, finishedAt: at };
  }
  if ('whole' in found) {
    return fixed(operation, found.whole, at);
  }
  const { selecting = { pages: 0, sims: 0 } } = operation;
  const pages = selecting.pages + (found.iccids.length > 0 ? 1 : 0);
  const sims = selecting.sims + found.iccids.length;
  return found.next === undefined
    ? fixed(operation, { pages, sims }, at)
    : { selecting: { pages, sims, position: found.next } };
}

/** The selection is complete. A termination that was confirmed for another number of SIMs ends here, nothing touched. */
function fixed(operation: Operation, { pages, sims }: Size, at: string): Partial<OperationRecord> {
  return isConfirmed(operation, sims)
    ? { pages, total: sims }
    : {
        pages,
        total: sims,
        state: 'failed',
        finishedAt: at,
        failure: {
          code: CONFIRM_MISMATCH,
          detail: `confirm is ${operation.target.confirm}, but the selection contains ${sims} SIMs. No SIM was changed.`,
        },
      };
}

type Size = { pages: number; sims: number };
/** The next page of a manifest, and where the selection goes on, unless this is its end. */
type FoundPage = { iccids: string[]; next?: string };
/** That; or how large a manifest is that is there already; or why there is none. */
type Found = FoundPage | { whole: Size } | { problem: Problem };

async function findNext(partnerId: string, { selection, selecting }: OperationRecord): Promise<Found> {
  switch (selection.kind) {
    case 'list':
      return { whole: selecting ?? { pages: 0, sims: 0 } };
    case 'order':
      return findReceived(partnerId, selection.orderId);
    case 'filter': {
      const { items, next } = await scanSims(partnerId, selection.filter, PAGE_SIZE, selecting?.position);
      return { iccids: items, ...(next === undefined ? {} : { next }) };
    }
    case 'failed':
      return findFailed(partnerId, selection.operationId, Number(selecting?.position ?? 0));
  }
}

async function findReceived(partnerId: string, orderId: string): Promise<Found> {
  const order = await getOrder(partnerId, orderId);
  if (!order) {
    return { problem: { code: 'not_found', detail: `Order ${orderId} does not exist.` } };
  }
  const problem = selectionProblem(order);
  return problem ? { problem } : { whole: { pages: order.pages, sims: order.receivedQuantity } };
}

/** How many pages of another operation are looked through for one page of SIMs that failed there. */
const PAGES_LOOKED_THROUGH = 20;

/** The SIMs that did not succeed in another operation, from a page of it on. */
async function findFailed(partnerId: string, operationId: string, from: number): Promise<FoundPage> {
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
