import { clock } from '../../adapters/clock.ts';
import { type UncountedPart, uncountedParts } from '../../adapters/dynamodb/manifests.ts';
import { countResults } from '../../adapters/dynamodb/operations.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import type { PartnerId } from '../../domain/ids.ts';
import type { Operation } from '../../domain/operation.ts';

/** How often a task adds its results to the counts, in milliseconds of real time. */
const COUNT_EVERY_MS = 2_000;

/**
 * Collects the results that a task records and adds them to the counts every two seconds. All shards of an operation update
 * the same few items, and DynamoDB cancels concurrent transactions on an item.
 */
export type ResultCounter = {
  add(...parts: readonly UncountedPart[]): void;
  countIfDue(): Promise<void>;
  count(): Promise<void>;
};

/**
 * Runs work with a counter and counts at the end, even if the work fails. If a crash leaves results uncounted, the next task
 * that opens their page counts them.
 */
export async function withResultCounter<Result>(
  partnerId: PartnerId,
  operation: Operation,
  work: (counter: ResultCounter) => Promise<Result>,
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

/** Counts the results that the tasks of an operation left uncounted, once no task of the operation will run again. */
export async function countRemainingResults(partnerId: PartnerId, operation: Operation): Promise<void> {
  const parts = await uncountedParts(partnerId, operation.id);
  await countResults(partnerId, operation, parts, clock.now().toISOString());
}

/** Like `countRemainingResults`, but only logs an error, because the operation has failed already. */
export async function tryCountRemainingResults(partnerId: PartnerId, operation: Operation): Promise<void> {
  await countOrLog(() => countRemainingResults(partnerId, operation));
}

async function countOrLog(count: () => Promise<void>): Promise<void> {
  try {
    await count();
  } catch (error) {
    logger.warn('results not counted: retried later', { error });
  }
}

function counterOf(partnerId: PartnerId, operation: Operation): ResultCounter {
  let uncounted: UncountedPart[] = [];
  // Shards start at the same moment: a random first delay spreads their transactions.
  let dueAt = Date.now() + Math.random() * COUNT_EVERY_MS;
  const counter: ResultCounter = {
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
