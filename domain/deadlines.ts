import { DAY_MS, HOUR_MS, MINUTE_MS } from './time-units.ts';

/*
 * How long operators may take. retry-policies.ts has how often they are asked meanwhile.
 */

/** How long an operator may take to confirm a change of a SIM. Then the SIM is as before the request. */
export const CONFIRMATION_DEADLINE_MS = 7 * DAY_MS;

/** How long an operation waits for an operator that does not answer, before its SIMs fail. */
export const OPERATOR_DEADLINE_MS = DAY_MS;

/** How long after an order was sent it may still arrive at the operator. Then an order that the operator does not list did not arrive. */
export const SUBMISSION_SETTLE_MS = 15 * MINUTE_MS;

/** How long an order without an answer is looked for at the operator, before it is handed to the platform's staff. */
export const SUBMISSION_LOOK_UP_MS = DAY_MS;

/** How long after the deadline a confirmation is still accepted, and how often the operator is polled for it. */
const LATE_CONFIRMATION_PERIOD_MS = 90 * DAY_MS;
const LATE_CONFIRMATION_PAUSE_MS = 6 * HOUR_MS;

/** When the operator is polled next about changes that it did not confirm by the deadline. */
export function nextLateCheck(now: Date): Date {
  return new Date(now.getTime() + LATE_CONFIRMATION_PAUSE_MS);
}

/** Until when late confirmations are accepted for changes whose deadline has just passed. */
export function endOfLateChecks(now: Date): Date {
  return new Date(now.getTime() + LATE_CONFIRMATION_PERIOD_MS);
}
