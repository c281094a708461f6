import { DAY_MS, HOUR_MS } from './time-units.ts';

/*
 * How long operators may take. retry-policies.ts has how often they are asked meanwhile.
 */

/** How long an operator may take to confirm an activation. Then the SIM is `assigned` again. */
export const ACTIVATION_DEADLINE_MS = 7 * DAY_MS;

/** How long an operation waits for an operator that does not answer, before its SIMs fail. */
export const OPERATOR_DEADLINE_MS = DAY_MS;

/** How long after the deadline a confirmation is still accepted, and how often the operator is polled for it. */
const LATE_ACTIVATION_PERIOD_MS = 90 * DAY_MS;
const LATE_ACTIVATION_PAUSE_MS = 6 * HOUR_MS;

/** When the operator is polled next about activations that it did not confirm by the deadline. */
export function nextLateActivationCheck(now: Date): Date {
  return new Date(now.getTime() + LATE_ACTIVATION_PAUSE_MS);
}

/** Until when late confirmations are accepted for activations whose deadline has just passed. */
export function endOfLateActivation(now: Date): Date {
  return new Date(now.getTime() + LATE_ACTIVATION_PERIOD_MS);
}
