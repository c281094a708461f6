import { PAGE_SIZE } from '../../adapters/dynamodb/manifests.ts';
import { shardsOf } from '../../domain/operation.ts';

/*
 * The amount of work per SIM, order and request. The first part is calculated; the bench compares its measurements with it
 * (docs/performance.md: they differ by a factor of 1.01). The second part is measured or, where noted, assumed.
 */

/**
 * Write units of a SIM from its order to active: one per state, one for the item with its owner (operators report usage by ICCID
 * only), and the changes of each index. An index entry that changes in place is one unit, one that moves is two.
 */
export const simWrites = {
  table: 5 + 1,
  // By state: written in holding, then moved four times.
  gsi1: 1 + 4 * 2,
  // By customer: written when assigned, then changed in place twice.
  gsi2: 1 + 2,
  // By customer and state: written when assigned, then moved twice. And its owner, by the end of the ICCID.
  gsi3: 1 + 2 * 2 + 1,
} as const;

/** Read units of a SIM: its item, strongly consistent, once for each of migrate, assign and activate. */
export const simReads = 3;

/** The number of stages after the first one, which receives the SIMs. */
const STAGES_OF_OPERATIONS = 3;

/** The work of the state machine and its tasks when each shard of each stage takes one call. */
export type Work = { transitions: number; invocations: number };

/** An order and its three operations: migrate, assign, activate. */
export function workOfOrder(quantity: number): Work {
  const shards = shardsOf({ pages: pagesIn(quantity) });
  const stages = STAGES_OF_OPERATIONS + 1;
  return {
    transitions: 10 + STAGES_OF_OPERATIONS * 9 + 1 + stages * shards * 3,
    invocations: 4 + STAGES_OF_OPERATIONS * 3 + stages * shards,
  };
}

/** A single operation. */
export function workOfOperation(quantity: number): Work {
  const shards = shardsOf({ pages: pagesIn(quantity) });
  return { transitions: 10 + shards * 3, invocations: 3 + shards };
}

export const pagesIn = (quantity: number): number => Math.ceil(quantity / PAGE_SIZE);

/** Counts that are not calculated above. Sources: docs/data-model.md and docs/performance.md. */
export const counts = {
  /** docs/data-model.md, "finish a page of an operation": results, operation, order and a service, twice each. */
  pageWrites: 8,
  /** A page of ICCIDs, 5 KB, in the transaction that creates its operation. */
  manifestPageWrites: 14,
  order: {
    /** Placement (6), five steps (30), and about 25 status checks (3 each). */
    writes: 110,
    reads: 60,
    /** Accepted, dispatched, delivered, fulfilled. */
    events: 4,
  },
  operation: { writes: 10, reads: 10 },
  /** docs/scale.md, "one step of a SIM". */
  stepWrites: 6,
  /**
   * Milliseconds of tasks per SIM, from its order to active, in four steps. `npm run bench -- --sims 1000 --only bulk` measures them
   * for 1,000 SIMs, on the machine of docs/performance.md, which also runs the table.
   */
  taskMsOfSim: 16.6,
  taskMsOfStep: 4.2,
  usage: {
    /** A SIM's day in its transaction; a batch of days also updates the sums of two services. */
    dayWrites: 2,
    daysABatch: 95,
    sumWrites: 4,
    /** The owner, the SIM, and on average three for its days of the month. */
    reads: 5,
    /** `npm run bench -- --sims 1000 --only usage`: 686 records a second, by the collector's own time. */
    msOfRecord: 1000 / 686,
    /** docs/data-model.md: a day with a record an hour in one network stays under 1 KB. */
    dayBytes: 800,
    recordsAnHour: 1,
    /** docs/scale.md: the records that a run of five minutes can process. */
    mostRecordsARun: 1_500_000,
  },
  event: {
    /** docs/data-model.md, "queue an event" and "send an event". */
    writes: 11,
    reads: 2,
    /** Stored for 30 days. */
    bytes: 1500,
    /** Publishing is assumed; sending is measured: `npm run bench -- --only usage`, 100 per second to one webhook. */
    publishMs: 10,
    sendMs: 10,
  },
  /** An accepted write over the API: the changed item, its idempotency key for a day, and its journal entry. */
  requestWrites: 5,
  /** A request that reads the revocations again. */
  revocationReads: 1,
  journalBytes: 400,
  /** docs/scale.md: a SIM's item, its three index entries, and the item with its owner. */
  simBytes: 3600,
  /** A run without work, assumed: milliseconds, and read units of the query for due items. */
  idleRun: { ms: 100, reads: 1 },
  logs: {
    /** Lambda's own lines, the request's line, its metrics, and API Gateway's access log; assumed. */
    requestBytes: 2400,
    /** Lambda's own lines and one of the function's; assumed. */
    invocationBytes: 1500,
    /** CloudWatch stores logs compressed. */
    compressed: 0.15,
  },
  console: {
    /** A load without a cache in the browser, of the home page: index.html, its configuration and icon; 10 scripts, 5 styles, 4 fonts. */
    pageFiles: 3,
    assetFiles: 19,
    /** Compressed: a page's budget of JavaScript (350 KB), and the styles (80 KB) and fonts (70 KB) of the home page. */
    bytes: 510_000,
    /** Requests of a user after a load, and their responses; assumed. The requests themselves are part of the requests per SIM. */
    apiRequests: 20,
    /** CloudFront logs a line for each request; assumed. */
    logBytes: 500,
    /** The files of a release, 2.4 MB with three pages, and more with all. Those of earlier releases stay: a year of weekly ones; assumed. */
    releaseBytes: 6_000_000,
    releases: 52,
  },
  /** Requests, Latency and ServerErrors by route; and the maximum of metrics of other functions. */
  metrics: { ofRoute: 3, others: 13 },
  /** A function's instance reads the secret every five minutes. */
  secretReadsAnHour: 12,
} as const;
