import { setTimeout as pause } from 'node:timers/promises';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import pMap from 'p-map';
import { clock } from '../../adapters/clock.ts';
import type { due as dueKinds, Key } from '../../adapters/dynamodb/keys.ts';
import { lookFailed } from '../../adapters/dynamodb/set-aside.ts';
import { logger, metrics, publishMetrics } from '../http/telemetry.ts';

/** What is not begun in the last seconds of an invocation is left to the next one. */
const RESERVE_MS = 15_000;

/** The handler of a schedule: logs and metrics round its work, which gets whether there is time for more. */
export function schedule(work: (hasTime: () => boolean) => Promise<void>) {
  return middy<unknown, void, Error, Context>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics)
    .handler((_event, context) => work(() => context.getRemainingTimeInMillis() > RESERVE_MS));
}

/** How many batches one invocation takes at the most: bounds what an index that lags behind could make it do again. */
const MOST_BATCHES = 50;

/** Something that becomes due. */
type Work<Due> = {
  /** The partition of the index of what is due. */
  kind: (typeof dueKinds)[keyof typeof dueKinds];
  find: (limit: number) => Promise<readonly Due[]>;
  keyOf: (due: Due) => Key;
  look: (due: Due) => Promise<void>;
  atATime: number;
};

/** Works off what is due, batch after batch, until nothing is left or time is short; the next invocation does the rest. */
export async function workOff<Due>(
  hasTime: () => boolean,
  { size, kind, find, keyOf, look, atATime }: Work<Due> & { size: number },
): Promise<number> {
  let looked = 0;
  for (let batch = 0; batch < MOST_BATCHES && hasTime(); batch += 1) {
    const due = await find(size);
    await pMap(
      due,
      async (one) => {
        if (hasTime()) {
          await look(one).catch((error: unknown) => notLookedAt(keyOf(one), kind, error));
        }
      },
      { concurrency: atATime, stopOnError: false },
    );
    looked += due.length;
    if (due.length < size) {
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
export async function workOffSideBySide<Due>(
  beginsNew: () => boolean,
  { kind, find, keyOf, look, atATime }: Work<Due>,
): Promise<void> {
  const atWork = new Map<string, Promise<void>>();
  do {
    for (const one of beginsNew() ? await find(atATime * 2) : []) {
      const key = keyOf(one);
      const name = `${key.pk} ${key.sk}`;
      if (!atWork.has(name) && atWork.size < atATime) {
        const looking = look(one)
          .catch((error: unknown) => notLookedAt(key, kind, error))
          .finally(() => atWork.delete(name));
        atWork.set(name, looking);
      }
    }
    await Promise.race([Promise.all(atWork.values()), pause(LOOK_FOR_NEW_MS)]);
  } while (atWork.size > 0);
}

/** One that cannot be looked at holds up no other: it is looked at again later, and set aside at last. */
async function notLookedAt(key: Key, kind: string, error: unknown): Promise<void> {
  const isSetAside = await lookFailed(key, kind, String(error), clock.now());
  logger.error(isSetAside ? 'set aside' : 'look failed', { key, kind, error });
  metrics.addMetric(isSetAside ? 'SetAside' : 'LooksFailed', MetricUnit.Count, 1);
}
