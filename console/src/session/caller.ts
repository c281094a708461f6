import { type Caller, callerFromClaims, isAllowed, type Right } from '../../../domain/access.ts';
import type { CustomerId, PartnerId } from '../../../domain/ids.ts';
import type { accessOf } from '../../generated/operations.ts';

/** An operation of the API, by its name in the OpenAPI document. */
export type Operation = keyof typeof accessOf;

/**
 * The caller that an access token identifies; `undefined` when it names neither a partner nor the platform. Only the API verifies
 * tokens: the console shows or hides things by it.
 */
export function callerOfToken(token: string): Caller | undefined {
  const claims = claimsIn(token);
  const text = (name: string) => (typeof claims[name] === 'string' ? claims[name] : undefined);
  const roles = Array.isArray(claims.roles) ? claims.roles.filter((role) => typeof role === 'string') : [];
  return callerFromClaims({
    sub: text('sub') ?? '',
    // Safe: these ids are only shown and sent back.
    partnerId: text('partner_id') as PartnerId | undefined,
    customerId: text('customer_id') as CustomerId | undefined,
    email: text('email'),
    roles,
  });
}

/** Whether the API allows a caller an operation with this access, by the same rule as the API itself. */
export function mayCall(caller: Caller, access: 'public' | Right): boolean {
  return access === 'public' || isAllowed(caller, access);
}

/** The claims of a token, or none when it is not a JWT. */
function claimsIn(token: string): Record<string, unknown> {
  try {
    const [, payload = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}
