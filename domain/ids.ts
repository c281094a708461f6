import { ulid } from 'ulid';

/** Prefixes of the ids that the system gives: part of the contract. */
const prefixes = {
  order: 'ord_',
  customer: 'cus_',
  customerService: 'csv_',
  partnerService: 'psv_',
  operation: 'op_',
  webhook: 'whk_',
  alarm: 'alm_',
  event: 'evt_',
} as const;

export type IdKind = keyof typeof prefixes;

/**
 * A new id: the prefix of its kind, then a ULID, so that ids of one kind sort by the time `at` which they were made.
 *
 * @param random numbers from 0 up to 1; the machine's own when left out.
 */
export function newId(kind: IdKind, at: Date, random?: () => number): string {
  return `${prefixes[kind]}${ulid(at.getTime(), random)}`;
}
