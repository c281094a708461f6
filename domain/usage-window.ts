import { type CalendarDay, plusDays } from './calendar-day.ts';
import { MAX_TOTALS_DAYS } from './operator-port.ts';
import type { Sim } from './sim.ts';
import type { SimWalk } from './sim-walk.ts';
import { dayOf } from './usage.ts';

/**
 * How many days before today totals may still grow or be corrected. They are asked for once a day. Roaming partners report most usage
 * within two days.
 */
export const LATE_USAGE_DAYS = 3;

/**
 * The days (UTC, both included) that a walk asks for: those since the last walk that visited every SIM and, in the first walk of a
 * day, those of late usage. After a longer outage all missed days, as far back as operators answer.
 */
export function daysToAsk(
  { startedAt, visitedSince }: Pick<SimWalk, 'startedAt' | 'visitedSince'>,
  now: Date,
): { from: CalendarDay; to: CalendarDay } {
  const to = dayOf(now.toISOString());
  const late = plusDays(to, -LATE_USAGE_DAYS);
  const last = visitedSince === undefined ? late : dayOf(visitedSince);
  const isFirstOfDay = visitedSince === undefined || last < dayOf(startedAt);
  const [wanted = to] = isFirstOfDay ? [last, late].sort() : [last];
  const [, from = to] = [wanted, plusDays(to, 1 - MAX_TOTALS_DAYS)].sort();
  return { from, to };
}

/** Whether a SIM can have used anything since a day. A terminated SIM has no usage after its end. */
export function mayHaveUsed(
  { state, stateChangedAt }: Pick<Sim, 'state' | 'stateChangedAt'>,
  from: CalendarDay,
): boolean {
  return state !== 'terminated' || dayOf(stateChangedAt) >= from;
}
