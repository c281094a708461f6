import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { attributes, custom } from '../../adapters/cognito/attributes.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { partnerRoles, roles } from '../../domain/access.ts';
import { API_CLIENT_CLAIM } from '../../domain/machine-client.ts';
import { isPartnerId } from '../../domain/partner.ts';

/**
 * The relevant parts of the event of Cognito's pre-token-generation trigger, version 3.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export type TokenEvent = {
  triggerSource: string;
  request: {
    userAttributes?: Readonly<Record<string, string | undefined>> | null;
    groupConfiguration?: { groupsToOverride?: readonly string[] | null } | null;
    clientMetadata?: Readonly<Record<string, string | undefined>> | null;
  };
};

/** The trigger for the token of an API client. */
const MACHINE = 'TokenGeneration_ClientCredentials';

/** The claims that the API reads from the tokens of any issuer. */
export type Claims = {
  partner_id?: string;
  customer_id?: string;
  roles: string[];
  email?: string;
  [API_CLIENT_CLAIM]?: string;
};

/**
 * The claims of a token, from a user's groups and attributes or from the metadata of an API client. Other groups and metadata than
 * roles are ignored.
 *
 * Metadata count only for machines, because users choose those of their tokens when they sign in. For machines they come from
 * the token endpoint (`adapters/cognito/machine-tokens.ts`), which alone knows the secret of the pool's client for machines.
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

function machineClaims({ clientMetadata }: TokenEvent['request']): Claims {
  const { client_id: clientId, partner_id: partnerId = '', roles: given = '' } = clientMetadata ?? {};
  if (!clientId || !isPartnerId(partnerId)) {
    return { roles: [] };
  }
  const names = given.split(' ');
  return {
    partner_id: partnerId,
    roles: partnerRoles.filter((role) => names.includes(role)),
    [API_CLIENT_CLAIM]: clientId,
  };
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
