import { itemKind, type Key } from './item-kind.ts';

/** The suffix of journals' partition keys. No function may change or remove their items. */
export const JOURNAL = '#JOURNAL';

/**
 * Every kind of item in the table, with its keys. docs/data-model.md describes each.
 *
 * The partition key of a partner's item contains the partner id from the verified token. Ids given by a client appear only at
 * the end of a key, so that no id reaches another partner's items.
 */
export const itemKinds = {
  sim: itemKind('P#{partnerId}#SIM#{shard:number}', '{iccid}'),
  partner: itemKind('P#{partnerId}', 'PARTNER'),
  /** The names of the fields of a partner's SIMs. */
  simFieldNames: itemKind('P#{partnerId}', 'SIM_FIELDS'),
  /** An operator that the platform created or replaced. */
  operator: itemKind('OPERATORS', 'OPR#{id:operator}'),
  /** The numbers of SIMs by state, of the whole partner or of a customer. */
  fleetCounts: itemKind('P#{partnerId}', 'FLEET_COUNTS#{fleet}'),
  /** The number of SIMs that were imported for a partner. */
  importedSims: itemKind('P#{partnerId}', 'IMPORTED'),
  /** A manual order, in the list of the platform's staff. */
  manualOrder: itemKind('MANUAL_ORDERS#{state}', 'ORD#{orderId}'),
  manualTask: itemKind('MANUAL_TASKS#{state}', 'TASK#{id:manualTask}'),
  /** SIMs of a manual task, by the pages of its operation. */
  manualTaskPage: itemKind('MANUAL_TASK#{taskId:manualTask}', 'PAGE#{page:padded}'),
  /** SIMs of a manual task that the operator refused to change. */
  manualTaskRefusals: itemKind('MANUAL_TASK#{taskId:manualTask}', 'REFUSED#{part:padded}'),
  tariff: itemKind('TARIFFS', 'TRF#{id:tariff}'),
  grant: itemKind('P#{partnerId}', 'GRANT#{tariffId}'),
  customer: itemKind('P#{partnerId}', 'CUS#{id:customer}'),
  /** The deletion of a customer. Becomes an event, like the events of orders. */
  customerEvent: itemKind('P#{partnerId}#CUS#{customerId}', 'EVT#{type}'),
  /** A copy of a user of the partner or of its customers. The user pool has the original. */
  user: itemKind('P#{partnerId}', 'USR#{id}'),
  /** An API client of the partner. */
  client: itemKind('P#{partnerId}', 'CLI#{id:client}'),
  /** Reserves the name of an API client, unique within its partner. */
  clientName: itemKind('P#{partnerId}#CLI', 'NAME#{hash}'),
  /** The hashes of an API client's secrets. Requests for tokens name the client alone. */
  clientCredentials: itemKind('CLIENT#{clientId}', 'CREDENTIALS'),
  /** A token of an API client, sealed with its secret. */
  clientToken: itemKind('CLIENT#{clientId}', 'TOKEN#{use}'),
  /** The number of new tokens of an API client on a day. */
  clientTokenCount: itemKind('CLIENT#{clientId}', 'ISSUED#{day}'),
  /** The end of all tokens of a user or an API client. One partition, which every function reads. */
  revocation: itemKind('REVOCATIONS', '{subject:rest}'),
  partnerService: itemKind('P#{partnerId}', 'PSV#{id:partnerService}'),
  customerService: itemKind('P#{partnerId}', 'CSV#{id:customerService}'),
  /** Reserves the name of a customer service, unique within its customer. */
  serviceName: itemKind('P#{partnerId}#CUS#{customerId}', 'NAME#{hash}'),
  order: itemKind('P#{partnerId}', 'ORD#{id:order}'),
  orderEvent: itemKind('P#{partnerId}#ORD#{orderId}', 'EVT#{version:padded}#{line:number}'),
  orderPage: itemKind('P#{partnerId}#ORD#{orderId}', 'PAGE#{page:padded}'),
  orderWatch: itemKind('P#{partnerId}#ORD#{orderId}', 'WATCH'),
  holdingWatch: itemKind('P#{partnerId}#ORD#{orderId}', 'HOLDING'),
  operation: itemKind('P#{partnerId}', 'OP#{id:operation}'),
  operationPage: itemKind('P#{partnerId}#OP#{operationId}', 'PAGE#{page:padded}'),
  operationResults: itemKind('P#{partnerId}#OP#{operationId}', 'RES#{page:padded}#{part:padded}'),
  /**
   * A change that was not confirmed by the deadline; in release 0.1.0 always an activation. `sims` is the operator or, for a SIM that is checked alone, the
   * operator and the ICCID.
   */
  lateActivation: itemKind('P#{partnerId}#OP#{operationId}', 'LATE#{page:padded}#{part:padded}#{sims:rest}'),
  /** Earlier history of a SIM that its own item has no room for. */
  simHistory: itemKind('P#{partnerId}#HIST#{iccid}', 'H#{version:padded}'),
  /** The usage of a SIM on a day. `place` is the day, with `#` and a number if it is a further part of the day. */
  simDay: itemKind('P#{partnerId}#USE#{iccid}', '{place:rest}'),
  /** The usage of a service in a month by the SIMs of one shard. */
  serviceSum: itemKind('P#{partnerId}#SUM#{serviceId}#{period}#{shard:number}', 'SUM'),
  /** The partner that owns a SIM. Operators report usage by ICCID alone. */
  simOwner: itemKind('ICCID#{iccid}', 'OWNER'),
  /** Finds a SIM by a tag. The hash is that of the tag in lower case. */
  simTag: itemKind('P#{partnerId}#TAG#{hash}#{shard:number}', '{iccid}'),
  /** Finds a SIM by the start of its label, in lower case. */
  simLabel: itemKind('P#{partnerId}#LABEL#{shard:number}', '{label:rest}#{iccid}'),
  /** Finds SIMs by numbers that differ in their last digits: one, or those of several SIMs that arrived together. */
  simNumber: itemKind('P#{partnerId}#NUMBER#{field}#{block}', '{place:rest}'),
  /** Redriven usage that awaits the collector. */
  redrivenUsage: itemKind('USAGE_REDRIVEN', '{id}'),
  /** How far the usage of an operator is counted. */
  usageCursor: itemKind('USAGE_CURSORS', '{operatorId}'),
  /** What differs between a SIM here and at its operator. */
  difference: itemKind('DIFFERENCES#{state}', 'DIF#{id}'),
  /** The walk that visits all SIMs of an operator. */
  simWalk: itemKind('SIM_WALKS#{purpose}', '{operatorId}'),
  /** A SIM that its operator says it has changed. */
  simToCompare: itemKind('SIMS_TO_COMPARE#{operatorId}', '{iccid}'),
  /** A request with an `Idempotency-Key`. */
  request: itemKind('{tenant:tenant}#IDEM#{hash}', 'REQUEST'),
  journalEntry: itemKind(`{tenant:tenant}${JOURNAL}`, '{position:rest}'),
  webhook: itemKind('P#{partnerId}', 'WHK#{id:webhook}'),
  webhookQueue: itemKind('P#{partnerId}#WHK#{webhookId}', 'QUEUE'),
  delivery: itemKind('P#{partnerId}#WHK#{webhookId}', 'DLV#{id:delivery}'),
  /** A pending event of a webhook, by subject and in the order of the subject's changes. */
  pendingDelivery: itemKind('P#{partnerId}#WHK#{webhookId}#PENDING', '{subject}#{place:rest}#{id:delivery}'),
  alarm: itemKind('P#{partnerId}', 'ALM#{id:alarm}'),
  /** A firing of an alarm, one per period for each SIM or service. Becomes an event, like the events of orders. */
  alarmFiring: itemKind('P#{partnerId}#ALM#{alarmId}', 'EVT#{period}#{subject}'),
  /** The secret that signs cursors. */
  cursorSecret: itemKind('SYSTEM', 'CURSOR_SECRET'),
  /** The circuit breaker of an operator. */
  operatorHealth: itemKind('OPERATOR#{operatorId}', 'HEALTH'),
  /** The order on its way to an operator whose orders are not idempotent. */
  orderSubmission: itemKind('OPERATOR#{operatorId}', 'SUBMISSION'),
  /** The number of calls to an operator in a second. Release 0.1.0 counted them; the items expire within an hour. */
  operatorCalls: itemKind('OPERATOR#{operatorId}', 'CALLS#{second:number}'),
  /** Who calls an operator with limits, which calls are taken, and who waits for a turn. */
  operatorTurns: itemKind('OPERATOR#{operatorId}', 'TURNS'),
  /** The progress of a backfill in a segment of the table. */
  backfillSegment: itemKind('BACKFILL', 'SEGMENT#{segment:padded}'),
  /** The number of requests of a partner in a time window. One partition, so that read-only functions may write to it. */
  requestCount: itemKind('REQUESTS', '{partnerId}#{window:number}'),
  /** A record of the table's stream whose events could not be queued. */
  failedChange: itemKind('FAILED_CHANGE#{id}', 'RECORD'),
  /** Failed work that awaits redrive. */
  setAside: itemKind('SET_ASIDE', '{id}'),
} as const;

export type ItemKind = keyof typeof itemKinds;

/** Kinds of earlier releases that this one does not write. Their items may still be in the table. */
export const retiredKinds: ReadonlySet<ItemKind> = new Set(['operatorCalls']);

/** The kind of item that a key belongs to; `undefined` for any other key. */
export function kindOf(key: Key): ItemKind | undefined {
  // Object.keys loses the type of the keys.
  return (Object.keys(itemKinds) as ItemKind[]).find((kind) => itemKinds[kind].matches(key));
}
