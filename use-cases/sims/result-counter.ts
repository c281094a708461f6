import { clock } from '../../adapters/clock.ts';
import { type UncountedPart, uncountedParts } from '../../adapters/dynamodb/manifests.ts';
import { countResults } from '../../adapters/dynamodb/operations.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import type { Operation } from '../../domain/operation.ts';

/** How long a task gathers results before it adds them to the counts, in milliseconds of real time. */
const COUNT_EVERY_MS = 2_000;

/**
 * Gathers the results that a task records and adds them to the counts now and then, not after each page: all shards of an
 * operation add to the same few items, and DynamoDB cancels transactions that meet there.
 */
export type Counter = {
  add(...parts: readonly UncountedPart[]): void;
  countIfDue(): Promise<void>;
  count(): Promise<void>;
};

/**
 * Runs a task's work with a counter, and counts at its end, also when the work fails. What a crash leaves uncounted is
 * counted by the next task that opens its page.
 */
export async function withCounter<Result>(
  partnerId: string,
  operation: Operation,
  work: (counter: Counter) => Promise<Result>,
): Promise<Result> {
  const counter = counterOf(partnerId, operation);
  let result: Result;
  try {
    result = await work(counter);
  } catch (error) {
    await countOrLog(() => counter.count());
    throw error;
  }
  await counter.count();
  return result;
}

/** Counts what tasks of an operation have left uncounted, when none of them will run again. */
export async function countLeftovers(partnerId: string, operation: Operation): Promise<void> {
  const parts = await uncountedParts(partnerId, operation.id);
  await countResults(partnerId, operation, parts, clock.now().toISOString());
}

/** As `countLeftovers`, for an operation that has failed already: that they cannot be counted is no other failure. */
export async function countLeftoversIfPossible(partnerId: string, operation: Operation): Promise<void> {
  await countOrLog(() => countLeftovers(partnerId, operation));
}

async function countOrLog(count: () => Promise<void>): Promise<void> {
  try {
    await count();
  } catch (error) {
    logger.warn('results left uncounted', { error });
  }
}

function counterOf(partnerId: string, operation: Operation): Counter {
  let uncounted: UncountedPart[] = [];
  // Shards begin at the same moment: they do not all count for the first time at the same moment, too.
  let dueAt = Date.now() + Math.random() * COUNT_EVERY_MS;
  const counter: Counter = {
    add(...parts) {
      uncounted.push(...parts);
    },
    async countIfDue() {
      if (Date.now() >= dueAt) {
        await counter.count();
      }
    },
    async count() {
      const parts = uncounted;
      await countResults(partnerId, operation, parts, clock.now().toISOString());
      uncounted = uncounted.filter((part) => !parts.includes(part));
      dueAt = Date.now() + COUNT_EVERY_MS;
    },
  };
  return counter;
}
