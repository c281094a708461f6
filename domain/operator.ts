import type { CalendarId } from './bank-holidays.ts';

/** The operators that SIMs are ordered of: part of the contract. */
export const operatorIds = ['3uk', '3ireland', 'orange', 'a1'] as const;

export type OperatorId = (typeof operatorIds)[number];

/** What the system knows of an operator; how to reach it is the deployment's configuration. */
export type Operator = {
  id: OperatorId;
  name: string;
  /** SIMs are ordered in whole multiples of this: the wholesaler's partner guide. */
  orderMultiple: number;
  /** From the order to the delivery: the wholesaler's partner guide. */
  leadTimeWorkingDays: { min: number; max: number };
  /** Whose working days count: those of the operator's own country. */
  calendar: CalendarId;
};

/** The same for every operator: 3 to 5 working days, says the wholesaler's partner guide. */
const leadTimeWorkingDays = { min: 3, max: 5 };

/** Every operator. Multiples are the wholesaler's partner guide's: 50, and 20 of A1. */
export const operators: Readonly<Record<OperatorId, Operator>> = {
  '3uk': { id: '3uk', name: '3UK', orderMultiple: 50, leadTimeWorkingDays, calendar: 'GB' },
  '3ireland': { id: '3ireland', name: '3Ireland', orderMultiple: 50, leadTimeWorkingDays, calendar: 'IE' },
  orange: { id: 'orange', name: 'Orange', orderMultiple: 50, leadTimeWorkingDays, calendar: 'FR' },
  a1: { id: 'a1', name: 'A1', orderMultiple: 20, leadTimeWorkingDays, calendar: 'AT' },
};

export function isOperatorId(text: string): text is OperatorId {
  const known: readonly string[] = operatorIds;
  return known.includes(text);
}
