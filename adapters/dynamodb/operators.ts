import type { OperatorId } from '../../domain/ids.ts';
import { type Operator, type OperatorSettings, seedOperators } from '../../domain/operator.ts';
import { absent, atVersion } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { queryAll } from './queries.ts';
import { get } from './reads.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { put } from './write-requests.ts';
import { writeIf } from './writes.ts';

type OperatorRecord = Operator & { version: number };

/**
 * An operator. Read from the table each time, so that a change holds for the next request. An operator of a new deployment
 * has no item until the platform replaces it.
 */
export async function getOperator(id: OperatorId): Promise<Operator | undefined> {
  return (
    (await get<OperatorRecord>(itemKinds.operator.key({ id }))) ?? seedOperators.find((operator) => operator.id === id)
  );
}

/** All operators: those of a new deployment first, then the others by id. */
export async function allOperators(): Promise<Operator[]> {
  const stored = await queryAll<OperatorRecord>(itemKinds.operator.range({}));
  const byId = new Map<string, Operator>(seedOperators.map((operator) => [operator.id, operator]));
  for (const operator of stored) {
    byId.set(operator.id, operator);
  }
  return [...byId.values()];
}

/**
 * Creates an operator, or replaces its settings.
 *
 * @param check gets the operator before the write, `undefined` when there is none; may throw.
 * @returns the operator, and the operator before the write.
 * @throws ConditionFailed when another writer was faster each time.
 */
export async function upsertOperator(
  id: OperatorId,
  settings: OperatorSettings,
  check: (before: Operator | undefined) => void,
): Promise<{ operator: Operator; before: Operator | undefined }> {
  return retryOnConflict(async () => {
    const key = itemKinds.operator.key({ id });
    const stored = await get<OperatorRecord>(key);
    const before = stored ?? seedOperators.find((operator) => operator.id === id);
    check(before);
    const record: OperatorRecord = { id, ...settings, version: (stored?.version ?? 0) + 1 };
    const condition = stored ? atVersion(stored.version) : absent;
    return (await writeIf(put({ ...record, ...key }, condition))) ? { operator: record, before } : undefined;
  });
}
