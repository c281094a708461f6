import type { AlarmId, DeliveryId, OperationId, OperatorId, OrderId, PartnerId, WebhookId } from './ids.ts';

/** Work that failed for good. It is not retried until it is redriven. */
export type DeadLetter = { id: string; work: FailedWork; error: string; at: string };

/** The work that failed, with everything needed to redrive it. */
export type FailedWork =
  /** An order or operation whose execution failed. */
  | { kind: 'order'; partnerId: PartnerId; id: OrderId }
  | { kind: 'operation'; partnerId: PartnerId; id: OperationId }
  /** An event that could not be sent to a webhook. */
  | { kind: 'delivery'; partnerId: PartnerId; webhookId: WebhookId; id: DeliveryId }
  /** A due item that could not be processed: its key in the table, and the partition of due items that it was in. */
  | { kind: 'due'; key: Readonly<{ pk: string; sk: string }>; duePk: string }
  | FailedUsage;

/** Usage that could not be processed. */
export type FailedUsage =
  /** Usage records of an operator, as a JSON list, that could not be read or counted. */
  | { kind: 'usage'; operatorId: OperatorId; records: string }
  /** An alarm that could not be evaluated for these SIMs. */
  | { kind: 'alarm'; partnerId: PartnerId; id: AlarmId; iccids: readonly string[] };

/** The maximum length of a dead letter's id, which contains the key of the failed work: 1,024 bytes, as long as a sort key can be. */
export const MAX_DEAD_LETTER_ID_LENGTH = 1_024;
