import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { type Caller, callerOf } from '../../domain/access.ts';
import { isPartnerId } from '../../domain/partner.ts';

type Claims = APIGatewayProxyEventV2WithJWTAuthorizer['requestContext']['authorizer']['jwt']['claims'];

/**
 * Who asks, by the claims that API Gateway's authoriser verified; `undefined` when they give no rights at all.
 *
 * The authoriser hands an array over as one string: `["admin", "support"]` comes as `[admin support]`.
 */
export function callerFrom(claims: Claims | undefined): Caller | undefined {
  const partnerId = textOf(claims?.partner_id);
  if (!claims || (partnerId !== undefined && !isPartnerId(partnerId))) {
    return undefined;
  }
  return callerOf({
    sub: textOf(claims.sub) ?? 'unknown',
    partnerId,
    customerId: textOf(claims.customer_id),
    roles: wordsOf(claims.roles),
  });
}

function textOf(claim: Claims[string] | undefined): string | undefined {
  return claim === undefined || claim === '' ? undefined : String(claim);
}

function wordsOf(claim: Claims[string] | undefined): string[] {
  return Array.isArray(claim)
    ? claim.map(String)
    : String(claim ?? '')
        .replace(/^\[|\]$/g, '')
        .split(/[\s,]+/);
}
