import { chunksThatFit } from '../../domain/chunks.ts';
import type { OperationId, PartnerId, ServiceId } from '../../domain/ids.ts';
import { isOperationFinished, type Operation, type SimResult } from '../../domain/operation.ts';
import { progressOfStage } from '../../domain/order.ts';
import { absent, atVersion, ConditionFailed, exists } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { due } from './keys.ts';
import {
  type Manifest,
  type ManifestPage,
  markCounted,
  type OperatorRequests,
  operationManifest,
  orderManifest,
  putPage,
  putResults,
  type UncountedPart,
  uncountedPart,
} from './manifests.ts';
import { query } from './queries.ts';
import { get, getMany } from './reads.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import type { Run } from './runs.ts';
import { serviceCountWrites } from './services.ts';
import { put, update, type Write } from './write-requests.ts';
import { createIdempotent, MAX_TRANSACTION_ITEMS, transact, transactIf, writeIf } from './writes.ts';

/** A stored operation, with its run. Stages of a plan have no run of their own: that of their order executes them. */
export type OperationRecord = Operation & Partial<Run>;

/** The manifest of an operation: its own, or that of its order. */
export function manifestOf(partnerId: PartnerId, { id, selection }: Operation): Manifest {
  return selection.kind === 'order' ? orderManifest(partnerId, selection.orderId) : operationManifest(partnerId, id);
}

/**
 * Creates an operation with its manifest, if it has one of its own.
 *
 * @returns the stored operation, which an earlier attempt may have created.
 */
export async function createOperation(
  partnerId: PartnerId,
  operation: Operation,
  run: Partial<Run>,
  pages: readonly ManifestPage[] = [],
): Promise<OperationRecord> {
  const manifest = operationManifest(partnerId, operation.id);
  const record: OperationRecord = { ...operation, ...run };
  const earlier = await createIdempotent<OperationRecord>(itemKinds.operation.key({ partnerId, id: record.id }), [
    putOperation(partnerId, record, 'new'),
    ...pages.map((page) => putPage(manifest, page)),
  ]);
  return earlier ?? record;
}

export function putOperation(partnerId: PartnerId, record: OperationRecord, expected: number | 'new'): Write {
  const { runDueAt } = record;
  const isWatched = runDueAt !== undefined && !isOperationFinished(record);
  return put(
    {
      ...record,
      ...itemKinds.operation.key({ partnerId, id: record.id }),
      ...(isWatched ? { duePk: due.work, dueAt: runDueAt } : {}),
    },
    expected === 'new' ? absent : atVersion(expected),
  );
}

/**
 * Saves an operation, together with a page of its manifest.
 *
 * @returns false when the operation is no longer at the expected version.
 */
export async function saveOperationWithPage(
  partnerId: PartnerId,
  record: OperationRecord,
  expected: number,
  page: ManifestPage | undefined,
): Promise<boolean> {
  return transactIf([
    putOperation(partnerId, record, expected),
    ...(page ? [putPage(operationManifest(partnerId, record.id), page)] : []),
  ]);
}

export async function getOperation(partnerId: PartnerId, id: OperationId): Promise<OperationRecord | undefined> {
  return get<OperationRecord>(itemKinds.operation.key({ partnerId, id }));
}

/** The operations with these ids that exist, by id. */
export async function getOperations(
  partnerId: PartnerId,
  ids: readonly OperationId[],
): Promise<Map<OperationId, OperationRecord>> {
  const distinct = [...new Set(ids)];
  const operations = await getMany<OperationRecord>(distinct.map((id) => itemKinds.operation.key({ partnerId, id })));
  return new Map(operations.map((operation) => [operation.id, operation]));
}

/**
 * Replaces an operation by the result of `change`. Calls it again when another writer was faster.
 *
 * @param change returns `undefined` to leave the operation unchanged.
 * @returns the current operation; `undefined` when there is none.
 * @throws ConditionFailed when another writer was faster each time.
 */
