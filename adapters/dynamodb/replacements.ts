import type { PartnerId } from '../../domain/ids.ts';
import type { Operation } from '../../domain/operation.ts';
import { claimed, type ReplacementClaim, replacedPair } from '../../domain/replacement.ts';
import { operationManifest, pagesOf, putPage } from './manifests.ts';
import { type OperationRecord, putOperation } from './operations.ts';
import type { Run } from './runs.ts';
import { getSims, type SimRecord, stepWrites } from './sims.ts';
import { transact } from './writes.ts';

/** The two SIMs of a replacement. */
export type ReplacementPair = { old: SimRecord; by: SimRecord };

/**
 * Creates the operation of a replacement, and claims both SIMs for it, in one transaction.
 *
 * @throws ConditionFailed when one of the SIMs has changed since it was read.
 */
export async function createReplacement(
  partnerId: PartnerId,
  operation: Operation,
  run: Run,
  { old, by }: ReplacementPair,
): Promise<OperationRecord> {
  const record: OperationRecord = { ...operation, ...run };
  const activates = operation.target.replacement?.activates === true;
  const claim = (other: SimRecord): ReplacementClaim => ({ operationId: operation.id, with: other.iccid, activates });
  const step = async (sim: SimRecord, other: SimRecord) =>
    stepWrites(partnerId, sim, claimed(sim, claim(other), operation.createdAt), 'sim.replacement_requested', {
      operationId: operation.id,
    });
  const [first, second] = [await step(old, by), await step(by, old)];
  const manifest = operationManifest(partnerId, operation.id);
  await transact([
    putOperation(partnerId, record, 'new'),
    ...pagesOf([old.iccid]).map((page) => putPage(manifest, page)),
    ...first.writes,
    ...second.writes,
  ]);
  return record;
}

/**
 * Marks both SIMs of a replacement that is complete, in one transaction.
 *
 * @throws ConditionFailed when one of them has changed since it was read.
 */
export async function markReplaced(
  partnerId: PartnerId,
  { id }: Pick<Operation, 'id'>,
  pair: ReplacementPair,
  at: string,
): Promise<void> {
  const { old, by } = replacedPair(pair.old, pair.by, at);
  const taker = { operationId: id };
  const first = await stepWrites(partnerId, pair.old, old, 'sim.replaced', taker);
  const second = await stepWrites(partnerId, pair.by, by, 'sim.took_over', taker);
  await transact([...first.writes, ...second.writes]);
}

/** Reads both SIMs of a replacement; `undefined` if one of them does not exist. */
export async function getPair(partnerId: PartnerId, iccid: string, by: string): Promise<Partial<ReplacementPair>> {
  const sims = await getSims(partnerId, [iccid, by]);
  const [old, other] = [sims.get(iccid), sims.get(by)];
  return { ...(old ? { old } : {}), ...(other ? { by: other } : {}) };
}
