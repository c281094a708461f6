import { chunksThatFit } from '../../domain/chunks.ts';
import { isOperationFinished, type Operation, type SimResult } from '../../domain/operation.ts';
import { progressOfStage } from '../../domain/order.ts';
import {
  absent,
  atVersion,
  ConditionFailed,
  createIdempotent,
  exists,
  get,
  getMany,
  MAX_TRANSACTION_ITEMS,
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
  markCounted,
  operationManifest,
  orderManifest,
  putPage,
  putResults,
  type UncountedPart,
  uncountedPart,
} from './manifests.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
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
  const earlier = await createIdempotent<OperationRecord>(operationKey(partnerId, record.id), [
    putOperation(partnerId, record, 'new'),
    ...pages.map((page) => putPage(manifest, page)),
  ]);
  return earlier ?? record;
}

export function putOperation(partnerId: string, record: OperationRecord, expected: number | 'new'): Write {
  const { runDueAt } = record;
  const isWatched = runDueAt !== undefined && !isOperationFinished(record);
  return put(
    {
      ...record,
      ...operationKey(partnerId, record.id),
      ...(isWatched ? { duePk: due.work, dueAt: runDueAt } : {}),
    },
    expected === 'new' ? absent : atVersion(expected),
  );
}

/**
 * Replaces an operation, and adds a page to its manifest in the same write.
 *
 * @returns false when another writer changed the operation since it had the expected version.
 */
export async function saveOperationWithPage(
  partnerId: string,
  record: OperationRecord,
  expected: number,
  page: ManifestPage | undefined,
): Promise<boolean> {
  try {
    await transact([
      putOperation(partnerId, record, expected),
      ...(page ? [putPage(operationManifest(partnerId, record.id), page)] : []),
    ]);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return false;
    }
    throw error;
  }
}

export async function getOperation(partnerId: string, id: string): Promise<OperationRecord | undefined> {
  return get<OperationRecord>(operationKey(partnerId, id));
}

/** Operations by their ids; those that are not there are left out. */
export async function getOperations(partnerId: string, ids: readonly string[]): Promise<Map<string, OperationRecord>> {
  const distinct = [...new Set(ids)];
  const operations = await getMany<OperationRecord>(distinct.map((id) => operationKey(partnerId, id)));
  return new Map(operations.map((operation) => [operation.id, operation]));
}

/**
 * Replaces an operation by the result of `change`, and asks again while another writer is faster; `undefined` from
 * `change` leaves it as it is.
 *
 * @returns the operation as it is then; `undefined` when it is not there.
 * @throws ConditionFailed when another writer was faster each time.
 */
export async function changeOperation(
  partnerId: string,
  id: string,
  change: (operation: OperationRecord) => OperationRecord | undefined,
): Promise<OperationRecord | undefined> {
  const { operation } = await retryOnConflict(async () => {
    const before = await getOperation(partnerId, id);
    const after = before && change(before);
    if (!before || !after) {
      return { operation: before };
    }
    const next = { ...after, version: before.version + 1 };
    return (await writeIf(putOperation(partnerId, next, before.version))) ? { operation: next } : undefined;
  });
  return operation;
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

/** Results of SIMs of a page, with what they add to the counts of services. */
export type PartToRecord = {
  results: readonly SimResult[];
  /** How many SIMs came to a partner's or a customer's service, or left it when negative. */
  services: ReadonlyMap<string, number>;
  /** How many SIMs the retry of a plan's stage counts over: those that were as asked already are not among them. */
  countedOver: number;
};

/** The items that the counts of a part change beside its services: the part itself, its operation and its order. */
const NON_SERVICE_ITEMS = 3;

/** How many services the counts of one part may concern: then they fit into one transaction. */
export const MAX_SERVICES_PER_PART = MAX_TRANSACTION_ITEMS - NON_SERVICE_ITEMS;

/**
 * Records the results of a part of a page, once: page and part are the key. It is one write to an item of its own, so that
 * the shards of an operation do not get in each other's way; `countResults` adds the part to the counts.
 *
 * @returns the part, to be counted, and whether it was recorded now: otherwise another attempt has recorded it, be it the
 *   SDK's own whose answer was lost.
 */
export async function recordResults(
  partnerId: string,
  operationId: string,
  { page, part }: { page: ManifestPage; part: number },
  { results, services, countedOver }: PartToRecord,
): Promise<{ isFirst: boolean; recorded: UncountedPart | undefined }> {
  const succeeded = results.filter(({ outcome }) => outcome === 'succeeded').length;
  const uncounted = {
    succeeded,
    failed: results.length - succeeded,
    countedOver,
    services: [...services].filter(([, sims]) => sims !== 0),
  };
  const isFirst = await writeIf(putResults(partnerId, operationId, page, part, results, uncounted));
  return isFirst
    ? { isFirst, recorded: { page: page.page, part, uncounted } }
    : { isFirst, recorded: await uncountedPart(partnerId, operationId, page.page, part) };
}

/**
 * Adds recorded parts to the counts of their operation, of the order whose plan it carries out and of services. Each part
 * is counted once, in the transaction that marks it as counted; parts that another attempt has counted are left out.
 */
export async function countResults(
  partnerId: string,
  operation: Operation,
  parts: readonly UncountedPart[],
  at: string,
): Promise<void> {
  for (const batch of batchesOf(parts)) {
    await countBatch(partnerId, operation, batch, at);
  }
}

/** Splits parts into batches that fit into one transaction each. */
export function batchesOf(parts: readonly UncountedPart[]): UncountedPart[][] {
  return chunksThatFit(
    parts,
    ({ uncounted }) => uncounted.services.map(([id]) => id),
    // A part has an item of its own; beside the parts are their operation and its order.
    (items, services) => items - 1 + NON_SERVICE_ITEMS + services <= MAX_TRANSACTION_ITEMS,
  );
}

async function countBatch(
  partnerId: string,
  operation: Operation,
  batch: readonly UncountedPart[],
  at: string,
): Promise<void> {
  if (batch.length === 0) {
    return;
  }
  const sumOf = (count: (uncounted: UncountedPart['uncounted']) => number) =>
    batch.reduce((sum, { uncounted }) => sum + count(uncounted), 0);
  const succeeded = sumOf((part) => part.succeeded);
  const services = new Map<string, number>();
  for (const [id, sims] of batch.flatMap(({ uncounted }) => uncounted.services)) {
    services.set(id, (services.get(id) ?? 0) + sims);
  }
  const completed = operation.planStage?.retry ? sumOf((part) => part.countedOver) : succeeded;
  try {
    await transact([
      ...batch.map(({ page, part }) => markCounted(partnerId, operation.id, page, part)),
      update(
        operationKey(partnerId, operation.id),
        { increase: { succeeded, failed: sumOf((part) => part.failed), version: 1 }, set: { updatedAt: at } },
        exists,
      ),
      ...progressWrites(partnerId, operation, completed, at),
      ...[...services]
        .filter(([, sims]) => sims !== 0)
        .map(([id, sims]) => update(serviceKey(partnerId, id), { add: { sims } }, exists)),
    ]);
  } catch (error) {
    const counted = error instanceof ConditionFailed ? error.failed.filter((place) => place < batch.length) : [];
    if (counted.length === 0) {
      throw error;
    }
    const left = batch.filter((_, place) => !counted.includes(place));
    await countBatch(partnerId, operation, left, at);
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
