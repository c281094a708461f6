import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest } from '../../../adapters/dynamodb/idempotency.ts';
import type { Caller } from '../../../domain/access.ts';
import {
  type Attempt,
  fingerprintOf,
  type KeyedRequest,
  type RequestStore,
  readKey,
  runIdempotent,
} from '../../../functions/http/idempotency.ts';
import { HttpProblem } from '../../../functions/http/problem.ts';
import { openBody, sealBody } from '../../../functions/http/sealed-body.ts';
import { Refusal } from '../../../use-cases/refusal.ts';

const request: KeyedRequest = { owner: { partnerId: 'acme' }, key: 'k-1', fingerprint: 'the request' };
const response = { status: 201, headers: { location: '/v1/orders/ord_1' }, body: '{"id":"ord_1"}' };
const now = new Date('2026-03-02T10:00:00.000Z');
const later = new Date('2026-03-02T10:00:31.000Z');

/** The rules of the table's conditional writes, over one claim. */
function storeOf(first?: ClaimedRequest): RequestStore & { kept(): ClaimedRequest | undefined } {
  let kept = first;
  let seeds = 0;
  const held = (heldUntil: number) => kept?.heldUntil === heldUntil && kept.response === undefined;
  const change = (heldUntil: number, set: Partial<ClaimedRequest>) => {
    const may = held(heldUntil);
    if (kept && may) {
      kept = { ...kept, ...set };
    }
    return may;
  };
  return {
    kept: () => kept,
    async claim(_owner, _key, asked) {
      if (kept) {
        return { claimed: kept, ours: false };
      }
      seeds += 1;
      kept = { ...asked, seed: `seed ${seeds}`, expiresAt: 0 };
      return { claimed: kept, ours: true };
    },
    takeOver: async (_owner, _key, crashed, heldUntil) => change(crashed.heldUntil, { heldUntil }),
    keepResponse: async (_owner, _key, heldUntil, given) => void change(heldUntil, { response: given }),
    letGo: async (_owner, _key, heldUntil) => void change(heldUntil, { heldUntil: 0 }),
  };
}

const soon = () => Date.now() + 60_000;
const codeOf = (run: Promise<unknown>) =>
  run.then(String, (error) => (error instanceof HttpProblem || error instanceof Refusal ? error.code : error));

describe('a request with a key', () => {
  test('is carried out once, and answered the same again', async () => {
    const store = storeOf();
    let carriedOut = 0;
    const send = () =>
      runIdempotent(request, { now, heldUntil: soon(), store }, async () => {
        carriedOut += 1;
        return { response, keep: true };
      });
    expect(await send()).toEqual(response);
    const again = { ...response, headers: { ...response.headers, 'idempotent-replayed': 'true' } };
    expect(await send()).toEqual(again);
    expect(await send()).toEqual(again);
    expect(carriedOut).toBe(1);
  });

  test('is not another one with the same key', async () => {
    const store = storeOf();
    const options = { now, heldUntil: soon(), store };
    await runIdempotent(request, options, async () => ({ response, keep: true }));
    const other = runIdempotent({ ...request, fingerprint: 'another' }, options, () => Promise.reject(new Error('no')));
    expect(await codeOf(other)).toBe('key_reused');
  });

  test('is under way until its first attempt has answered', async () => {
    const store = storeOf();
    let meanwhile: unknown;
    await runIdempotent(request, { now, heldUntil: soon(), store }, async () => {
      const other = runIdempotent(request, { now, heldUntil: soon() + 1, store }, () =>
        Promise.reject(new Error('no')),
      );
      meanwhile = await codeOf(other);
      return { response, keep: true };
    });
    expect(meanwhile).toBe('request_under_way');
  });

  test('is carried out again with the same time and ids when its attempt crashed', async () => {
    const store = storeOf();
    const attempts: Attempt[] = [];
    const crash = runIdempotent(request, { now, heldUntil: Date.now() - 1, store }, async (attempt) => {
      attempts.push(attempt);
      throw new Error('the process is gone');
    });
    await expect(crash).rejects.toThrow('gone');
    const answered = await runIdempotent(request, { now: later, heldUntil: soon(), store }, async (attempt) => {
      attempts.push(attempt);
      return { response, keep: true };
    });
    expect(answered).toEqual(response);
    expect(attempts).toEqual([
      { at: now, seed: 'seed 1' },
      { at: now, seed: 'seed 1' },
    ]);
  });

  test('is carried out again, and at once, when it failed by no fault of its own', async () => {
    const store = storeOf();
    const failed = { ...response, status: 503 };
    expect(
      await runIdempotent(request, { now, heldUntil: soon(), store }, async () => ({ response: failed, keep: false })),
    ).toEqual(failed);
    expect(
      await runIdempotent(request, { now, heldUntil: soon(), store }, async () => ({ response, keep: true })),
    ).toEqual(response);
  });

  test('keeps nothing of an attempt that was taken over', async () => {
    const store = storeOf();
    const late = { ...response, body: 'late' };
    await runIdempotent(request, { now, heldUntil: Date.now() - 1, store }, async () => {
      await runIdempotent(request, { now, heldUntil: soon(), store }, async () => ({ response, keep: true }));
      return { response: late, keep: true };
    });
    expect(store.kept()?.response).toEqual(response);
  });
});

