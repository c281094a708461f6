import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { roles } from '../../domain/access.ts';
import { logger } from '../http/telemetry.ts';

/**
 * What Cognito asks before it signs an access token, version 2 or 3, as far as it is read here.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export type TokenEvent = {
  request: {
    userAttributes?: Readonly<Record<string, string | undefined>>;
    groupConfiguration?: { groupsToOverride?: readonly string[] };
  };
};

/** The claims that the API reads, as any other issuer would put them into its tokens. */
export type Claims = { partner_id?: string; customer_id?: string; roles: string[] };

/** The attributes of a user that say whose it is. Only the platform writes them; see `infra/identity-stack.ts`. */
export const attributes = { partnerId: 'partner_id', customerId: 'customer_id' } as const;

/** What a user's groups and attributes make of its tokens. A group that is no role gives none. */
export function claimsOf({ userAttributes = {}, groupConfiguration }: TokenEvent['request']): Claims {
  const groups = groupConfiguration?.groupsToOverride ?? [];
  const partnerId = userAttributes[`custom:${attributes.partnerId}`];
  const customerId = userAttributes[`custom:${attributes.customerId}`];
  return {
    ...(partnerId && { partner_id: partnerId }),
    ...(customerId && { customer_id: customerId }),
    roles: roles.filter((role) => groups.includes(role)),
  };
}

/** Puts into each access token of the user pool what the API asks of a token. Tokens of who a user is stay as they are. */
export const handler = middy<TokenEvent, unknown, Error, Context>()
  .use(injectLambdaContext(logger, { resetKeys: true }))
  .handler(async (event) => ({
    ...event,
    response: {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: claimsOf(event.request) },
      },
    },
  }));
