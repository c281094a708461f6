import { setTimeout as pause } from 'node:timers/promises';
import pMap from 'p-map';
import { clock } from '../../adapters/clock.ts';
import { isThrottled } from '../../adapters/dynamodb/contention.ts';
import type { DueItem, DueKind } from '../../adapters/dynamodb/due-work.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { recordFailedAttempt } from '../../use-cases/failed-work/record-failed-attempt.ts';

/** Items that become due, and what to do with one of them. */
type DueWork<Item extends DueItem> = {
  kind: DueKind;
  /** Reads due items, the longest waiting first. */
  find: (limit: number) => Promise<readonly Item[]>;
  process: (item: Item) => Promise<void>;
  /** The number of items to process concurrently. */
  concurrency: number;
};

/** The maximum number of batches of an invocation, because a lagging index can return processed items again. */
const MAX_BATCHES = 50;

/**
 * Processes due items in batches, until none is left, time is short, or AWS throttles calls.
 *
 * @param work with the `size` of a batch.
 * @returns how many items were found.
 */
export async function processDue<Item extends DueItem>(
  hasTime: () => boolean,
  { size, find, concurrency, ...work }: DueWork<Item> & { size: number },
): Promise<number> {
  let count = 0;
  let isThrottledNow = false;
  const mayContinue = () => hasTime() && !isThrottledNow;
  for (let batch = 0; batch < MAX_BATCHES && mayContinue(); batch += 1) {
    const found = await find(size);
    await pMap(
      found,
      async (item) => {
        if (mayContinue()) {
          isThrottledNow ||= (await processOne(item, work)) === 'throttled';
        }
      },
      { concurrency, stopOnError: false },
    );
    count += found.length;
    if (found.length < size) {
      break;
    }
  }
  return count;
}

/** How often due items are queried while others are processed, in milliseconds of real time. */
const FIND_EVERY_MS = 500;

/**
 * Like `processDue`, for items that can take long: starts items that become due in the meantime concurrently. Returns when no
 * item is in progress.
 *
 * @param mayStart whether another item may be started.
 */
export async function processDueConcurrently<Item extends DueItem>(
  mayStart: () => boolean,
  { find, concurrency, ...work }: DueWork<Item>,
): Promise<void> {
  const inProgress = new Map<string, Promise<unknown>>();
  do {
    for (const item of mayStart() ? await find(concurrency * 2) : []) {
      const { pk, sk } = item.key;
      const name = `${pk} ${sk}`;
      if (!inProgress.has(name) && inProgress.size < concurrency) {
        inProgress.set(
          name,
          processOne(item, work).finally(() => inProgress.delete(name)),
        );
      }
    }
    await Promise.race([Promise.all(inProgress.values()), pause(FIND_EVERY_MS)]);
  } while (inProgress.size > 0);
}

/**
 * Processes one item. A failed item does not delay others: it is retried later, and dead-lettered after several attempts. A
 * call that AWS throttles does not count as a failure of the item.
 */
async function processOne<Item extends DueItem>(
  item: Item,
  { kind, process }: Pick<DueWork<Item>, 'kind' | 'process'>,
): Promise<'processed' | 'throttled'> {
  const { key, duePk, dueAt } = item;
  recordMetric('PollLag', (clock.now().getTime() - Date.parse(dueAt)) / 1000, { kind });
  try {
    await process(item);
  } catch (error) {
    if (isThrottled(error)) {
      logger.warn('due item throttled', { key, kind, error });
      recordMetric('AttemptsThrottled', 1);
      return 'throttled';
    }
    const isDeadLettered = await recordFailedAttempt({ key, duePk }, String(error), clock.now());
    logger.error(isDeadLettered ? 'dead-lettered' : 'due item failed', { key, kind, error });
    recordMetric(isDeadLettered ? 'DeadLettered' : 'AttemptsFailed', 1);
  }
  return 'processed';
}
