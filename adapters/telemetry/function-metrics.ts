/**
 * Every metric that functions publish, by name, with its unit and dimensions (`by`). The alarms and dashboards of infra/ use the
 * same definitions.
 *
 * CloudWatch charges for each value of a dimension: no dimension here has more than a few dozen.
 */
export const functionMetrics = {
  /** Requests, their latency, and responses with 5xx. */
  Requests: { unit: 'Count', by: ['route'] },
  Latency: { unit: 'Milliseconds', by: ['route'] },
  ServerErrors: { unit: 'Count', by: ['route'] },
  /** Successful writes without a journal entry. The log has the entry. */
  JournalEntriesLost: { unit: 'Count', by: [] },

  /** Orders that reached a state. Resuming an order does not count. */
  Orders: { unit: 'Count', by: ['operator', 'state'] },
  /** The time from placing an order until its plan had activated SIMs. Recorded at the end of the plan. */
  HoursToActive: { unit: 'None', by: ['operator'] },
  /** Recorded at each poll of an order that is with its operator; 0 while the order is within its lead time. */
  HoursBeyondLeadTime: { unit: 'None', by: [] },
  /** SIMs still in holding some working days after their delivery. Recorded once per order, 1,000 SIMs at most. */
  SimsWaitingInHolding: { unit: 'Count', by: ['operator'] },

  /** SIMs by result, recorded when an operation ends. */
  SimsSucceeded: { unit: 'Count', by: ['action'] },
  SimsFailed: { unit: 'Count', by: ['action'] },
  /** SIMs that fail in a stage, recorded immediately. Excludes dry runs. */
  StageFailures: { unit: 'Count', by: ['stage', 'code'] },
  /** Failed executions, with the error code of their order or operation. */
  RunsFailed: { unit: 'Count', by: ['kind', 'code'] },
  /** Executions that had stopped or never started, and that the sweep started again. */
  RunsResumed: { unit: 'Count', by: [] },

  /** The duration of a successful call of an operator, including retries and pauses. */
  OperatorLatency: { unit: 'Milliseconds', by: ['operator'] },
  /** 1 for each failed call of an operator, 0 for each other: the average is the error rate. */
  OperatorErrors: { unit: 'Count', by: ['operator'] },
  /** Differences between SIMs here and at their operators, when they are first seen. */
  SimsDiffering: { unit: 'Count', by: [] },
  /** How often work on SIMs was left for later, because an operator with limits served others first. */
  OperatorWaits: { unit: 'Count', by: ['operator'] },

  /** How long due items were overdue when they were processed. */
  PollLag: { unit: 'Seconds', by: ['kind'] },
  OrdersPolled: { unit: 'Count', by: [] },
  /** Failed attempts at due items, and items that were dead-lettered after too many of them. */
  AttemptsFailed: { unit: 'Count', by: [] },
  DeadLettered: { unit: 'Count', by: [] },
  /** Attempts at due items that AWS throttled. The items stay due. */
  AttemptsThrottled: { unit: 'Count', by: [] },

  /** How long ago the SIM that was visited least recently in a walk over all SIMs of an operator may have been visited. */
  HoursSinceAllVisited: { unit: 'None', by: ['purpose'] },

  UsageRecordsCounted: { unit: 'Count', by: [] },
  UsageRecordsNotCounted: { unit: 'Count', by: [] },
  /** Firings of usage alarms. */
  AlarmsFired: { unit: 'Count', by: [] },

  /** Events queued for webhooks, events delivered, and failed attempts. */
  EventsPublished: { unit: 'Count', by: [] },
  EventsDelivered: { unit: 'Count', by: [] },
  DeliveriesFailed: { unit: 'Count', by: [] },
  /** The time from a change until a webhook accepted its event. */
  WebhookLag: { unit: 'Seconds', by: [] },
} as const satisfies Readonly<
  Record<string, { unit: 'Count' | 'Milliseconds' | 'None' | 'Seconds'; by: readonly string[] }>
>;

export type FunctionMetric = keyof typeof functionMetrics;

/** The dimensions of a metric. */
export type DimensionsOf<Name extends FunctionMetric> = Readonly<
  Record<(typeof functionMetrics)[Name]['by'][number], string>
>;
