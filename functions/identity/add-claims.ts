import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { attributes, custom } from '../../adapters/cognito/attributes.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { roles } from '../../domain/access.ts';
import { grantOf } from '../../domain/machine-client.ts';

/**
 * The relevant parts of the event of Cognito's pre-token-generation trigger, version 3.
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

/** The trigger for a machine's token. Its scopes are those that the client requested and is allowed. */
const MACHINE = 'TokenGeneration_ClientCredentials';

/** The claims that the API reads from the tokens of any issuer. */
export type Claims = { partner_id?: string; customer_id?: string; roles: string[]; email?: string };

/**
 * The claims of a token, from a user's groups and attributes or from a machine's scopes. Other groups and scopes than roles
 * are ignored.
 *
 * Scopes count only for machines, because users choose the scopes of their tokens when they sign in.
 */
export function claimsOf({ triggerSource, request }: TokenEvent): Claims {
  return triggerSource === MACHINE ? machineClaims(request) : userClaims(request);
}

function userClaims({ userAttributes, groupConfiguration }: TokenEvent['request']): Claims {
  const groups = groupConfiguration?.groupsToOverride ?? [];
  const partnerId = userAttributes?.[custom(attributes.partnerId)];
  const customerId = userAttributes?.[custom(attributes.customerId)];
  const email = userAttributes?.email;
  return {
    ...(partnerId && { partner_id: partnerId }),
    ...(customerId && { customer_id: customerId }),
    // For readers of the journal. Access tokens do not contain it by default.
    ...(email && { email }),
    roles: roles.filter((role) => groups.includes(role)),
  };
}

function machineClaims({ scopes }: TokenEvent['request']): Claims {
  const grant = grantOf(scopes ?? []);
  return grant ? { partner_id: grant.partnerId, roles: grant.roles } : { roles: [] };
}

/** Adds the claims that the API reads to every access token of the user pool. ID tokens are unchanged. */
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
