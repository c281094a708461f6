import { CognitoIdentityProviderClient, ListUserPoolClientsCommand } from '@aws-sdk/client-cognito-identity-provider';
import { memoize } from '../../domain/memoize.ts';
import { USER_CLIENT_NAME } from './sign-in-page.ts';

/** The maximum page size of a list of clients. */
const PAGE_SIZE = 60;
/** The time-out of an attempt, and of all attempts together: a trigger of the user pool has five seconds. */
const TIMEOUT_MS = 1_500;
const BUDGET_MS = 3_500;
const MAX_ATTEMPTS = 2;

const client = memoize(
  () =>
    new CognitoIdentityProviderClient({
      requestHandler: { connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS, throwOnRequestTimeout: true },
      maxAttempts: MAX_ATTEMPTS,
    }),
);

/**
 * The id of the client with which users sign in, from a trigger of the user pool, whose environment cannot contain it: the client is
 * created after the pool, and the pool after its triggers.
 *
 * @throws Error when the user pool does not answer within four seconds
 */
export async function findUserClient(userPoolId: string): Promise<string | undefined> {
  const abortSignal = AbortSignal.timeout(BUDGET_MS);
  let NextToken: string | undefined;
  do {
    const page = await client().send(
      new ListUserPoolClientsCommand({
        UserPoolId: userPoolId,
        MaxResults: PAGE_SIZE,
        ...(NextToken !== undefined && { NextToken }),
      }),
      { abortSignal },
    );
    const found = page.UserPoolClients?.find(({ ClientName }) => ClientName === USER_CLIENT_NAME);
    if (found) {
      return found.ClientId;
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return undefined;
}
