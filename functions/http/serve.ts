import { isContention, isThrottled } from '../../adapters/dynamodb/contention.ts';
import { cursorSecret } from '../../adapters/dynamodb/cursor-secret.ts';
import * as requests from '../../adapters/dynamodb/idempotency.ts';
import { ConditionFailed } from '../../adapters/dynamodb/items.ts';
import { addToJournal } from '../../adapters/dynamodb/journal.ts';
import { chain } from './chain.ts';
import type { Route } from './route.ts';

/** The handler of a function that serves these routes, which read and write the table. */
export function serve(routes: readonly Route[]) {
  return chain(routes, {
    cursorSecret,
    isConflict: (error) => error instanceof ConditionFailed || (isContention(error) && !isThrottled(error)),
    isBusy: isThrottled,
    requests,
    addToJournal,
  });
}
