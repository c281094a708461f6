import type { CalendarId } from './bank-holidays.ts';

/** The operators from which SIMs can be ordered: part of the contract. */
export const operatorIds = ['3uk', '3ireland', 'orange', 'a1'] as const;

export type OperatorId = (typeof operatorIds)[number];

/** The details of an operator. Its address is part of the deployment's configuration. */
export type Operator = {
  id: OperatorId;
  name: string;
  /** SIMs are ordered in multiples of this. Source: the wholesaler's partner guide. */
  orderMultiple: number;
  /** From the order to the delivery. Source: the wholesaler's partner guide. */
  leadTimeWorkingDays: { min: number; max: number };
  /** The country whose working days count. */
  calendar: CalendarId;
};

/** The same for every operator: 3 to 5 working days. Source: the wholesaler's partner guide. */
const leadTimeWorkingDays = { min: 3, max: 5 };

/** Every operator. SIMs come in multiples of 50, of A1 in multiples of 20. Source: the wholesaler's partner guide. */
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
