import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import pMap from 'p-map';
import { logger, publishMetrics } from '../http/telemetry.ts';

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

/** Works off what is due, batch after batch, until nothing is left or time is short; the next invocation does the rest. */
export async function workOff<Due>(
  hasTime: () => boolean,
  {
    size,
    find,
    look,
    atATime,
  }: {
    size: number;
    find: (limit: number) => Promise<readonly Due[]>;
    look: (due: Due) => Promise<void>;
    atATime: number;
  },
): Promise<number> {
  let looked = 0;
  for (let batch = 0; batch < MOST_BATCHES && hasTime(); batch += 1) {
    const due = await find(size);
    await pMap(
      due,
      async (one) => {
        if (hasTime()) {
          await look(one);
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