export async function changeOperation(
  partnerId: PartnerId,
  id: OperationId,
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

/** The position after which a list of operations continues. */
export const operationPosition = ({ id }: Pick<Operation, 'id'>) => itemKinds.operation.sk({ id });

/** A partner's operations, newest first. */
export async function queryOperations(
  partnerId: PartnerId,
  limit: number,
  after: string | undefined,
): Promise<{ items: OperationRecord[]; last?: string }> {
  return query<OperationRecord>({ ...itemKinds.operation.range({ partnerId }), after, descending: true }, limit);
}

/** Results for SIMs of a page, with their changes to the counts of services. */
export type PartToRecord = {
  results: readonly SimResult[];
  /** The change of each service's number of SIMs, by service id. */
  services: ReadonlyMap<ServiceId, number>;
  /** How many SIMs the retry of a plan's stage adds to the order's progress. Excludes SIMs that were already in the requested state. */
  countedOver: number;
  /** In a dry run: how many of the succeeded SIMs the action would not change. */
  unchanged: number;
  /** The requests at operators in which SIMs of the page were changed. */
  requests: OperatorRequests;
};

/** The items other than services that counting a part changes: the part itself, its operation and its order. */
const NON_SERVICE_ITEMS = 3;

/** The maximum number of services whose counts one part changes, so that they fit into one transaction. */
export const MAX_SERVICES_PER_PART = MAX_TRANSACTION_ITEMS - NON_SERVICE_ITEMS;

/**
 * Records the results of a part of a page. Idempotent: page and part are the key. The part is an item of its own, so that the
 * shards of an operation do not conflict. `countResults` adds it to the counts.
 *
 * @returns the part if it is not counted yet, and whether this call recorded it. Otherwise an earlier attempt did, possibly
 *   the SDK's own whose response was lost.
 */
export async function recordResults(
  partnerId: PartnerId,
  operationId: OperationId,
  { page, part }: { page: ManifestPage; part: number },
  { results, services, countedOver, unchanged, requests }: PartToRecord,
): Promise<{ isFirst: boolean; recorded: UncountedPart | undefined }> {
  const succeeded = results.filter(({ outcome }) => outcome === 'succeeded').length;
  const uncounted = {
    succeeded,
    failed: results.length - succeeded,
    countedOver,
    ...(unchanged > 0 ? { unchanged } : {}),
    services: [...services].filter(([, sims]) => sims !== 0),
  };
  const isFirst = await writeIf(putResults(partnerId, operationId, page, part, { results, uncounted, requests }));
  return isFirst
    ? { isFirst, recorded: { page: page.page, part, uncounted } }
    : { isFirst, recorded: await uncountedPart(partnerId, operationId, page.page, part) };
}

/**
 * Adds recorded parts to the counts of their operation, its services, and the order whose plan it executes. Each part is counted
 * once, in the transaction that marks it as counted. Skips parts that another attempt has counted.
 */
export async function countResults(
  partnerId: PartnerId,
  operation: Operation,
  parts: readonly UncountedPart[],
  at: string,
): Promise<void> {
  for (const batch of partBatches(parts)) {
    await countBatch(partnerId, operation, batch, at);
  }
}

/** Splits parts into batches that fit into one transaction each. */
export function partBatches(parts: readonly UncountedPart[]): UncountedPart[][] {
  return chunksThatFit(
    parts,
    ({ uncounted }) => uncounted.services.map(([id]) => id),
    // One item per part, and one each for the operation and its order.
    (items, services) => items - 1 + NON_SERVICE_ITEMS + services <= MAX_TRANSACTION_ITEMS,
  );
}

async function countBatch(
  partnerId: PartnerId,
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
  const unchanged = sumOf((part) => part.unchanged ?? 0);
  const services = new Map<ServiceId, number>();
  for (const [id, sims] of batch.flatMap(({ uncounted }) => uncounted.services)) {
    services.set(id, (services.get(id) ?? 0) + sims);
  }
  const completed = operation.planStage?.retry ? sumOf((part) => part.countedOver) : succeeded;
  try {
    await transact([
      ...batch.map(({ page, part }) => markCounted(partnerId, operation.id, page, part)),
      update(
        itemKinds.operation.key({ partnerId, id: operation.id }),
        {
          increase: { succeeded, failed: sumOf((part) => part.failed), version: 1 },
          ...(unchanged > 0 ? { add: { unchanged } } : {}),
          set: { updatedAt: at },
        },
        exists,
      ),
      ...progressWrites(partnerId, operation, completed, at),
      ...serviceCountWrites(partnerId, services, at),
    ]);
  } catch (error) {
    const counted = error instanceof ConditionFailed ? error.failed.filter((place) => place < batch.length) : [];
    if (counted.length === 0) {
      throw error;
    }
    const remaining = batch.filter((_, place) => !counted.includes(place));
    await countBatch(partnerId, operation, remaining, at);
  }
}

/** Adds completed SIMs to the progress of the order whose plan the operation executes. A retry takes them off the failed ones. */
function progressWrites(partnerId: PartnerId, { planStage }: Operation, completed: number, at: string): Write[] {
  if (!planStage || completed === 0) {
    return [];
  }
  const { orderId, stage, last, retry } = planStage;
  const increase = {
    version: 1,
    [`progress.${progressOfStage[stage]}`]: completed,
    ...(retry && last ? { 'progress.failed': -completed } : {}),
  };
  return [update(itemKinds.order.key({ partnerId, id: orderId }), { increase, set: { updatedAt: at } }, exists)];
}
