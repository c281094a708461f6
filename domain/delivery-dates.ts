import { estimatedDelivery, localDay } from './calendar.ts';
import { type CalendarDay, plusDays } from './calendar-day.ts';
import type { Operator } from './operator.ts';
import type { Violation } from './verdict.ts';

/** A later day is more likely a typing error than a plan. */
const MAX_DAYS_AHEAD = 365;

/** The rule: partners request a day on which the operator can deliver, at most 365 days after the earliest one. */
export function requestedDateViolations(
  operator: Operator,
  requested: CalendarDay | undefined,
  now: Date,
): Violation[] {
  const { earliest } = estimatedDelivery(operator, now);
  const last = plusDays(earliest, MAX_DAYS_AHEAD);
  const pointer = '/requestedDeliveryDate';
  if (requested === undefined || (requested >= earliest && requested <= last)) {
    return [];
  }
  return requested < earliest
    ? [
        {
          pointer,
          code: 'minimum',
          message: `requestedDeliveryDate must be ${earliest} or later, the earliest day on which ${operator.name} can deliver.`,
        },
      ]
    : [
        {
          pointer,
          code: 'maximum',
          message: `requestedDeliveryDate must be ${last} or earlier: at most ${MAX_DAYS_AHEAD} days after ${earliest}, the earliest day on which ${operator.name} can deliver.`,
        },
      ];
}

/** The rule: the day that an operator names when it accepts an order is today, in its time zone, or in the next 365 days. */
export function expectedDateViolations(
  { calendar }: Pick<Operator, 'calendar'>,
  expected: CalendarDay | undefined,
  now: Date,
): Violation[] {
  const today = localDay(calendar, now);
  const last = plusDays(today, MAX_DAYS_AHEAD);
  const pointer = '/expectedDelivery';
  if (expected === undefined || (expected >= today && expected <= last)) {
    return [];
  }
  return expected < today
    ? [{ pointer, code: 'minimum', message: `expectedDelivery must be today, ${today}, or later.` }]
    : [
        {
          pointer,
          code: 'maximum',
          message: `expectedDelivery must be ${last} or earlier: at most ${MAX_DAYS_AHEAD} days from today.`,
        },
      ];
}
