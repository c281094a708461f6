import { createHash } from 'node:crypto';
import type * as requests from '../../adapters/dynamodb/idempotency.ts';
import type { Caller, Tenant } from '../../domain/access.ts';
import { invalidInput } from '../../use-cases/refusal.ts';
import { HttpProblem } from './problem.ts';
import { openBody, sealBody } from './sealed-body.ts';

/** Where claimed requests are kept. */
export type RequestStore = Pick<typeof requests, 'claim' | 'takeOver' | 'keepResponse' | 'letGo'>;

/** An attempt at a request: when it was first asked for, and from what its ids come. */
export type Attempt = { at: Date; seed: string };

/** What an attempt came to; one that failed by no fault of the request is not kept, so that the next may do better. */
export type Outcome = { response: requests.KeptResponse; keep: boolean };

/** A request with a key: who sent it, and what it is. `showsSecret`: its answer is kept encrypted. */
export type KeyedRequest = { owner: Tenant; key: string; fingerprint: string; showsSecret?: boolean };

/** 1 to 255 printable characters: the contract's words. */
const KEY = /^[\x20-\x7e]{1,255}$/;

/** @throws HttpProblem 422 when the key is none */
export function readKey(header: string | undefined): string | undefined {
  if (header !== undefined && !KEY.test(header)) {
    const message = 'Idempotency-Key must have 1 to 255 printable ASCII characters.';
    throw invalidInput([{ pointer: '/headers/idempotency-key', code: 'invalid_format', message }]);
  }
  return header;
}

/** What makes two requests the same: the view of who asks, the route, the path and the checked body. */
export function fingerprintOf(caller: Caller | undefined, path: string, body: unknown): string {
  const view = caller?.kind === 'customer' ? caller.customerId : '';
  return createHash('sha256')
    .update(JSON.stringify([view, path, body]))
    .digest('base64url');
}

/**
 * Carries a request out once, however often it is sent: whoever claims its key first does so; the others are answered the
 * same, or that it is still under way. When an attempt crashed, the next one carries it out again with the same time and the
 * same ids, so that what was made before is found, and not made twice.
 *
 * @param heldUntil when this attempt is over for sure, in milliseconds of real time.
 * @throws HttpProblem 422 when the key was given to another request, 409 while the first is under way.
 */
export async function runIdempotent(
  { owner, key, fingerprint, showsSecret = false }: KeyedRequest,
  { now, heldUntil, store }: { now: Date; heldUntil: number; store: RequestStore },
  carryOut: (attempt: Attempt) => Promise<Outcome>,
): Promise<requests.KeptResponse> {
  const { claimed, ours } = await store.claim(owner, key, { fingerprint, at: now.toISOString(), heldUntil });
  if (claimed.fingerprint !== fingerprint) {
    throw new HttpProblem('key_reused', 'This Idempotency-Key was used for a different request in the last 24 hours.');
  }
  if (claimed.response) {
    const { status, headers, body, sealed } = claimed.response;
    return {
      status,
      headers: { ...headers, 'idempotent-replayed': 'true' },
      body: sealed ? openBody(body, { key, fingerprint }) : body,
    };
  }
  const mine = ours || (Date.now() >= claimed.heldUntil && (await store.takeOver(owner, key, claimed, heldUntil)));
  if (!mine) {
    throw new HttpProblem('request_under_way', 'The first request with this Idempotency-Key is still in progress.', {
      headers: { 'retry-after': '1' },
    });
  }
  const { response, keep } = await carryOut({ at: new Date(claimed.at), seed: claimed.seed });
  const kept: requests.KeptResponse = showsSecret
    ? { ...response, body: sealBody(response.body, { key, fingerprint }), sealed: true }
    : response;
  await (keep ? store.keepResponse(owner, key, heldUntil, kept) : store.letGo(owner, key, heldUntil));
  return response;
}
