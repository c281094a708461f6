import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { type Caller, callerFromClaims } from '../../domain/access.ts';
import { isPartnerId } from '../../domain/partner.ts';

type Claims = APIGatewayProxyEventV2WithJWTAuthorizer['requestContext']['authorizer']['jwt']['claims'];

/** The most that OpenID Connect lets a `sub` have. */
const MAX_USER_ID_LENGTH = 255;
/** RFC 5321. */
const MAX_EMAIL_LENGTH = 254;
/** As long as any id may be. */
const MAX_CUSTOMER_ID_LENGTH = 100;

/**
 * Who asks, by the claims that API Gateway's authoriser verified; `undefined` when they give no rights at all.
 *
 * @param authorization the header whose token the authoriser verified.
 */
export function readCaller(claims: Claims | undefined, authorization: string | undefined): Caller | undefined {
  const partnerId = textOf(claims?.partner_id);
  const customerId = textOf(claims?.customer_id);
  const sub = textOf(claims?.sub) ?? 'unknown';
  const canBe =
    (partnerId === undefined || isPartnerId(partnerId)) &&
    (customerId === undefined || isText(customerId, MAX_CUSTOMER_ID_LENGTH)) &&
    isText(sub, MAX_USER_ID_LENGTH);
  if (!claims || !canBe) {
    return undefined;
  }
  return callerFromClaims({
    sub,
    partnerId,
    customerId,
    roles: rolesOf(claims.roles, authorization),
    email: emailOf(claims.email),
  });
}

function textOf(claim: Claims[string] | undefined): string | undefined {
  return claim === undefined || claim === '' ? undefined : String(claim);
}

/** Whether a claim can stand in a key of the table, or be kept with each step of a SIM. */
function isText(claim: string, longest: number): boolean {
  return claim.length <= longest && claim.isWellFormed();
}

/** The journal shows it beside the user's `sub`. A claim that is no address is ignored: it decides nothing. */
function emailOf(claim: Claims[string] | undefined): string | undefined {
  const text = textOf(claim);
  return text !== undefined && text.length <= MAX_EMAIL_LENGTH && /^[^\s@]+@[^\s@]+$/.test(text) && text.isWellFormed()
    ? text
    : undefined;
}

/**
 * The roles that a token lists, each an element of its own.
 *
 * The authoriser hands a list over as one text: both `["not admin"]` and `["not", "admin"]` are `[not admin]`. So the
 * elements are read from the token itself. The verified claim has the last word: a role that it does not contain is none.
 */
function rolesOf(claim: Claims[string] | undefined, authorization: string | undefined): string[] {
  const verified = String(claim ?? '');
  const listed = tokenClaim(authorization, 'roles');
  const elements: unknown[] = Array.isArray(listed) ? listed : [listed];
  return elements.filter((role) => typeof role === 'string').filter((role) => verified.includes(role));
}

/** A claim of the token in a header, in the form that its issuer gave it. Does not verify anything. */
function tokenClaim(authorization: string | undefined, name: string): unknown {
  const [, payload = ''] = (authorization ?? '').split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? new Map(Object.entries(claims)).get(name) : undefined;
  } catch {
    return undefined;
  }
}
