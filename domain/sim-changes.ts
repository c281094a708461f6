import { activated, inTest, isBarred, suspended, terminated, unassigned, withChange } from './changed-sim.ts';
import { CONFIRMATION_DEADLINE_MS } from './deadlines.ts';
import type { OperationId } from './ids.ts';
import type { SimAnswer } from './operator-port.ts';
import type { PendingChange, Sim, SimState } from './sim.ts';
import type { OperationAction } from './sim-actions.ts';

/*
 * Changes that the operator makes first and may confirm later. An assigned SIM waits for its activation in the state `activating`. Any
 * other SIM waits in its former state, with `pendingChange`.
 */

/** The changes that operators make to SIMs. */
export type OperatorAction = PendingChange['action'];

/** The status at the operator after each change. */
export const statusAfter: Record<OperatorAction, SimAnswer['status']> = {
  activate: 'active',
  test: 'testing',
  suspend: 'barred',
  resume: 'active',
  unassign: 'barred',
  terminate: 'terminated',
};

/** The events in a SIM's timeline when the operator is asked for a change, makes it, and does not make it. */
export const changeEvents: Record<OperatorAction, { requested: string; confirmed: string; failed: string }> = {
  activate: {
    requested: 'sim.activation_requested',
    confirmed: 'sim.activated',
    failed: 'sim.activation_failed',
  },
  test: { requested: 'sim.test_requested', confirmed: 'sim.test_started', failed: 'sim.test_failed' },
  suspend: { requested: 'sim.suspension_requested', confirmed: 'sim.suspended', failed: 'sim.suspension_failed' },
  resume: { requested: 'sim.resumption_requested', confirmed: 'sim.resumed', failed: 'sim.resumption_failed' },
  unassign: {
    requested: 'sim.unassignment_requested',
    confirmed: 'sim.unassigned',
    failed: 'sim.unassignment_failed',
  },
  terminate: { requested: 'sim.termination_requested', confirmed: 'sim.terminated', failed: 'sim.termination_failed' },
};

/** Whether operators take part in an action. */
export function isOperatorAction(action: OperationAction): action is OperatorAction {
  return action in statusAfter;
}

/** Whether the SIM's state has no bars. */
export function isUnbarred({ state }: Pick<Sim, 'state'>): boolean {
  return state === 'active' || state === 'testing';
}

/** Whether the SIM's operator takes part in an action on it: a SIM is unassigned without its operator unless it has to be barred first. */
export function involvesOperator(action: OperatorAction, sim: Pick<Sim, 'state'>): boolean {
  return action !== 'unassign' || isUnbarred(sim);
}

/** What the operator does with the SIM. */
export const operatorVerb: Record<OperatorAction, 'activate' | 'test' | 'suspend' | 'resume' | 'terminate'> = {
  activate: 'activate',
  test: 'test',
  suspend: 'suspend',
  resume: 'resume',
  unassign: 'suspend',
  terminate: 'terminate',
};

/**
 * What a SIM's status at the operator says about a change that the operator was asked for. `not_started`: the SIM is as before, so
 * the operator may have lost the request. Most operators do not distinguish SIMs in test status from active ones.
 */
export function outcomeOf(
  action: OperatorAction,
  { status }: Pick<SimAnswer, 'status'>,
): 'done' | 'refused' | 'in_progress' | 'not_started' {
  if (status === statusAfter[action] || (action === 'test' && status === 'active')) {
    return 'done';
  }
  if (status === 'refused' || status === 'terminated') {
    return 'refused';
  }
  return status === 'pending' ? 'in_progress' : 'not_started';
}

/** The SIM while its operator makes a change other than the activation of an assigned SIM. */
export function withPendingChange(
  sim: Sim,
  action: PendingChange['action'],
  operationId: OperationId,
  at: string,
): Sim {
  return withChange(sim, at, { pendingChange: { action, since: at, operationId } });
}

/** The SIM without the pending change of an operation. */
export function withoutChangeOf<Stored extends Sim>(sim: Stored, operationId: OperationId): Stored {
  const { pendingChange: _pendingChange, ...rest } = sim;
  // Safe: the removed field is optional in every SIM.
  return waitsFor(sim, operationId) ? (rest as Stored) : sim;
}

/**
 * The SIM after the operator made a change. Also accepted after the deadline.
 *
 * @param reason of the bar that a suspension sets.
 * @returns `undefined` when the SIM's state no longer permits the change.
 */
export function confirmChange(sim: Sim, action: OperatorAction, reason: string, at: string): Sim | undefined {
  switch (action) {
    case 'activate':
      return ['activating', 'assigned', 'testing'].includes(sim.state) ? activated(sim, at) : undefined;
    case 'test':
      return sim.state === 'assigned' ? inTest(sim, at) : undefined;
    case 'suspend':
      return isUnbarred(sim) ? suspended(sim, reason, at) : undefined;
    case 'resume':
      return sim.state === 'suspended' ? activated(sim, at) : undefined;
    case 'unassign':
      return isUnbarred(sim) ? unassigned(sim, at) : undefined;
    case 'terminate':
      return sim.state === 'terminated' ? undefined : terminated(sim, at);
  }
}

/** The SIM after the operator refused a change, or did not confirm it by the deadline: as before the request. */
export function revertChange(sim: Sim, at: string): Sim | undefined {
  if (sim.state === 'activating') {
    return withChange(sim, at, { state: 'assigned' });
  }
  return sim.pendingChange ? withChange(sim, at, {}) : undefined;
}

/** The state of a SIM after each change. */
const stateAfter: Record<OperatorAction, SimState> = {
  activate: 'active',
  test: 'testing',
  suspend: 'suspended',
  resume: 'active',
  unassign: 'in_stock',
  terminate: 'terminated',
};

/** Whether a SIM is as a change leaves it. */
export function isAfter({ state }: Pick<Sim, 'state'>, action: OperatorAction): boolean {
  return state === stateAfter[action];
}

/** Whether the SIM has a pending change of an operation. */
export function waitsFor({ pendingChange }: Pick<Sim, 'pendingChange'>, operationId: OperationId): boolean {
  return pendingChange?.operationId === operationId;
}

/**
 * When the operator was asked for the change that a SIM waits for.
 *
 * @param operationStart replaces that moment for a SIM that no longer waits, because an attempt crashed before it recorded the
 *   result.
 */
export function changeRequestedAt(
  { state, stateChangedAt, pendingChange }: Pick<Sim, 'state' | 'stateChangedAt' | 'pendingChange'>,
  operationStart: string,
): string {
  return pendingChange?.since ?? (state === 'activating' ? stateChangedAt : operationStart);
}

/**
 * Whether the operator has missed the deadline for confirming a change: seven days after the request.
 *
 * @param operationStart see `changeRequestedAt`.
 * @param askedAt when the operator was asked and did not confirm.
 */
export function isConfirmationOverdue(
  sim: Pick<Sim, 'state' | 'stateChangedAt' | 'pendingChange'>,
  operationStart: string,
  askedAt: Date,
): boolean {
  return askedAt.getTime() > Date.parse(changeRequestedAt(sim, operationStart)) + CONFIRMATION_DEADLINE_MS;
}

/** Whether the SIM must be barred at its operator; `undefined` while its bars are being changed, and after its end. */
export function barsExpected(sim: Pick<Sim, 'state' | 'bars' | 'pendingChange'>): boolean | undefined {
  return sim.state === 'activating' || sim.state === 'terminated' || sim.pendingChange ? undefined : isBarred(sim);
}
