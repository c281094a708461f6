import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { memoize } from '../../domain/memoize.ts';
import { answersInTime } from '../aws-clients.ts';
import { required } from '../environment.ts';

export const cognito = memoize(() => new CognitoIdentityProviderClient(answersInTime));

/** Whether the deployment has users of its own; where another issuer signs the tokens it has none. */
export const hasUserPool = () => Boolean(process.env.USER_POOL_ID);

/** The pool that the deployment's own users are in. */
export const pool = () => ({ UserPoolId: required('USER_POOL_ID') });

/** The most that Cognito tells of a list at once. */
export const MAX_PAGE_SIZE = 60;

/**
 * How many calls about single users or clients are under way at a time. Cognito's quotas are per second and account, from
 * 5 (changes of clients) to 120 (reads of users): three at a time stay below them beside what else the account does.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
export const CALLS_IN_FLIGHT = 3;
