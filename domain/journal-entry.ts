import type { FieldChange } from './field-changes.ts';

/** A write over the API that was accepted: who did what, when, from where, and how it ended. */
export type JournalEntry = {
  at: string;
  /** The caller's `sub`. */
  actor: string;
  method: string;
  /** The route, as `/v1/orders/{id}/cancel`. */
  route: string;
  /** The path of what was written: of what the request made, when it made something. */
  resource: string;
  sourceIp: string;
  requestId: string;
  status: number;
  /** The `email` of the caller's token, where it has one. */
  actorEmail?: string;
  /** What it changed, or asked for; absent in entries of release 0.1.0. */
  changes?: readonly FieldChange[];
};
