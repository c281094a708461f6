import { afterWorkingDays } from './calendar.ts';
import type { Operator } from './operator.ts';
import { HOLDING_DAYS } from './partner.ts';

/** When the SIMs of a delivered order should have left holding: `days` working days after the delivery. */
export type HoldingWatch = { days: number; dueAt: string };

/** The watch over the SIMs of a newly delivered order. */
export function newHoldingWatch(
  operator: Pick<Operator, 'calendar' | 'closedDays'>,
  deliveredAt: Date,
  days = HOLDING_DAYS,
): HoldingWatch {
  return { days, dueAt: afterWorkingDays(operator, deliveredAt, days) };
}

/** How many SIMs of an order were found in holding, and whether there are more. */
export type WaitingSims = { found: number; more: boolean };

/** For example "1 SIM waits", or "1000 or more SIMs wait". */
export function describeWaitingSims({ found, more }: WaitingSims): string {
  return `${found}${more ? ' or more' : ''} ${found === 1 ? 'SIM waits' : 'SIMs wait'}`;
}
