import type { Operation } from './operation.ts';
import { holdingServiceId } from './service.ts';
import type { Sim, SimEvent } from './sim.ts';
import { type Tenure, tenureAfter } from './tenure.ts';

/** A step of a SIM's life with what it was about. */
export type TimelineLine = Omit<SimEvent, 'actor'> & {
  actor: string;
  /** Of a migration. */
  partnerServiceId?: string | undefined;
  /** Of an assignment; of what a SIM left, when it was unassigned. */
  customerId?: string | undefined;
  customerServiceId?: string | undefined;
  /** Of a suspension, and of the bars that a resumption is limited to. */
  reason?: string | undefined;
};

/** Took a step that neither a user nor an operation did. */
export const SYSTEM = 'system';

/** What the steps of a SIM's life were about, from the operations that took them. */
export function timelineOf(
  sim: Pick<Sim, 'operatorId' | 'createdAt'>,
  steps: readonly SimEvent[],
  operationOf: (id: string) => Pick<Operation, 'target' | 'requestedBy'> | undefined,
): TimelineLine[] {
  let tenure: Tenure = { from: sim.createdAt, partnerServiceId: holdingServiceId(sim.operatorId) };
  return steps.map((step) => {
    const operation = operationOf(step.operationId ?? '');
    const before = tenure;
    tenure = tenureAfter(before, step, operation?.target);
    return {
      ...step,
      actor: step.actor ?? operation?.requestedBy ?? SYSTEM,
      ...subjectOf(step, step.type === 'sim.unassigned' ? before : tenure, operation?.target.reason),
    };
  });
}

function subjectOf({ type }: SimEvent, services: Tenure, reason: string | undefined): Partial<TimelineLine> {
  const { partnerServiceId, customerId, customerServiceId } = services;
  switch (type) {
    case 'sim.migrated':
      return { partnerServiceId };
    case 'sim.assigned':
    case 'sim.unassigned':
      return { customerId, customerServiceId };
    case 'sim.suspended':
    case 'sim.resumed':
      return { reason };
    default:
      return {};
  }
}

/**
 * The rule: a customer's own user sees what happened to a SIM since it came to the customer, and who did it only as far as
 * it was the system or the partner; no ids of others, and nothing of other customers.
 */
export function timelineForCustomer(lines: readonly TimelineLine[], customerId: string): TimelineLine[] {
  let owner: string | undefined;
  let start = lines.length;
  for (const [place, line] of lines.entries()) {
    if (line.type === 'sim.unassigned') {
      owner = undefined;
    } else if (line.type === 'sim.assigned') {
      start = line.customerId === customerId && owner !== customerId ? place : start;
      owner = line.customerId;
    }
  }
  return lines
    .slice(start)
    .map(({ operationId: _operation, partnerServiceId: _service, cleared: _cleared, actor, ...line }) => ({
      ...line,
      actor: actor === SYSTEM ? SYSTEM : 'partner',
    }));
}
