import { clock } from '../../adapters/clock.ts';
import { PAGE_SIZE, pageWithResults } from '../../adapters/dynamodb/manifests.ts';
import {
  getOperation,
  manifestOf,
  type OperationRecord,
  saveOperationWithPage,
} from '../../adapters/dynamodb/operations.ts';
import { getOrder } from '../../adapters/dynamodb/orders.ts';
import { scanSims } from '../../adapters/dynamodb/sim-lists.ts';
import { suspendsPool } from '../../domain/alarm.ts';
import type { OperationId, OrderId, PartnerId } from '../../domain/ids.ts';
import { isOperationFinished, type Operation, type SelectionSize } from '../../domain/operation.ts';
import { extendSelection, failSelection, fixSelection } from '../../domain/operation-steps.ts';
import { selectionProblem } from '../../domain/order.ts';
import { isUnbarred } from '../../domain/sim-changes.ts';
import type { Problem } from '../../domain/verdict.ts';

/**
 * Fixes the selection of an operation, before its first SIM changes.
 *
 * 1. Writes the SIMs that match a filter, or that failed in another operation, into the operation's manifest page by page.
 * 2. Looks up the size of a list or an order, whose manifest exists already.
 * 3. Fails the operation when it was confirmed for another number of SIMs.
 *
 * @returns whether the selection is complete. If not, time ran out and the next call continues.
 */
export async function selectSims(partnerId: PartnerId, id: OperationId, hasTime: () => boolean): Promise<boolean> {
  let operation = await getOperation(partnerId, id);
  while (operation && isSelecting(operation)) {
    if (!hasTime()) {
      return false;
    }
    operation = await selectPage(partnerId, operation);
  }
  return true;
}

function isSelecting(operation: Operation): boolean {
  return operation.pages === undefined && !isOperationFinished(operation) && operation.cancelRequestedAt === undefined;
}

/**
 * Adds the next page to the manifest, in one write with the state of the selection.
 *
 * @returns the operation afterwards, even if a concurrent request (a cancellation) changed it first.
 */
async function selectPage(partnerId: PartnerId, operation: OperationRecord): Promise<OperationRecord | undefined> {
  const found = await findNext(partnerId, operation);
  const after = { ...withFound(operation, found), version: operation.version + 1 };
  const page =
    'iccids' in found && found.iccids.length > 0
      ? { page: operation.selecting?.pages ?? 0, iccids: found.iccids }
      : undefined;
  const isSaved = await saveOperationWithPage(partnerId, after, operation.version, page);
  return isSaved ? after : getOperation(partnerId, operation.id);
}

function withFound(operation: OperationRecord, found: Found): OperationRecord {
  const at = clock.now().toISOString();
  if ('problem' in found) {
    return failSelection(operation, found.problem, at);
  }
  return 'whole' in found
    ? fixSelection(operation, found.whole, at)
    : extendSelection(operation, found.iccids.length, found.next, at);
}

/** The next page of a manifest, and the position at which the search continues; absent at the end. */
type FoundPage = { iccids: string[]; next?: string };
/** The next page, the size of an existing manifest, or the reason why there is no selection. */
type Found = FoundPage | { whole: SelectionSize } | { problem: Problem };

async function findNext(partnerId: PartnerId, operation: OperationRecord): Promise<Found> {
  const { selection, selecting } = operation;
  switch (selection.kind) {
    case 'list':
      return { whole: selecting ?? { pages: 0, sims: 0 } };
    case 'order':
      return findReceived(partnerId, selection.orderId);
    case 'filter': {
      const { state: _active, ...ofPool } = selection.filter;
      const { items, next } = suspendsPool(operation)
        ? await scanSims(partnerId, ofPool, PAGE_SIZE, selecting?.position, isUnbarred)
        : await scanSims(partnerId, selection.filter, PAGE_SIZE, selecting?.position);
      return { iccids: items, ...(next === undefined ? {} : { next }) };
    }
    case 'failed':
      return findFailed(partnerId, selection.operationId, Number(selecting?.position ?? 0));
  }
}

async function findReceived(partnerId: PartnerId, orderId: OrderId): Promise<Found> {
  const order = await getOrder(partnerId, orderId);
  if (!order) {
    return { problem: { code: 'not_found', detail: `Order ${orderId} does not exist.` } };
  }
  const problem = selectionProblem(order);
  return problem ? { problem } : { whole: { pages: order.pages, sims: order.receivedQuantity } };
}

/** The maximum number of pages of another operation that one step searches for failed SIMs. */
const MAX_PAGES_SEARCHED = 20;

/** The SIMs that did not succeed in another operation, from a page on. */
async function findFailed(partnerId: PartnerId, operationId: OperationId, from: number): Promise<FoundPage> {
  const failedIn = await getOperation(partnerId, operationId);
  const pages = failedIn?.pages ?? failedIn?.selecting?.pages ?? 0;
  const iccids: string[] = [];
  for (let page = from; failedIn && page < pages; page += 1) {
    const failed = await failedInPage(partnerId, failedIn, page);
    if (iccids.length + failed.length > PAGE_SIZE || page === from + MAX_PAGES_SEARCHED) {
      return { iccids, next: String(page) };
    }
    iccids.push(...failed);
  }
  return { iccids };
}

async function failedInPage(partnerId: PartnerId, operation: Operation, number: number): Promise<string[]> {
  const { page, parts } = await pageWithResults(partnerId, operation.id, manifestOf(partnerId, operation), number);
  const results = parts.flatMap((part) => part.results);
  const done = new Set(results.flatMap(({ iccid, outcome }) => (outcome === 'succeeded' ? [iccid] : [])));
  const failed = new Set(results.flatMap(({ iccid, outcome }) => (outcome === 'failed' ? [iccid] : [])));
  // A cancelled operation skipped SIMs intentionally, a failed one did not.
  return page.iccids.filter((iccid) => (operation.state === 'cancelled' ? failed.has(iccid) : !done.has(iccid)));
}
