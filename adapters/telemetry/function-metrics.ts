/**
 * Every metric that functions publish, by name: its unit, and what it is told apart by. Functions measure by these names,
 * and infra/ takes them from here for its alarms and dashboards.
 *
 * Each value of a dimension is a metric that CloudWatch charges for: none is here that has more than some dozens.
 */
export const functionMetrics = {
  /** Requests that a route answered, how long that took, and how many of them with 5xx. */
  Requests: { unit: 'Count', by: ['route'] },
  Latency: { unit: 'Milliseconds', by: ['route'] },
  ServerErrors: { unit: 'Count', by: ['route'] },
  /** Writes that were done and of which the journal has no entry: the log has it. */
  JournalLost: { unit: 'Count', by: [] },

  /** Orders that came to a state; one that is resumed was in its state before. */
  Orders: { unit: 'Count', by: ['operator', 'state'] },
  /** From when an order was placed to when its plan had activated SIMs, at the end of that plan. */
  HoursToActive: { unit: 'None', by: ['operator'] },
  /** Of each order that is with its operator, whenever it is looked at: 0 while it is within its lead time. */
  HoursBeyondLeadTime: { unit: 'None', by: [] },
  /** SIMs that are in holding some working days after their delivery, told once for each order: a thousand of one at most. */
  SimsWaitingInHolding: { unit: 'Count', by: ['operator'] },

  /** SIMs that an operation ended with, either way. */
  SimsSucceeded: { unit: 'Count', by: ['action'] },
  SimsFailed: { unit: 'Count', by: ['action'] },
  /** SIMs that a stage failed, as it does so; a dry run's are none. */
  StageFailures: { unit: 'Count', by: ['stage', 'code'] },
  /** Executions that failed, with what their order or operation says of it. */
  RunsFailed: { unit: 'Count', by: ['kind', 'code'] },
  /** Executions that had stopped, or had not begun, and that the sweep started anew. */
  RunsResumed: { unit: 'Count', by: [] },

  /** How long an operator took for a call that it answered, tries and pauses included. */
  OperatorLatency: { unit: 'Milliseconds', by: ['operator'] },
  /** 1 for each call of an operator that came to nothing, 0 for each other: their average is the share that failed. */
  OperatorErrors: { unit: 'Count', by: ['operator'] },

  /** How long overdue what was due was when it was looked at. */
  PollLag: { unit: 'Seconds', by: ['kind'] },
  OrdersPolled: { unit: 'Count', by: [] },
  /** Looks at something that is due which broke; and what was set aside after many of them. */
  LooksFailed: { unit: 'Count', by: [] },
  SetAside: { unit: 'Count', by: [] },
  /** Looks that AWS refused because it was asked too often: they are due still. */
  LooksThrottled: { unit: 'Count', by: [] },

  UsageRecordsCounted: { unit: 'Count', by: [] },
  UsageRecordsNotCounted: { unit: 'Count', by: [] },
  /** Alarms over usage that went off. */
  AlarmsFired: { unit: 'Count', by: [] },

  /** Events that were put into the queues of webhooks, those that were taken, and attempts that were not. */
  EventsPublished: { unit: 'Count', by: [] },
  EventsDelivered: { unit: 'Count', by: [] },
  DeliveriesFailed: { unit: 'Count', by: [] },
  /** From when something happened to when a webhook took the event of it. */
  WebhookLag: { unit: 'Seconds', by: [] },
} as const satisfies Readonly<
  Record<string, { unit: 'Count' | 'Milliseconds' | 'None' | 'Seconds'; by: readonly string[] }>
>;

export type FunctionMetric = keyof typeof functionMetrics;

/** What a metric is told apart by. */
export type DimensionsOf<Name extends FunctionMetric> = Readonly<
  Record<(typeof functionMetrics)[Name]['by'][number], string>
>;
