import type { OperatorId } from '../../domain/operator.ts';
import { absent, exists, get, put, queryDue, remove, update, write, writeIf } from './items.ts';
import { due, type Key, lateActivationKey, operationPartition } from './keys.ts';

/**
 * SIMs whose activation the operator did not confirm by the deadline. It may still do so: they are asked about until
 * `until`, and what it says then is believed.
 */
export type LateActivation = {
  partnerId: string;
  operationId: string;
  operatorId: OperatorId;
  iccids: readonly string[];
  nextAt: string;
  until: string;
};

/** A late activation with where it is kept, and since when it is due. */
export type KeptLateActivation = LateActivation & { key: Key; dueAt: string };

export async function keepLateActivation(late: LateActivation, page: number, part: number): Promise<void> {
  const key = lateActivationKey(operationPartition(late.partnerId, late.operationId), page, part, late.operatorId);
  await writeIf(put({ ...late, ...key, duePk: due.lateActivations, dueAt: late.nextAt }, absent));
}

/** The late activations to ask the operators about now, across partners. */
export async function dueLateActivations(now: Date, limit: number): Promise<KeptLateActivation[]> {
  const found = await queryDue(due.lateActivations, now, limit);
  const kept = await Promise.all(found.map(async (one) => ({ ...one, late: await get<LateActivation>(one.key) })));
  return kept.flatMap(({ late, key, dueAt }) => (late ? [{ ...late, key, dueAt }] : []));
}

/** Asks about the rest later, or no more when none is left; nothing when another run has ended it meanwhile. */
export async function postponeLateActivation(key: Key, iccids: readonly string[], nextAt: string): Promise<void> {
  if (iccids.length === 0) {
    await write(remove(key));
  } else {
    await writeIf(update(key, { set: { iccids, nextAt, dueAt: nextAt } }, exists));
  }
}
