import { clock } from '../../adapters/clock.ts';
import { transact } from '../../adapters/dynamodb/items.ts';
import { operationManifest, PAGE_SIZE, pageWithResults, putPage } from '../../adapters/dynamodb/manifests.ts';
import { getOperation, manifestOf, type OperationRecord, putOperation } from '../../adapters/dynamodb/operations.ts';
import { scanSims } from '../../adapters/dynamodb/sim-lists.ts';
import { isOperationFinished, type Operation } from '../../domain/operation.ts';
import { itemInput, task } from './task.ts';

/**
 * Fixes which SIMs an operation is for, before the first of them is touched: the SIMs that a filter finds, or those
 * that failed in another operation, are written into its manifest page by page. Lists and orders are fixed already.
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

/** Adds the next page to the manifest, in one write with how far the selection has come. */
async function selectPage(partnerId: string, operation: OperationRecord): Promise<OperationRecord> {
  const { selecting = { pages: 0, sims: 0 } } = operation;
  const { iccids, next } = await findNext(partnerId, operation, selecting.position);
  const pages = selecting.pages + (iccids.length > 0 ? 1 : 0);
  const sims = selecting.sims + iccids.length;
  const at = clock.now().toISOString();
  const { selecting: _before, ...rest } = operation;
  const after: OperationRecord = {
    ...rest,
    ...(next === undefined ? fixed(operation, pages, sims, at) : { selecting: { pages, sims, position: next } }),
    updatedAt: at,
    version: operation.version + 1,
  };
  await transact([
    putOperation(partnerId, after, operation.version),
    ...(iccids.length > 0
      ? [putPage(operationManifest(partnerId, operation.id), { page: selecting.pages, iccids })]
      : []),
  ]);
  return after;
}

/** The selection is complete. A termination that was confirmed for another number of SIMs ends here, nothing touched. */
function fixed({ target }: Operation, pages: number, total: number, at: string): Partial<OperationRecord> {
  return target.confirm === undefined || target.confirm === total
    ? { pages, total }
    : {
        pages,
        total,
        state: 'failed',
        finishedAt: at,
        failure: {
          code: 'confirm_mismatch',
          detail: `The selection has ${total} SIMs, not ${target.confirm}: none was terminated.`,
        },
      };
}

type Found = { iccids: string[]; next?: string };

async function findNext(partnerId: string, operation: Operation, position: string | undefined): Promise<Found> {
  const { selection } = operation;
  switch (selection.kind) {
    case 'filter': {
      const { items, next } = await scanSims(partnerId, selection.filter, PAGE_SIZE, position);
      return { iccids: items, ...(next === undefined ? {} : { next }) };
    }
    case 'failed':
      return findFailed(partnerId, selection.operationId, Number(position ?? 0));
    default:
      throw new Error(`Operation ${operation.id} came without the pages of its selection.`);
  }
}

/** The SIMs of a page of another operation that did not succeed there. */
async function findFailed(partnerId: string, operationId: string, page: number): Promise<Found> {
  const failedIn = await getOperation(partnerId, operationId);
  if (!failedIn || page >= (failedIn.pages ?? 0)) {
    return { iccids: [] };
  }
  const {
    page: { iccids },
    parts,
  } = await pageWithResults(partnerId, operationId, manifestOf(partnerId, failedIn), page);
  const results = parts.flatMap((part) => part.results);
  const done = new Set(results.flatMap(({ iccid, outcome }) => (outcome === 'succeeded' ? [iccid] : [])));
  const failed = new Set(results.flatMap(({ iccid, outcome }) => (outcome === 'failed' ? [iccid] : [])));
  return {
    // A cancelled operation left SIMs alone on purpose; one that broke did not mean to.
    iccids: iccids.filter((iccid) => (failedIn.state === 'cancelled' ? failed.has(iccid) : !done.has(iccid))),
    next: String(page + 1),
  };
}
