/** The attribute with the number of an item's shape. Absent in the first shape, so that it costs a SIM's item nothing. */
export const SHAPE = 'v';

/**
 * The single table: its keys and its indexes. The CDK creates the table from this definition;
 * `item-kinds.ts` declares its items. Access patterns and their cost: docs/data-model.md.
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
    /** Items that a schedule processes, by due time, across partners. Projects keys only. */
    due: { name: 'due', partitionKey: 'duePk', sortKey: 'dueAt' },
  },
} as const;

/**
 * The number of partitions for a partner's SIMs, in the table and in each list index. With 32, the fullest partition takes less
 * than a sixteenth of a bulk write, even for a thousand SIMs. A list merges as many queries.
 */
export const SIM_SHARDS = 32;

/**
 * The number of items that sum a service's usage in a month. They are updated concurrently, each by one writer at a time, and
 * read together.
 */
export const USAGE_SHARDS = 8;
