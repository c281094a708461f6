import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { type Caller, callerFromClaims } from '../../domain/access.ts';
import { asId } from '../../domain/ids.ts';
import { API_CLIENT_CLAIM } from '../../domain/machine-client.ts';
import { isPartnerId } from '../../domain/partner.ts';

type Claims = APIGatewayProxyEventV2WithJWTAuthorizer['requestContext']['authorizer']['jwt']['claims'];

/** The maximum length of a `sub` in OpenID Connect. */
const MAX_USER_ID_LENGTH = 255;
/** The maximum length of an address (RFC 5321). */
const MAX_EMAIL_LENGTH = 254;
/** The maximum length of ids. */
const MAX_CUSTOMER_ID_LENGTH = 100;

/**
 * Reads the caller from the claims that API Gateway's authoriser verified; `undefined` when they grant nothing.
 *
 * @param authorization the header whose token the authoriser verified.
 */
export function readCaller(claims: Claims | undefined, authorization: string | undefined): Caller | undefined {
  const partnerId = textOf(claims?.partner_id);
  const customerId = textOf(claims?.customer_id);
  // The user pool issues the tokens of all API clients for one client of its own, whose id is their `sub`.
  const sub = textOf(claims?.[API_CLIENT_CLAIM]) ?? textOf(claims?.sub) ?? 'unknown';
  const isWellFormed =
    (partnerId === undefined || isPartnerId(partnerId)) &&
    (customerId === undefined || isText(customerId, MAX_CUSTOMER_ID_LENGTH)) &&
    isText(sub, MAX_USER_ID_LENGTH);
  if (!claims || !isWellFormed) {
    return undefined;
  }
  return callerFromClaims({
    sub,
    partnerId,
    customerId: customerId === undefined ? undefined : asId('customer', customerId),
    roles: rolesOf(claims.roles, authorization),
    email: emailOf(claims.email),
  });
}

function textOf(claim: Claims[string] | undefined): string | undefined {
  return claim === undefined || claim === '' ? undefined : String(claim);
}

/** Whether a claim can be part of an item key or be stored with every change of a SIM. */
function isText(claim: string, maxLength: number): boolean {
  return claim.length <= maxLength && claim.isWellFormed();
}

/** The email address for the journal. A malformed one is ignored: no right depends on it. */
function emailOf(claim: Claims[string] | undefined): string | undefined {
  const text = textOf(claim);
  return text !== undefined && text.length <= MAX_EMAIL_LENGTH && /^[^\s@]+@[^\s@]+$/.test(text) && text.isWellFormed()
    ? text
    : undefined;
}

/**
 * The roles that a token lists.
 *
 * The authoriser passes a list as one text: both `["not admin"]` and `["not", "admin"]` become `[not admin]`. Therefore the
 * elements are read from the token itself, and only roles that the verified claim contains count.
 */
function rolesOf(claim: Claims[string] | undefined, authorization: string | undefined): string[] {
  const verified = String(claim ?? '');
  const listed = tokenClaim(authorization, 'roles');
  const elements: unknown[] = Array.isArray(listed) ? listed : [listed];
  return elements.filter((role) => typeof role === 'string').filter((role) => verified.includes(role));
}

/** An unverified claim of the token in a header, in its original form. */
function tokenClaim(authorization: string | undefined, name: string): unknown {
  const [, payload = ''] = (authorization ?? '').split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? new Map(Object.entries(claims)).get(name) : undefined;
  } catch {
    return undefined;
  }
}
