import type { OperationId, PartnerId } from '../../domain/ids.ts';
import { memoize } from '../../domain/memoize.ts';
import type { OperationTarget } from '../../domain/operation.ts';
import { type Tenure, tenuresOf } from '../../domain/tenure.ts';
import { getOperation } from './operations.ts';
import { type SimRecord, simHistory } from './sims.ts';

/** Looks up the target of an operation by its id. */
export type TargetOf = (operationId: OperationId) => Promise<OperationTarget | undefined>;

/** Looks up targets of a partner's operations, reading each operation once. */
export const targetsOf = (partnerId: PartnerId): TargetOf =>
  memoize(async (operationId: OperationId) => (await getOperation(partnerId, operationId))?.target);

/** The tenures of a SIM, from its whole history. */
export async function tenuresOfSim(
  partnerId: PartnerId,
  sim: SimRecord,
  targetOf: TargetOf = targetsOf(partnerId),
): Promise<[Tenure, ...Tenure[]]> {
  const steps = await simHistory(partnerId, sim);
  const ids = [...new Set(steps.flatMap(({ operationId }) => operationId ?? []))];
  const targets = new Map(await Promise.all(ids.map(async (id) => [id, await targetOf(id)] as const)));
  return tenuresOf(sim, steps, (id) => targets.get(id));
}