describe('an answer that shows a secret', () => {
  const secret = { ...response, body: '{"secret":"whsec_c2VjcmV0"}' };
  const shown = { ...request, showsSecret: true };

  test('is answered the same again, and kept encrypted', async () => {
    const store = storeOf();
    const send = () =>
      runIdempotent(shown, { now, heldUntil: soon(), store }, async () => ({ response: secret, keep: true }));
    expect(await send()).toEqual(secret);
    expect(await send()).toEqual({ ...secret, headers: { ...secret.headers, 'idempotent-replayed': 'true' } });
    expect(store.kept()?.response).toMatchObject({ status: 201, sealed: true });
    expect(JSON.stringify(store.kept())).not.toMatch(/whsec|c2VjcmV0/);
  });

  test('cannot be opened without the key, nor with another request', () => {
    const sealer = { key: 'k-1', fingerprint: 'the request' };
    const sealed = sealBody(secret.body, sealer);
    expect(openBody(sealed, sealer)).toBe(secret.body);
    expect(() => openBody(sealed, { ...sealer, key: 'k-2' })).toThrow();
    expect(() => openBody(sealed, { ...sealer, fingerprint: 'another' })).toThrow();
    expect(sealBody(secret.body, sealer)).not.toBe(sealed);
  });

  test('of an earlier release is answered again as it was kept', async () => {
    const store = storeOf();
    await runIdempotent(request, { now, heldUntil: soon(), store }, async () => ({ response: secret, keep: true }));
    const again = await runIdempotent(shown, { now, heldUntil: soon(), store }, () => Promise.reject(new Error('no')));
    expect(again.body).toBe(secret.body);
  });
});

describe('a key', () => {
  test.each(['a', 'k-1', ' ~', 'x'.repeat(255)])('may be %j', (key) => {
    expect(readKey(key)).toBe(key);
  });

  test.each(['', 'x'.repeat(256), 'a\tb', 'ключ', 'a\u0000'])('may not be %j', (key) => {
    expect(() => readKey(key)).toThrow('1 to 255 printable');
  });

  test('need not be', () => {
    expect(readKey(undefined)).toBeUndefined();
  });
});

test('requests are the same by path, body and the view of who asks', () => {
  const admin: Caller = { kind: 'partner', partnerId: 'acme', userId: 'ada', roles: ['admin'] };
  const same = fingerprintOf(admin, '/v1/orders', { quantity: 50 });
  expect(fingerprintOf({ ...admin, userId: 'bob' }, '/v1/orders', { quantity: 50 })).toBe(same);
  expect(fingerprintOf(admin, '/v1/orders', { quantity: 100 })).not.toBe(same);
  expect(fingerprintOf(admin, '/v1/customers', { quantity: 50 })).not.toBe(same);
  const user: Caller = { ...admin, kind: 'customer', customerId: 'cus_1', roles: ['customer_admin'] };
  expect(fingerprintOf(user, '/v1/orders', { quantity: 50 })).not.toBe(same);
});
