import type { OperatorId } from '../../domain/operator.ts';
import { absent, type DueKey, exists, get, put, queryDue, remove, update, write, writeIf } from './items.ts';
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

/** Replaces what an attempt that crashed has written for the same part: more SIMs may be overdue by now. */
export async function keepLateActivation(late: LateActivation, page: number, part: number): Promise<void> {
  const key = lateActivationKey(operationPartition(late.partnerId, late.operationId), page, part, late.operatorId);
  await write(put({ ...late, ...key, duePk: due.lateActivations, dueAt: late.nextAt }));
}

/** Where the late activations are that operators are to be asked about now, across partners. */
export async function dueLateActivations(now: Date, limit: number): Promise<DueKey[]> {
  return queryDue(due.lateActivations, now, limit);
}

export async function getLateActivation(key: Key): Promise<LateActivation | undefined> {
  return get<LateActivation>(key);
}

/** Keeps a SIM of a late activation apart from the others of its batch, so that it holds up none of them. */
export async function separateLateActivation(
  late: LateActivation,
  key: Key,
  iccid: string,
  nextAt: string,
): Promise<void> {
  const own = { ...late, iccids: [iccid], nextAt };
  await writeIf(
    put({ ...own, pk: key.pk, sk: `${key.sk}#${iccid}`, duePk: due.lateActivations, dueAt: nextAt }, absent),
  );
}

/** Asks about the rest later, or no more when none is left; nothing when another run has ended it meanwhile. */
export async function postponeLateActivation(key: Key, iccids: readonly string[], nextAt: string): Promise<void> {
  if (iccids.length === 0) {
    await write(remove(key));
  } else {
    await writeIf(update(key, { set: { iccids, nextAt, dueAt: nextAt } }, exists));
  }
}
