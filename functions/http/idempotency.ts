import { createHash } from 'node:crypto';
import type * as requests from '../../adapters/dynamodb/idempotency.ts';
import { openText, sealText } from '../../adapters/sealed-text.ts';
import type { Caller, Tenant } from '../../domain/access.ts';
import { invalidInput } from '../../use-cases/refusal.ts';
import { HttpProblem } from './problem.ts';

/** The store of claims and responses. */
export type RequestStore = Pick<typeof requests, 'claim' | 'reclaim' | 'storeResponse' | 'releaseClaim'>;

/** An attempt to execute a request: the time of its first attempt and the seed of its ids. */
export type Attempt = { at: Date; seed: string };

/** The outcome of an attempt. A final response is stored and repeated; otherwise the next attempt executes the request. */
export type AttemptOutcome = { response: requests.StoredResponse; isFinal: boolean };

/** A request with a key. `showsSecret`: its response is stored encrypted. */
export type KeyedRequest = { tenant: Tenant; key: string; fingerprint: string; showsSecret?: boolean };

/** 1 to 255 printable ASCII characters. */
const KEY = /^[\x20-\x7e]{1,255}$/;

/**
 * An item of DynamoDB has at most 400 KB. Larger responses list thousands of SIMs or rows: those of dry runs, which change
 * nothing, and of usage files, whose records count once even if they are sent again.
 */
const MAX_STORED_BODY = 300_000;

/** @throws Refusal 422 when the key is malformed */
export function readKey(header: string | undefined): string | undefined {
  if (header !== undefined && !KEY.test(header)) {
    const message = 'Idempotency-Key must have 1 to 255 printable ASCII characters.';
    throw invalidInput([{ pointer: '/headers/idempotency-key', code: 'invalid_format', message }]);
  }
  return header;
}

/**
 * The identity of a request: the caller's view, the path with its query, and the checked body. Keys are shared by the users of a tenant, but
 * users with different views do not see each other's responses.
 */
export function fingerprintOf(caller: Caller | undefined, path: string, query: unknown, body: unknown): string {
  const filters = Object.entries(typeof query === 'object' && query !== null ? query : {})
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const view = caller?.kind === 'customer' ? caller.customerId : '';
  return (
    createHash('sha256')
      // Without a query as release 0.1.0 wrote it, so that requests can be repeated across releases.
      .update(JSON.stringify([view, path, body, ...(filters.length > 0 ? [filters] : [])]))
      .digest('base64url')
  );
}

/**
 * Executes a request once, regardless of how often it is sent. The attempt that claims the key executes it; others get the
 * same response, or 409 while it is in progress. After a crash, or a response that is too large to store, the next attempt
 * executes the request with the same time and ids, so that it finds the resources that the first attempt created.
 *
 * @param leaseExpiresAt when this attempt counts as crashed, in milliseconds of real time.
 * @throws HttpProblem 422 when the key was used for another request, 409 while the first attempt is in progress.
 */
export async function runIdempotent(
  { tenant, key, fingerprint, showsSecret = false }: KeyedRequest,
  { now, leaseExpiresAt, store }: { now: Date; leaseExpiresAt: number; store: RequestStore },
  execute: (attempt: Attempt) => Promise<AttemptOutcome>,
): Promise<requests.StoredResponse> {
  const { claimed, isOurs } = await store.claim(tenant, key, { fingerprint, at: now.toISOString(), leaseExpiresAt });
  if (claimed.fingerprint !== fingerprint) {
    throw new HttpProblem('key_reused', 'This Idempotency-Key was used for a different request in the last 24 hours.');
  }
  if (claimed.response) {
    const { status, headers, body, sealed } = claimed.response;
    return {
      status,
      headers: { ...headers, 'idempotent-replayed': 'true' },
      body: sealed ? openText(body, { key, fingerprint }) : body,
    };
  }
  const hasCrashed = Date.now() >= claimed.leaseExpiresAt;
  if (!isOurs && !(hasCrashed && (await store.reclaim(tenant, key, claimed, leaseExpiresAt)))) {
    throw new HttpProblem('request_under_way', 'The first request with this Idempotency-Key is still in progress.', {
      headers: { 'retry-after': '1' },
    });
  }
  const { response, isFinal } = await execute({ at: new Date(claimed.at), seed: claimed.seed });
  const stored: requests.StoredResponse = showsSecret
    ? { ...response, body: sealText(response.body, { key, fingerprint }), sealed: true }
    : response;
  await (isFinal && Buffer.byteLength(stored.body) <= MAX_STORED_BODY
    ? store.storeResponse(tenant, key, leaseExpiresAt, stored)
    : store.releaseClaim(tenant, key, leaseExpiresAt));
  return response;
}
