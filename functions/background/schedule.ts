import { setTimeout as pause } from 'node:timers/promises';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import pMap from 'p-map';
import { clock } from '../../adapters/clock.ts';
import { retryInBackground } from '../../adapters/dynamodb/client.ts';
import { isThrottled } from '../../adapters/dynamodb/contention.ts';
import { due, type Key } from '../../adapters/dynamodb/keys.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { recordFailedAttempt } from '../../use-cases/failed-work/record-failed-attempt.ts';
import { metricsMiddleware } from './metrics-middleware.ts';

/** What is not begun in the last seconds of an invocation is left to the next one. */
const RESERVE_MS = 15_000;

/** The handler of a schedule: logs and metrics round its work, which gets whether there is time for more. */
export function createSchedule(work: (hasTime: () => boolean) => Promise<void>) {
  retryInBackground();
  return middy<unknown, void, Error, Context>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(metricsMiddleware)
    .handler((_event, context) => work(() => context.getRemainingTimeInMillis() > RESERVE_MS));
}

/** How many batches one invocation takes at the most: bounds what an index that lags behind could make it do again. */
const MOST_BATCHES = 50;

/** Something that becomes due. */
type DueWork<Due> = {
  kind: keyof typeof due;
  find: (limit: number) => Promise<readonly Since<Due>[]>;
  keyOf: (due: Due) => Key;
  process: (due: Due) => Promise<void>;
  concurrency: number;
};

type Since<Due> = Due & { dueAt: string };

/**
 * Looks at one; should that break, it holds up no other: it is looked at again later, and set aside at last. When AWS
 * refuses calls because there are too many of them, that is no fault of the one: it is looked at again when it is next due.
 *
 * @returns `throttled` when AWS takes no more calls for now.
 */
async function processOne<Due>(
  one: Since<Due>,
  { kind, keyOf, process: look }: Pick<DueWork<Due>, 'kind' | 'keyOf' | 'process'>,
): Promise<'looked' | 'throttled'> {
  recordMetric('PollLag', (clock.now().getTime() - Date.parse(one.dueAt)) / 1000, { kind });
  const key = keyOf(one);
  try {
    await look(one);
  } catch (error) {
    if (isThrottled(error)) {
      logger.warn('look throttled', { key, kind, error });
      recordMetric('LooksThrottled', 1);
      return 'throttled';
    }
    const isSetAside = await recordFailedAttempt({ key, duePk: due[kind] }, String(error), clock.now());
    logger.error(isSetAside ? 'set aside' : 'look failed', { key, kind, error });
    recordMetric(isSetAside ? 'SetAside' : 'LooksFailed', 1);
  }
  return 'looked';
}

/**
 * Works off what is due, batch after batch, until nothing is left, time is short or AWS takes no more calls; the next
 * invocation does the rest.
 */
export async function processDue<Due>(
  hasTime: () => boolean,
  { size, find, concurrency: atATime, ...work }: DueWork<Due> & { size: number },
): Promise<number> {
  let looked = 0;
  let isThrottledNow = false;
  const goesOn = () => hasTime() && !isThrottledNow;
  for (let batch = 0; batch < MOST_BATCHES && goesOn(); batch += 1) {
    const found = await find(size);
    await pMap(
      found,
      async (one) => {
        if (goesOn()) {
          isThrottledNow ||= (await processOne(one, work)) === 'throttled';
        }
      },
      { concurrency: atATime, stopOnError: false },
    );
    looked += found.length;
    if (found.length < size) {
      break;
    }
  }
  return looked;
}

/** How often new ones are looked for while others are at work, in milliseconds of real time. */
const LOOK_FOR_NEW_MS = 500;

/**
 * As `workOff`, for looks of which some take long: what becomes due meanwhile is begun beside them. It ends when none is
 * at work, or time is over.
 *
 * @param beginsNew whether another look may begin.
 */
export async function processDueConcurrently<Due>(
  beginsNew: () => boolean,
  { find, concurrency: atATime, ...work }: DueWork<Due>,
): Promise<void> {
  const atWork = new Map<string, Promise<unknown>>();
  do {
    for (const one of beginsNew() ? await find(atATime * 2) : []) {
      const { pk, sk } = work.keyOf(one);
      const name = `${pk} ${sk}`;
      if (!atWork.has(name) && atWork.size < atATime) {
        atWork.set(
          name,
          processOne(one, work).finally(() => atWork.delete(name)),
        );
      }
    }
    await Promise.race([Promise.all(atWork.values()), pause(LOOK_FOR_NEW_MS)]);
  } while (atWork.size > 0);
}
