import { afterWorkingDays } from './calendar.ts';
import type { OperatorId } from './operator.ts';
import { HOLDING_DAYS } from './partner.ts';

/** When the SIMs of a delivered order should have left holding, and how many working days that is after the delivery. */
export type HoldingWatch = { days: number; dueAt: string };

/** The watch over the SIMs of an order that is delivered now. */
export function newHoldingWatch(operatorId: OperatorId, deliveredAt: Date, days = HOLDING_DAYS): HoldingWatch {
  return { days, dueAt: afterWorkingDays(operatorId, deliveredAt, days) };
}

/** How many SIMs of an order are in holding, as far as they were counted, and whether there are more. */
export type WaitingSims = { found: number; more: boolean };

/** For example "1 SIM waits", or "1000 or more SIMs wait". */
export function describeWaitingSims({ found, more }: WaitingSims): string {
  return `${found}${more ? ' or more' : ''} ${found === 1 ? 'SIM waits' : 'SIMs wait'}`;
}
