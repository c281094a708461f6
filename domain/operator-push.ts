import { couldBeIccid } from './iccid.ts';
import { HOUR_MS, MINUTE_MS } from './time-units.ts';

/*
 * Messages in which operators report that something about a SIM has changed. They are hints: a SIM is read at its operator
 * afterwards, and nothing that a message says becomes data.
 */

/** Messages whose time differs more from ours are refused, so that an intercepted one cannot be used for long. */
export const MAX_PUSH_AGE_MS = HOUR_MS;

/** How many of the SIMs that a message names are looked at. Operators send a message for each SIM. */
const MAX_SIMS = 10;

/**
 * An execution that started more recently polls its operator within as much time, so that a message need not hasten it. Messages
 * about many SIMs of an operation therefore start one execution.
 */
const RECENT_RUN_MS = 5 * MINUTE_MS;

/** Whether the time of a message is close to ours: RFC 3339, or milliseconds since 1970. */
export function isPushTimely(timestamp: string, now: Date): boolean {
  const at = /^\d{12,14}$/.test(timestamp) ? Number(timestamp) : Date.parse(timestamp);
  return Math.abs(now.getTime() - at) <= MAX_PUSH_AGE_MS;
}

/** The ICCIDs in the data of a message, whatever its format: XML or JSON, by a setting at the operator. */
export function simsNamedIn(data: string): string[] {
  return [...new Set(data.match(/(?<!\d)\d{18,20}(?!\d)/g))].filter(couldBeIccid).slice(0, MAX_SIMS);
}

/** Whether a message about a SIM starts another execution of the operation that waits for the SIM. */
export function doesPushWake(runStartedAt: string, now: Date): boolean {
  return now.getTime() > Date.parse(runStartedAt) + RECENT_RUN_MS;
}
