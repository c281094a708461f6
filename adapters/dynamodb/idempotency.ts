import { randomUUID } from 'node:crypto';
import type { Tenant } from '../../domain/access.ts';
import { absent } from './conditions.ts';
import { idempotencyKey } from './keys.ts';
import { get } from './reads.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { put, update } from './write-requests.ts';
import { writeIf } from './writes.ts';

/** The response to a request. `sealed`: its body contains a secret and is encrypted. */
export type StoredResponse = { status: number; headers: Record<string, string>; body: string; sealed?: true };

/** A request with an `Idempotency-Key`. The attempt that claims it executes it; all others get its stored response. */
export type ClaimedRequest = {
  /** Distinguishes this request from another one with the same key. */
  fingerprint: string;
  /** The time of the first attempt. Later attempts use it too. */
  at: string;
  /** The seed of the ids that the request creates, so that another attempt finds them instead of creating more. */
  seed: string;
  /** When the current attempt counts as crashed, in milliseconds of real time. */
  leaseExpiresAt: number;
  response?: StoredResponse;
};

/** The item: `heldUntil` is `leaseExpiresAt`; `expiresAt` is when the key is free again, in seconds of real time. */
type ClaimItem = Omit<ClaimedRequest, 'leaseExpiresAt'> & { heldUntil: number; expiresAt: number };

/** How long a key identifies its request, in seconds: 24 hours, as the API promises. */
const KEY_LIFETIME_SECONDS = 24 * 3600;

/**
 * Claims a key for a request.
 *
 * @returns the claim, and whether the caller may execute the request. Otherwise it is another attempt's claim.
 */
export async function claim(
  tenant: Tenant,
  key: string,
  { fingerprint, at, leaseExpiresAt }: Pick<ClaimedRequest, 'fingerprint' | 'at' | 'leaseExpiresAt'>,
): Promise<{ claimed: ClaimedRequest; isOurs: boolean }> {
  const seconds = Math.floor(Date.now() / 1000);
  const item: ClaimItem = {
    fingerprint,
    at,
    seed: randomUUID(),
    heldUntil: leaseExpiresAt,
    expiresAt: seconds + KEY_LIFETIME_SECONDS,
  };
  const free = {
    expression: `${absent.expression} OR #expiresAt <= :now`,
    names: { '#expiresAt': 'expiresAt' },
    values: { ':now': seconds },
  };
  return retryOnConflict(async () => {
    if (await writeIf(put({ ...item, ...idempotencyKey(tenant, key) }, free))) {
      return { claimed: toClaim(item), isOurs: true };
    }
    // Another attempt's claim, unless it has expired meanwhile. If a response of DynamoDB is lost, the SDK's retry finds its
    // own write: the seed shows it.
    const existing = await get<ClaimItem>(idempotencyKey(tenant, key));
    return existing && { claimed: toClaim(existing), isOurs: existing.seed === item.seed };
  });
}

function toClaim({ fingerprint, at, seed, heldUntil, response }: ClaimItem): ClaimedRequest {
  return { fingerprint, at, seed, leaseExpiresAt: heldUntil, ...(response === undefined ? {} : { response }) };
}

/** Takes over the claim of a crashed attempt. @returns false when another attempt was faster. */
export async function reclaim(
  tenant: Tenant,
  key: string,
  crashed: ClaimedRequest,
  leaseExpiresAt: number,
): Promise<boolean> {
  return updateClaim(tenant, key, crashed.leaseExpiresAt, { heldUntil: leaseExpiresAt });
}

/** Stores the response, unless the claim was taken over meanwhile. */
export async function storeResponse(
  tenant: Tenant,
  key: string,
  leaseExpiresAt: number,
  response: StoredResponse,
): Promise<void> {
  await updateClaim(tenant, key, leaseExpiresAt, { response });
}

/** Releases the claim of an attempt that failed for a temporary reason, so that the next attempt can start immediately. */
export async function releaseClaim(tenant: Tenant, key: string, leaseExpiresAt: number): Promise<void> {
  await updateClaim(tenant, key, leaseExpiresAt, { heldUntil: 0 });
}

async function updateClaim(
  tenant: Tenant,
  key: string,
  leaseExpiresAt: number,
  set: Partial<ClaimItem>,
): Promise<boolean> {
  const isHeld = {
    expression: '#heldUntil = :expected AND attribute_not_exists(#response)',
    names: { '#heldUntil': 'heldUntil', '#response': 'response' },
    values: { ':expected': leaseExpiresAt },
  };
  return writeIf(update(idempotencyKey(tenant, key), { set }, isHeld));
}
