import { isOperationFinished, type Operation, type SimResult } from '../../domain/operation.ts';
import { progressOfStage } from '../../domain/order.ts';
import {
  absent,
  atVersion,
  ConditionFailed,
  exists,
  get,
  makeOnce,
  put,
  query,
  transact,
  update,
  type Write,
  writeIf,
} from './items.ts';
import { due, operationKey, orderKey, serviceKey } from './keys.ts';
import {
  type Manifest,
  type ManifestPage,
  operationManifest,
  orderManifest,
  putPage,
  putResults,
} from './manifests.ts';
import type { Run } from './runs.ts';

/** An operation as it is kept: with the run that carries it out. Stages of a plan have none of their own: their order's. */
export type OperationRecord = Operation & Partial<Run>;

/** Where the list of an operation's SIMs is. */
export function manifestOf(partnerId: string, { id, selection }: Operation): Manifest {
  return selection.kind === 'order' ? orderManifest(partnerId, selection.orderId) : operationManifest(partnerId, id);
}

/** Writes an operation with the list of its SIMs, when it has one of its own: both or neither. */
export async function createOperation(
  partnerId: string,
  operation: Operation,
  run: Run,
  pages: readonly ManifestPage[] = [],
): Promise<OperationRecord> {
  const manifest = operationManifest(partnerId, operation.id);
  const record: OperationRecord = { ...operation, ...run };
  const earlier = await makeOnce<OperationRecord>(operationKey(partnerId, record.id), [
    putOperation(partnerId, record, 'new'),
    ...pages.map((page) => putPage(manifest, page)),
  ]);
  return earlier ?? record;
}

export function putOperation(partnerId: string, record: OperationRecord, expected: number | 'new'): Write {
  const { runDueAt } = record;
  const watched = runDueAt !== undefined && !isOperationFinished(record);
  return put(
    {
      ...record,
      ...operationKey(partnerId, record.id),
      ...(watched ? { duePk: due.work, dueAt: runDueAt } : {}),
    },
    expected === 'new' ? absent : atVersion(expected),
  );
}

export async function getOperation(partnerId: string, id: string): Promise<OperationRecord | undefined> {
  return get<OperationRecord>(operationKey(partnerId, id));
}

/**
 * Replaces an operation by what `change` makes of it, again and again until nobody was faster; `undefined` from
 * `change` leaves it as it is.
 *
 * @returns the operation as it is then; `undefined` when it is not there.
 */
export async function changeOperation(
  partnerId: string,
  id: string,
  change: (operation: OperationRecord) => OperationRecord | undefined,
): Promise<OperationRecord | undefined> {
  for (;;) {
    const before = await getOperation(partnerId, id);
    const after = before && change(before);
    if (!before || !after) {
      return before;
    }
    const next = { ...after, version: before.version + 1 };
    if (await writeIf(putOperation(partnerId, next, before.version))) {
      return next;
    }
  }
}

/** A partner's operations, newest first. */
export async function queryOperations(
  partnerId: string,
  limit: number,
  after: string | undefined,
): Promise<{ items: OperationRecord[]; last?: string }> {
  const { pk, sk } = operationKey(partnerId, '');
  return query<OperationRecord>({ partition: pk, prefix: sk, after, descending: true }, limit);
}

/** What a page adds to counts elsewhere. */
export type PageCounts = {
  /** How many SIMs came to a partner's or a customer's service, or left it when negative. */
  services: ReadonlyMap<string, number>;
  /** How many SIMs the retry of a plan's stage counts over: those that were as asked already are not among them. */
  countedOver: number;
};

/**
 * Records what came of the SIMs of a page and adds it to all counts, once: the part of the page is the key, and a
 * second attempt changes nothing.
 *
 * @returns whether it was recorded now.
 */
export async function recordResults(
  partnerId: string,
  operation: Operation,
  { page, part, results }: { page: ManifestPage; part: number; results: readonly SimResult[] },
  { services, countedOver }: PageCounts,
  at: string,
): Promise<boolean> {
  const succeeded = results.filter(({ outcome }) => outcome === 'succeeded').length;
  const failed = results.length - succeeded;
  const writes: Write[] = [
    putResults(partnerId, operation.id, page, part, results),
    update(
      operationKey(partnerId, operation.id),
      { increase: { succeeded, failed, version: 1 }, set: { updatedAt: at } },
      exists,
    ),
    ...progressWrites(partnerId, operation, operation.planStage?.retry ? countedOver : succeeded, at),
    ...[...services]
      .filter(([, sims]) => sims !== 0)
      .map(([id, sims]) => update(serviceKey(partnerId, id), { add: { sims } }, exists)),
  ];
  try {
    await transact(writes);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed && error.failed.includes(0)) {
      return false;
    }
    throw error;
  }
}

/** The order whose plan an operation carries out counts its SIMs; a retry takes those that now succeeded off the failed. */
function progressWrites(partnerId: string, { planStage }: Operation, completed: number, at: string): Write[] {
  if (!planStage || completed === 0) {
    return [];
  }
  const { orderId, stage, last, retry } = planStage;
  const increase = {
    version: 1,
    [`progress.${progressOfStage[stage]}`]: completed,
    ...(retry && last ? { 'progress.failed': -completed } : {}),
  };
  return [update(orderKey(partnerId, orderId), { increase, set: { updatedAt: at } }, exists)];
}
