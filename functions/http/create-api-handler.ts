import { isWithoutAnswer } from '../../adapters/aws-errors.ts';
import { ConditionFailed } from '../../adapters/dynamodb/conditions.ts';
import { isContention, isThrottled } from '../../adapters/dynamodb/contention.ts';
import { cursorSecret } from '../../adapters/dynamodb/cursor-secret.ts';
import * as requests from '../../adapters/dynamodb/idempotency.ts';
import { addToJournal } from '../../adapters/dynamodb/journal.ts';
import { addRequests, requestLimitOf } from '../../adapters/dynamodb/request-counts.ts';
import { readRevocations } from '../../adapters/dynamodb/revocations.ts';
import { required } from '../../adapters/environment.ts';
import { memoize } from '../../domain/memoize.ts';
import { createHandler } from './create-handler.ts';
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';
import { createRevocationCheck } from './revocation-list.ts';
import type { Route } from './route.ts';

/** Creates the handler of a function whose routes read and write the table. */
export function createApiHandler(routes: readonly Route[]) {
  return createHandler(routes, {
    cursorSecret,
    isConflict: (error) => error instanceof ConditionFailed || (isContention(error) && !isThrottled(error)),
    isBusy: (error) => isThrottled(error) || isWithoutAnswer(error),
    requests,
    addToJournal,
    limitRequests,
    isRevoked,
  });
}

const isRevoked = createRevocationCheck(readRevocations);

/** Created at first use, so that importing this module needs no environment. */
const limiter = memoize(() =>
  createRateLimiter(
    { add: addRequests, limitOf: requestLimitOf },
    { perSecond: Number(required('PARTNER_REQUESTS_PER_SECOND')) },
  ),
);

const limitRequests: RateLimiter = (partnerId) => limiter()(partnerId);
