import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { memoize } from '../../domain/memoize.ts';
import { interactiveRetries } from '../../domain/retry-policies.ts';
import { clientTimeouts } from '../aws-clients.ts';
import { boundedRetries } from '../dynamodb/retry-strategy.ts';
import { required } from '../environment.ts';

/**
 * Retries for up to ten seconds. Cognito's quotas are so small that a list of fifty clients exceeds them, and the three attempts of
 * the SDK would be over within a fraction of a second.
 */
export const cognito = memoize(
  () =>
    new CognitoIdentityProviderClient({
      ...clientTimeouts,
      retryStrategy: boundedRetries(() => interactiveRetries),
    }),
);

/** The deployment's user pool. */
export const pool = () => ({ UserPoolId: required('USER_POOL_ID') });

/** The maximum page size of Cognito's lists. */
export const MAX_PAGE_SIZE = 60;

/**
 * The number of concurrent calls about single users or clients. Cognito's quotas are per second and account, from 5 (changes
 * of clients) to 120 (reads of users): three concurrent calls leave room for the rest of the account.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
export const CALLS_IN_FLIGHT = 3;
