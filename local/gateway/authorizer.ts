import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Issuer } from '../issuer.ts';
import type { RoutePart } from '../template/parts.ts';
import { type GatewayResponse, gatewayMessage } from './answer.ts';

/** The content of a verified token that a function receives. */
export type Authorized = { claims: Record<string, string>; scopes: string[] | null };

/**
 * Checks a token as the JWT authoriser of an HTTP API does: signed by the issuer's key with an RSA algorithm, `iss`,
 * `aud` (or `client_id`), `exp`, `nbf`, `iat`, and the route's scopes.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export async function authorize(
  authorization: string | undefined,
  authorizer: NonNullable<RoutePart['authorizer']>,
  issuer: Issuer,
): Promise<{ authorized: Authorized } | { refused: GatewayResponse }> {
  const token = authorization?.replace(/^bearer\s+/i, '').trim();
  if (!token) {
    return { refused: unauthorized('Bearer') };
  }
  let claims: JWTPayload;
  try {
    if (authorizer.issuer !== issuer.issuer) {
      return { refused: invalidToken('the issuer is unknown') };
    }
    if (decodeProtectedHeader(token).kid === undefined) {
      return { refused: invalidToken('the token has no key id') };
    }
    ({ payload: claims } = await jwtVerify(token, issuer.keys, {
      algorithms: ['RS256', 'RS384', 'RS512'],
      issuer: authorizer.issuer,
      requiredClaims: ['exp'],
    }));
  } catch (error) {
    const expired = error instanceof errors.JWTExpired;
    return { refused: invalidToken(expired ? 'the token has expired' : 'the token is not valid') };
  }
  const audience = claims.aud ?? claims.client_id;
  const audiences = (Array.isArray(audience) ? audience : [audience]).map(String);
  if (!audiences.some((candidate) => authorizer.audience.includes(candidate))) {
    return { refused: invalidToken('the token is for another audience') };
  }
  if (claims.iat !== undefined && !(claims.iat <= Date.now() / 1000)) {
    return { refused: invalidToken('the token is not valid yet') };
  }
  const granted = scopesOf(claims);
  if (authorizer.scopes.length > 0 && !authorizer.scopes.some((scope) => granted.includes(scope))) {
    return { refused: gatewayMessage(403, 'Forbidden') };
  }
  return {
    authorized: {
      claims: Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, asText(value)])),
      scopes: authorizer.scopes.length > 0 ? authorizer.scopes : null,
    },
  };
}

function scopesOf(claims: JWTPayload): string[] {
  const scopes = claims.scope ?? claims.scp;
  return Array.isArray(scopes) ? scopes.map(String) : typeof scopes === 'string' ? scopes.split(' ') : [];
}

/** Claims reach a function as strings in Go's format: an array is `[admin support]`. */
function asText(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(asText).join(' ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, item]) => `${key}:${asText(item)}`).join(' ')}]`;
  }
  return value === null ? '<nil>' : String(value);
}

function invalidToken(description: string): GatewayResponse {
  return unauthorized(`Bearer scope="" error="invalid_token" error_description="${description}"`);
}

function unauthorized(challenge: string): GatewayResponse {
  return gatewayMessage(401, 'Unauthorized', { 'www-authenticate': challenge });
}
