/**
 * The one table: its keys, its indexes and what they project. The CDK makes the table from this; `keys.ts` fills it.
 * Access patterns and their cost: docs/data-model.md.
 */
export const table = {
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAt',
  indexes: {
    /** SIMs of a partner in one state, by ICCID. */
    byState: { name: 'gsi1', partitionKey: 'gsi1pk', sortKey: 'sk' },
    /** SIMs of a customer, by ICCID; customer services of a customer. */
    byCustomer: { name: 'gsi2', partitionKey: 'gsi2pk', sortKey: 'sk' },
    /** SIMs of a customer in one state, by customer service and ICCID. */
    byCustomerState: { name: 'gsi3', partitionKey: 'gsi3pk', sortKey: 'gsi3sk' },
    /** What a schedule has to look at, by when; across partners, keys alone. */
    due: { name: 'due', partitionKey: 'duePk', sortKey: 'dueAt' },
  },
  /** What a list shows; the history of a SIM and what only a worker needs stay out of the list indexes. */
  listAttributes: [
    'iccid',
    'imsi',
    'msisdn',
    'operatorId',
    'orderId',
    'state',
    'bars',
    'partnerServiceId',
    'customerId',
    'customerServiceId',
    'label',
    'tags',
    'stateChangedAt',
    'createdAt',
    'updatedAt',
    'version',
    'id',
    'name',
    'tariffId',
    // Which shape an item has: item-shapes.ts.
    'v',
  ],
} as const;

/**
 * Over how many partitions a partner's SIMs are spread, in the table and in each list index. 32 keeps the fullest of
 * them under a sixteenth of a bulk write even for a thousand SIMs, and a list merges that many queries.
 */
export const SIM_SHARDS = 32;

/**
 * Into how many items a service's usage in a month is summed. They are added to side by side, each by one writer at a
 * time, and read together.
 */
export const USAGE_SHARDS = 8;
