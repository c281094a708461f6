import type { CustomerId, CustomerServiceId, OperationId, PartnerServiceId } from './ids.ts';
import type { Operation } from './operation.ts';
import type { Sim, SimEvent } from './sim.ts';
import { firstTenure, type Tenure, tenureAfter } from './tenure.ts';

/** An entry of a SIM's timeline, with the resources and the reason that it concerns. */
export type TimelineLine = Omit<SimEvent, 'actor'> & {
  actor: string;
  /** The e-mail address of the user who requested the operation. */
  actorEmail?: string | undefined;
  /** The target of a migration. */
  partnerServiceId?: PartnerServiceId | undefined;
  /** The target of an assignment, or the customer and service that an unassigned SIM left. */
  customerId?: CustomerId | undefined;
  customerServiceId?: CustomerServiceId | undefined;
  /** The reason of a suspension, or of the bars that a resumption removes. */
  reason?: string | undefined;
};

/** The actor of steps that no user and no operation took. */
export const SYSTEM = 'system';

/** Completes the steps of a SIM's timeline from the operations that took them. */
export function timelineOf(
  sim: Pick<Sim, 'operatorId' | 'createdAt' | 'imported'>,
  steps: readonly SimEvent[],
  operationOf: (id: OperationId) => Pick<Operation, 'target' | 'requestedBy' | 'requestedByEmail'> | undefined,
): TimelineLine[] {
  let tenure: Tenure = firstTenure(sim);
  return steps.map((step) => {
    const operation = step.operationId === undefined ? undefined : operationOf(step.operationId);
    const before = tenure;
    tenure = tenureAfter(before, step, operation?.target);
    return {
      ...step,
      actor: step.actor ?? operation?.requestedBy ?? SYSTEM,
      actorEmail: step.actor === undefined ? operation?.requestedByEmail : undefined,
      ...subjectOf(step, step.type === 'sim.unassigned' ? before : tenure, operation?.target.reason),
    };
  });
}

function subjectOf({ type }: SimEvent, services: Tenure, reason: string | undefined): Partial<TimelineLine> {
  const { partnerServiceId, customerId, customerServiceId } = services;
  switch (type) {
    case 'sim.imported':
      return { partnerServiceId, customerId, customerServiceId };
    case 'sim.migrated':
      return { partnerServiceId };
    case 'sim.assigned':
    case 'sim.unassigned':
      return { customerId, customerServiceId };
    case 'sim.replacement_requested':
    case 'sim.replaced':
    case 'sim.took_over':
    case 'sim.suspension_requested':
    case 'sim.suspended':
    case 'sim.resumption_requested':
    case 'sim.resumed':
      return { reason };
    default:
      return {};
  }
}

/** The rule: those who may not read the journal do not see who requested a step by name. */
export function withoutEmails(lines: readonly TimelineLine[]): TimelineLine[] {
  return lines.map(({ actorEmail: _email, ...line }) => line);
}

/**
 * The rule: a customer's user sees the steps since the SIM was assigned to the customer. The actor is shown as the system or
 * the partner; ids of operations and partner services and the data of other customers are omitted.
 */
export function timelineForCustomer(lines: readonly TimelineLine[], customerId: CustomerId): TimelineLine[] {
  let owner: string | undefined;
  let start = lines.length;
  for (const [index, line] of lines.entries()) {
    if (line.type === 'sim.unassigned') {
      owner = undefined;
    } else if (line.type === 'sim.assigned' || line.type === 'sim.imported') {
      start = line.customerId === customerId && owner !== customerId ? index : start;
      owner = line.customerId;
    }
  }
  return lines
    .slice(start)
    .map(
      ({
        operationId: _operation,
        partnerServiceId: _service,
        cleared: _cleared,
        actorEmail: _email,
        actor,
        ...line
      }) => ({
        ...line,
        actor: actor === SYSTEM ? SYSTEM : 'partner',
      }),
    );
}
