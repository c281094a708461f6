import type { Key } from './keys.ts';

/** The keys of a kind of item. */
type Pattern = { pk: RegExp; sk: RegExp };

const ofPartner = /^P#[^#]+$/;
const ofOrder = /^P#[^#]+#ORD#[^#]+$/;
const ofOperation = /^P#[^#]+#OP#[^#]+$/;
const ofWebhook = /^P#[^#]+#WHK#[^#]+$/;

/** Every kind of item in the table. docs/data-model.md describes each. */
export const itemKinds = {
  partner: { pk: ofPartner, sk: /^PARTNER$/ },
  tariff: { pk: /^TARIFFS$/, sk: /^TRF#/ },
  operator: { pk: /^OPERATORS$/, sk: /^OPR#/ },
  grant: { pk: ofPartner, sk: /^GRANT#/ },
  customer: { pk: ofPartner, sk: /^CUS#/ },
  partnerService: { pk: ofPartner, sk: /^PSV#/ },
  customerService: { pk: ofPartner, sk: /^CSV#/ },
  serviceName: { pk: /^P#[^#]+#CUS#[^#]+$/, sk: /^NAME#/ },
  order: { pk: ofPartner, sk: /^ORD#/ },
  orderEvent: { pk: ofOrder, sk: /^EVT#/ },
  orderPage: { pk: ofOrder, sk: /^PAGE#/ },
  orderWatch: { pk: ofOrder, sk: /^WATCH$/ },
  holdingWatch: { pk: ofOrder, sk: /^HOLDING$/ },
  operation: { pk: ofPartner, sk: /^OP#/ },
  operationPage: { pk: ofOperation, sk: /^PAGE#/ },
  operationResults: { pk: ofOperation, sk: /^RES#/ },
  lateActivation: { pk: ofOperation, sk: /^LATE#/ },
  sim: { pk: /^P#[^#]+#SIM#\d+$/, sk: /^\d+$/ },
  simHistory: { pk: /^P#[^#]+#HIST#\d+$/, sk: /^H#/ },
  simDay: { pk: /^P#[^#]+#USE#\d+$/, sk: /^\d{4}-\d\d-\d\d(#\d+)?$/ },
  serviceSum: { pk: /^P#[^#]+#SUM#/, sk: /^SUM$/ },
  simOwner: { pk: /^ICCID#/, sk: /^OWNER$/ },
  redrivenUsage: { pk: /^USAGE_REDRIVEN$/, sk: /./ },
  usageCursor: { pk: /^USAGE_CURSORS$/, sk: /./ },
  request: { pk: /^(P#[^#]+|PLATFORM)#IDEM#/, sk: /^REQUEST$/ },
  journalEntry: { pk: /^(P#[^#]+|PLATFORM)#JOURNAL$/, sk: /./ },
  webhook: { pk: ofPartner, sk: /^WHK#/ },
  webhookQueue: { pk: ofWebhook, sk: /^QUEUE$/ },
  delivery: { pk: ofWebhook, sk: /^DLV#/ },
  pendingDelivery: { pk: /^P#[^#]+#WHK#[^#]+#PENDING$/, sk: /./ },
  alarm: { pk: ofPartner, sk: /^ALM#/ },
  alarmFiring: { pk: /^P#[^#]+#ALM#[^#]+$/, sk: /^EVT#/ },
  cursorSecret: { pk: /^SYSTEM$/, sk: /^CURSOR_SECRET$/ },
  operatorHealth: { pk: /^OPERATOR#/, sk: /^HEALTH$/ },
  operatorCalls: { pk: /^OPERATOR#/, sk: /^CALLS#/ },
  backfillSegment: { pk: /^BACKFILL$/, sk: /^SEGMENT#/ },
  requestCount: { pk: /^REQUESTS$/, sk: /./ },
  failedChange: { pk: /^FAILED_CHANGE#/, sk: /^RECORD$/ },
  setAside: { pk: /^SET_ASIDE$/, sk: /./ },
} as const satisfies Readonly<Record<string, Pattern>>;

export type ItemKind = keyof typeof itemKinds;

/** The kind of item that a key belongs to; `undefined` for any other key. */
export function kindOf(key: Key): ItemKind | undefined {
  // Object.keys loses the type of the keys.
  return (Object.keys(itemKinds) as ItemKind[]).find((kind) => isOfKind(kind, key));
}

export function isOfKind(kind: ItemKind, { pk, sk }: Key): boolean {
  return itemKinds[kind].pk.test(pk) && itemKinds[kind].sk.test(sk);
}
