import { partnerRoles } from './access.ts';
import type { ClientId, PartnerId } from './ids.ts';
import { DAY_MS } from './time-units.ts';

/** A role that an API client can have. */
export type MachineRole = (typeof partnerRoles)[number];

/** An API client of a partner: a system that requests tokens with an id and a secret, without a user. */
export type MachineClient = {
  id: ClientId;
  /** Unique among the clients of the partner. */
  name: string;
  partnerId: PartnerId;
  roles: readonly MachineRole[];
  createdAt: string;
};

/** The hash of a client's secret, and that of the previous one while it is valid. The secrets themselves are not stored. */
export type SecretHashes = { secretHash: string; previous?: { secretHash: string; until: string } };

/** Replaces the secret. The previous one is valid for another day, so that the system has time to change it. */
export function rotateSecretHash({ secretHash: former }: SecretHashes, secretHash: string, now: Date): SecretHashes {
  return { secretHash, previous: { secretHash: former, until: new Date(now.getTime() + DAY_MS).toISOString() } };
}

/** The hashes of the secrets that a client may use at a moment. */
export function validSecretHashes({ secretHash, previous }: SecretHashes, now: Date): string[] {
  return [secretHash, ...(previous && now.toISOString() < previous.until ? [previous.secretHash] : [])];
}

/** The path of the token endpoint for API clients. */
export const TOKEN_PATH = '/oauth2/token';

/** The claim with the id of an API client. */
export const API_CLIENT_CLAIM = 'api_client_id';

/** The OAuth scope of a role: `acme/admin` is the role `admin` for the partner `acme`. */
export function scopeOf(partnerId: PartnerId, role: MachineRole): string {
  return `${partnerId}/${role}`;
}

/**
 * The roles of a token with these scopes: all roles of the client when no scope is requested.
 *
 * @returns `undefined` when the client does not have one of the scopes.
 */
export function rolesOfScopes(
  { partnerId, roles }: Pick<MachineClient, 'partnerId' | 'roles'>,
  scopes: readonly string[],
): readonly MachineRole[] | undefined {
  const own = new Map(roles.map((role) => [scopeOf(partnerId, role), role]));
  if (scopes.some((scope) => !own.has(scope))) {
    return undefined;
  }
  return scopes.length === 0 ? roles : partnerRoles.filter((role) => scopes.includes(scopeOf(partnerId, role)));
}

/** How long a token of a client is valid. Cognito charges for each token, and a revoked client's tokens are refused anyway. */
export const MACHINE_TOKEN_HOURS = 12;

/** A token that was issued before is repeated while it is valid for this long. */
const MIN_REMAINING_SECONDS = 3600;

/** The rule: a client that asks for a token again gets the same one, unless it expires soon. Times are in seconds. */
export function isReusable({ expiresAt }: { expiresAt: number }, now: number): boolean {
  return expiresAt - now >= MIN_REMAINING_SECONDS;
}

/** The maximum number of new tokens of a client in a day: three for each of the 63 subsets of its six roles, rounded up. */
export const MAX_NEW_TOKENS_PER_DAY = 200;
