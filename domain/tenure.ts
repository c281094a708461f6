import type { OperationTarget } from './operation.ts';
import { holdingServiceId } from './service.ts';
import type { Sim, SimEvent } from './sim.ts';

/** Which services held a SIM from a moment on, until its next tenure begins. */
export type Tenure = {
  /** RFC 3339, UTC, with milliseconds; itself included. */
  from: string;
  partnerServiceId: string;
  customerId?: string | undefined;
  customerServiceId?: string | undefined;
};

/** The steps of a SIM's life that bring it to other services. */
const moves: readonly string[] = ['sim.migrated', 'sim.assigned', 'sim.unassigned'];

export function isMove({ type }: Pick<SimEvent, 'type'>): boolean {
  return moves.includes(type);
}

/**
 * The tenures of a SIM, oldest first, from the steps of its life: it arrives in the holding service of its operator.
 *
 * @param targetOf what an operation aimed at. A step whose operation is not known leaves the SIM where it was.
 */
export function tenuresOf(
  sim: Pick<Sim, 'operatorId' | 'createdAt'>,
  steps: readonly SimEvent[],
  targetOf: (operationId: string) => OperationTarget | undefined,
): [Tenure, ...Tenure[]] {
  const tenures: [Tenure, ...Tenure[]] = [{ from: sim.createdAt, partnerServiceId: holdingServiceId(sim.operatorId) }];
  for (const step of steps.filter(isMove)) {
    tenures.push(tenureAfter(tenures.at(-1) ?? tenures[0], step, targetOf(step.operationId ?? '')));
  }
  return tenures;
}

/** The tenure that a step leads to: the same one, when it moves the SIM to no other service. */
export function tenureAfter(before: Tenure, step: SimEvent, target: OperationTarget | undefined): Tenure {
  return isMove(step) ? { ...before, ...moved(step, target), from: step.at } : before;
}

function moved({ type }: SimEvent, target: OperationTarget | undefined): Partial<Tenure> {
  if (type === 'sim.unassigned') {
    return { customerId: undefined, customerServiceId: undefined };
  }
  if (type === 'sim.migrated') {
    return target?.partnerServiceId === undefined ? {} : { partnerServiceId: target.partnerServiceId };
  }
  return target === undefined ? {} : { customerId: target.customerId, customerServiceId: target.customerServiceId };
}

/** The tenure at a moment (RFC 3339, UTC, with milliseconds); before a SIM arrived, its first one. */
export function tenureAt(tenures: readonly [Tenure, ...Tenure[]], at: string): Tenure {
  return tenures.findLast(({ from }) => from <= at) ?? tenures[0];
}
