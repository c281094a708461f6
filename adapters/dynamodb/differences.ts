import type { Difference, DifferenceState } from '../../domain/difference.ts';
import { differenceStates } from '../../domain/difference.ts';
import type { DifferenceId } from '../../domain/ids.ts';
import { absent, exists } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { query } from './queries.ts';
import { get } from './reads.ts';
import { put, remove, type Write } from './write-requests.ts';

/** Settled differences are kept as long as the notifications about them. */
const LIFETIME_SECONDS = 400 * 86_400;

const itemOf = (difference: Difference) => ({
  ...difference,
  ...itemKinds.difference.key(difference),
  ...(difference.settledAt === undefined
    ? {}
    : { expiresAt: Math.floor(Date.parse(difference.settledAt) / 1_000) + LIFETIME_SECONDS }),
});

/** Records a difference, open or settled. */
export function putDifference(difference: Difference): Write {
  return put(itemOf(difference), absent);
}

/** Moves an open difference to the settled ones. Fails when it is settled already. */
export function settleWrites(settled: Difference): Write[] {
  return [remove(itemKinds.difference.key({ id: settled.id, state: 'open' }), exists), putDifference(settled)];
}

export async function getDifference(id: DifferenceId): Promise<Difference | undefined> {
  const found = await Promise.all(
    differenceStates.map((state) => get<Difference>(itemKinds.difference.key({ id, state }))),
  );
  // While a difference is moved, the first read can miss it; `settled` is final.
  return found.findLast((difference) => difference !== undefined);
}

/** The differences in a state, oldest first. */
export function queryDifferences(
  state: DifferenceState,
  limit: number,
  after: string | undefined,
): Promise<{ items: Difference[]; last?: string }> {
  return query<Difference>({ ...itemKinds.difference.range({ state }), after }, limit);
}

/** The position from which a list of differences continues after one. */
export const differencePosition = (difference: Pick<Difference, 'id' | 'state'>) => itemKinds.difference.sk(difference);
