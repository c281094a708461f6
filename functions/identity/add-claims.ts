import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { attributes, custom } from '../../adapters/cognito/attributes.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { roles } from '../../domain/access.ts';
import { grantOf } from '../../domain/machine-client.ts';

/**
 * What Cognito asks before it signs an access token, version 3, as far as it is read here.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export type TokenEvent = {
  triggerSource: string;
  request: {
    userAttributes?: Readonly<Record<string, string | undefined>> | null;
    groupConfiguration?: { groupsToOverride?: readonly string[] | null } | null;
    scopes?: readonly string[] | null;
  };
};

/** The trigger of a machine's token. Its scopes are those that the client may have and has asked for. */
const MACHINE = 'TokenGeneration_ClientCredentials';

/** The claims that the API reads, as any other issuer would put them into its tokens. */
export type Claims = { partner_id?: string; customer_id?: string; roles: string[]; email?: string };

/**
 * What a user's groups and attributes, or a machine's scopes, make of a token. A group or scope that is no role gives none.
 *
 * Scopes count for machines alone: which of them a person's token has is the choice of whoever signs in.
 */
export function claimsOf({ triggerSource, request }: TokenEvent): Claims {
  return triggerSource === MACHINE ? ofMachine(request) : ofPerson(request);
}

function ofPerson({ userAttributes, groupConfiguration }: TokenEvent['request']): Claims {
  const groups = groupConfiguration?.groupsToOverride ?? [];
  const partnerId = userAttributes?.[custom(attributes.partnerId)];
  const customerId = userAttributes?.[custom(attributes.customerId)];
  const email = userAttributes?.email;
  return {
    ...(partnerId && { partner_id: partnerId }),
    ...(customerId && { customer_id: customerId }),
    // For people who read the journal: an access token has none of its own.
    ...(email && { email }),
    roles: roles.filter((role) => groups.includes(role)),
  };
}

function ofMachine({ scopes }: TokenEvent['request']): Claims {
  const grant = grantOf(scopes ?? []);
  return grant ? { partner_id: grant.partnerId, roles: grant.roles } : { roles: [] };
}

/** Puts into each access token of the user pool what the API asks of a token. Tokens of who a user is stay as they are. */
export const handler = middy<TokenEvent, unknown, Error, Context>()
  .use(injectLambdaContext(logger, { resetKeys: true }))
  .handler(async (event) => ({
    ...event,
    response: {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: claimsOf(event) },
      },
    },
  }));
