import { PAGE_SIZE } from '../../adapters/dynamodb/manifests.ts';
import { shardsOf } from '../../domain/operation.ts';

/*
 * What the work comes to. The first part is on paper, and the bench holds what it measures against it
 * (docs/performance.md has both, 1.01 apart); the second part is measured or, where it says so, assumed.
 */

/**
 * Write units of a SIM from its order to active: one a state that it passes through, one that says whose it is (operators
 * tell usage by ICCID alone), and what each index must change for it. An entry that stays where it is but shows something
 * else is one unit, one that moves is two.
 */
export const simWrites = {
  table: 5 + 1,
  // By state: put in holding, then moved four times.
  gsi1: 1 + 4 * 2,
  // By customer: put when assigned, then shown with another state twice.
  gsi2: 1 + 2,
  // By customer and state: put when assigned, then moved twice.
  gsi3: 1 + 2 * 2,
} as const;

/** What the rules need to know of a SIM, once a stage: its item, strongly consistent, for migrate, assign and activate. */
export const simReads = 3;

/** The stages after the first, in which the SIMs are received. */
const STAGES_OF_OPERATIONS = 3;

/** What the state machine and its tasks do when each shard of each stage takes one call. */
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

/** One operation by itself. */
export function workOfOperation(quantity: number): Work {
  const shards = shardsOf({ pages: pagesIn(quantity) });
  return { transitions: 10 + shards * 3, invocations: 3 + shards };
}

export const pagesIn = (quantity: number): number => Math.ceil(quantity / PAGE_SIZE);

/** Units per write, read and byte that are not on paper above. Sources: docs/data-model.md and docs/performance.md. */
export const counts = {
  /** docs/data-model.md, "finish a page of an operation": results, operation, order and a service, twice each. */
  pageWrites: 8,
  /** A page of a list of ICCIDs, 5 KB, in the transaction that makes its operation. */
  manifestPageWrites: 14,
  order: {
    /** Placed (6), five steps (30), and asked about 25 times on its way (3 each). */
    writes: 110,
    reads: 60,
    /** Accepted, dispatched, delivered, fulfilled. */
    events: 4,
  },
  operation: { writes: 10, reads: 10 },
  /** docs/scale.md, "one step of a SIM". */
  stepWrites: 6,
  /**
   * Milliseconds of tasks a SIM, from its order to active; four of its steps are done by them. `npm run bench -- --sims 1000
   * --only bulk` tells them for 1,000 SIMs; on the machine told in docs/performance.md, with the table on it.
   */
  taskMsOfSim: 16.6,
  taskMsOfStep: 4.2,
  usage: {
    /** A SIM's day in its transaction, whatever came together; a batch of them adds to the sums of two services. */
    dayWrites: 2,
    daysABatch: 95,
    sumWrites: 4,
    /** Whose it is, the SIM, and three for its days of the month on average. */
    reads: 5,
    /** `npm run bench -- --sims 1000 --only usage`: 686 records a second, by the collector's own time. */
    msOfRecord: 1000 / 686,
    /** docs/data-model.md: a day with a record an hour in one network stays under 1 KB. */
    dayBytes: 800,
    recordsAnHour: 1,
    /** docs/scale.md: what the five minutes of a run are enough for. */
    mostRecordsARun: 1_500_000,
  },
  event: {
    /** docs/data-model.md, "queue an event" and "send an event". */
    writes: 11,
    reads: 2,
    /** Kept for 30 days. */
    bytes: 1500,
    /** Making it, assumed; sending it: `npm run bench -- --only usage`, 100 a second to one webhook. */
    publishMs: 10,
    sendMs: 10,
  },
  /** An accepted write over the API: what it changes, with its key for a day, and its line in the journal. */
  requestWrites: 5,
  journalBytes: 400,
  /** docs/scale.md: a SIM's item and three index entries, and the item that says whose it is. */
  simBytes: 3600,
  /** A run that finds nothing to do, assumed: milliseconds, and units to look into the index of what is due. */
  idleRun: { ms: 100, reads: 1 },
  logs: {
    /** Lambda's own lines, the request's line, its metrics, and API Gateway's access log; assumed. */
    requestBytes: 2400,
    /** Lambda's own lines and one of ours; assumed. */
    invocationBytes: 1500,
    /** CloudWatch keeps logs compressed. */
    compressed: 0.15,
  },
  /** Requests, Latency and ServerErrors by route; and what other functions count, all of it at the most. */
  metrics: { ofRoute: 3, others: 13 },
  /** A function's instance reads the secret every five minutes. */
  secretReadsAnHour: 12,
} as const;
