import type { FieldChange } from './field-changes.ts';

/** An accepted write over the API: who did what, when, from where, and with which result. */
export type JournalEntry = {
  at: string;
  /** The caller's `sub`. */
  actor: string;
  method: string;
  /** The route, such as `/v1/orders/{id}/cancel`. */
  route: string;
  /** The path of the written resource, or of the created one. */
  resource: string;
  sourceIp: string;
  requestId: string;
  status: number;
  /** The `email` of the caller's token, if it has one. */
  actorEmail?: string;
  /** The changed or requested fields. Absent in entries of release 0.1.0. */
  changes?: readonly FieldChange[];
};
