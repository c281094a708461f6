import type { CustomerId, CustomerServiceId, OperationId, PartnerServiceId } from './ids.ts';
import type { OperationTarget } from './operation.ts';
import { holdingServiceId } from './service.ts';
import type { Sim, SimEvent } from './sim.ts';

/** The services of a SIM from a moment until its next tenure begins. */
export type Tenure = {
  /** RFC 3339, UTC, with milliseconds, inclusive. */
  from: string;
  partnerServiceId: PartnerServiceId;
  customerId?: CustomerId | undefined;
  customerServiceId?: CustomerServiceId | undefined;
};

/** The first tenure of a SIM: in the holding service of its operator, or where it was imported. */
export function firstTenure({
  createdAt,
  operatorId,
  imported,
}: Pick<Sim, 'createdAt' | 'operatorId' | 'imported'>): Tenure {
  if (!imported) {
    return { from: createdAt, partnerServiceId: holdingServiceId(operatorId) };
  }
  const { partnerServiceId, customerId, customerServiceId } = imported;
  return { from: createdAt, partnerServiceId, customerId, customerServiceId };
}

/** The timeline entries that change a SIM's services. */
const moves: readonly string[] = ['sim.migrated', 'sim.assigned', 'sim.unassigned'];

export function isMove({ type }: Pick<SimEvent, 'type'>): boolean {
  return moves.includes(type);
}

/**
 * The tenures of a SIM, oldest first, derived from its timeline. The first is where the SIM arrived.
 *
 * @param targetOf the target of an operation. A step of an unknown operation changes no service.
 */
export function tenuresOf(
  sim: Pick<Sim, 'operatorId' | 'createdAt' | 'imported'>,
  steps: readonly SimEvent[],
  targetOf: (operationId: OperationId) => OperationTarget | undefined,
): [Tenure, ...Tenure[]] {
  const tenures: [Tenure, ...Tenure[]] = [firstTenure(sim)];
  for (const step of steps.filter(isMove)) {
    tenures.push(
      tenureAfter(
        tenures.at(-1) ?? tenures[0],
        step,
        step.operationId === undefined ? undefined : targetOf(step.operationId),
      ),
    );
  }
  return tenures;
}

/** The tenure after a step; the same one if the step does not change the SIM's services. */
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

/** The tenure at a moment (RFC 3339, UTC, with milliseconds). Before the SIM's arrival, its first tenure. */
export function tenureAt(tenures: readonly [Tenure, ...Tenure[]], at: string): Tenure {
  return tenures.findLast(({ from }) => from <= at) ?? tenures[0];
}

/** The tenures between two moments, oldest first. Never empty: the SIM has always been somewhere. */
export function tenuresBetween(
  tenures: readonly [Tenure, ...Tenure[]],
  from: string,
  upTo: string,
): [Tenure, ...Tenure[]] {
  return [tenureAt(tenures, from), ...tenures.filter((tenure) => from < tenure.from && tenure.from <= upTo)];
}
