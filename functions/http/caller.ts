import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { type Caller, callerOf } from '../../domain/access.ts';
import { isPartnerId } from '../../domain/partner.ts';

type Claims = APIGatewayProxyEventV2WithJWTAuthorizer['requestContext']['authorizer']['jwt']['claims'];

/** The most that OpenID Connect lets a `sub` have. */
const LONGEST_USER = 255;
/** As long as any id may be. */
const LONGEST_CUSTOMER = 100;

/**
 * Who asks, by the claims that API Gateway's authoriser verified; `undefined` when they give no rights at all.
 *
 * The authoriser hands an array over as one string: `["admin", "support"]` comes as `[admin support]`.
 */
export function callerFrom(claims: Claims | undefined): Caller | undefined {
  const partnerId = textOf(claims?.partner_id);
  const customerId = textOf(claims?.customer_id);
  const sub = textOf(claims?.sub) ?? 'unknown';
  const canBe =
    (partnerId === undefined || isPartnerId(partnerId)) &&
    (customerId === undefined || isText(customerId, LONGEST_CUSTOMER)) &&
    isText(sub, LONGEST_USER);
  if (!claims || !canBe) {
    return undefined;
  }
  return callerOf({
    sub,
    partnerId,
    customerId,
    roles: wordsOf(claims.roles),
  });
}

function textOf(claim: Claims[string] | undefined): string | undefined {
  return claim === undefined || claim === '' ? undefined : String(claim);
}

/** Whether a claim can stand in a key of the table, or be kept with each step of a SIM. */
function isText(claim: string, longest: number): boolean {
  return claim.length <= longest && claim.isWellFormed();
}

function wordsOf(claim: Claims[string] | undefined): string[] {
  return Array.isArray(claim)
    ? claim.map(String)
    : String(claim ?? '')
        .replace(/^\[|\]$/g, '')
        .split(/[\s,]+/);
}
