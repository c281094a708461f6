import { ulid } from 'ulid';

/** The prefixes of generated ids: part of the contract. */
const prefixes = {
  order: 'ord_',
  customer: 'cus_',
  customerService: 'csv_',
  partnerService: 'psv_',
  operation: 'op_',
  webhook: 'whk_',
  alarm: 'alm_',
  event: 'evt_',
  manualTask: 'tsk_',
} as const;

export type IdKind = keyof typeof prefixes;

/**
 * A new id: the prefix of its kind, then a ULID, so that ids of one kind sort by creation time.
 *
 * @param random generates numbers from 0 up to 1. Default: the system's random numbers.
 */
export function newId(kind: IdKind, at: Date, random?: () => number): string {
  return `${prefixes[kind]}${ulid(at.getTime(), random)}`;
}
