import { addBytes, sumBytes } from './bytes.ts';
import type { CalendarDay } from './calendar-day.ts';
import { activated } from './changed-sim.ts';
import type { SimDetails } from './operator-port.ts';
import type { Sim } from './sim.ts';
import { dayOf, type SimDay } from './usage.ts';

/*
 * The end of test status: a SIM that has used as much as its operator allows becomes active without a request.
 */

/** When a SIM entered test status; `undefined` for a SIM that is not in it. */
export function inTestSince({ state, stateChangedAt }: Pick<Sim, 'state' | 'stateChangedAt'>): string | undefined {
  return state === 'testing' ? stateChangedAt : undefined;
}

/**
 * The usage of a SIM since it entered test status, in bytes. Usage is stored by the hour, so the hour of the entry counts as a whole: the SIM
 * was barred before.
 *
 * @param days of the SIM, from the day of the entry on. Earlier days and hours do not count.
 * @param since RFC 3339, UTC.
 */
export function usedInTest(days: readonly SimDay[], since: string): number {
  const firstDay: CalendarDay = dayOf(since);
  const firstHour = Number(since.slice(11, 13));
  let bytes = 0;
  for (const { day, networks } of days.filter((part) => part.day >= firstDay)) {
    for (const hours of networks.values()) {
      const counted = [...hours].filter(([hour]) => day > firstDay || hour >= firstHour);
      bytes = addBytes(bytes, sumBytes(counted.map(([, used]) => used)));
    }
  }
  return bytes;
}

/**
 * The SIM after it has used as much as its operator's test status allows. A change that its operator is making continues, unless it is the
 * activation.
 *
 * @returns `undefined` when the SIM is not in test status, or has used less.
 */
export function endTest(sim: Sim, used: number, limitBytes: number, at: string): Sim | undefined {
  if (sim.state !== 'testing' || used < limitBytes) {
    return undefined;
  }
  const { pendingChange } = sim;
  const after = activated(sim, at);
  return pendingChange && pendingChange.action !== 'activate' ? { ...after, pendingChange } : after;
}

/** Whether a SIM is active here and still in test status at its operator, which then has to be asked to activate it. */
export function isLeftInTest(
  { state, pendingChange }: Pick<Sim, 'state' | 'pendingChange'>,
  status: SimDetails['status'] | undefined,
): boolean {
  return state === 'active' && pendingChange === undefined && status === 'testing';
}
