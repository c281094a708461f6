import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest } from '../../../adapters/dynamodb/idempotency.ts';
import { openText, sealText } from '../../../adapters/sealed-text.ts';
import type { Caller } from '../../../domain/access.ts';
import { asId } from '../../../domain/ids.ts';
import {
  type Attempt,
  fingerprintOf,
  type KeyedRequest,
  type RequestStore,
  readKey,
  runIdempotent,
} from '../../../functions/http/idempotency.ts';
import { HttpProblem } from '../../../functions/http/problem.ts';
import { Refusal } from '../../../use-cases/refusal.ts';

const request: KeyedRequest = {
  tenant: { partnerId: asId('partner', 'acme') },
  key: 'k-1',
  fingerprint: 'the request',
};
const response = { status: 201, headers: { location: '/v1/orders/ord_1' }, body: '{"id":"ord_1"}' };
const now = new Date('2026-03-02T10:00:00.000Z');
const later = new Date('2026-03-02T10:00:31.000Z');

/** The rules of the table's conditional writes, over one claim. */
function storeOf(first?: ClaimedRequest): RequestStore & { stored(): ClaimedRequest | undefined } {
  let stored = first;
  let seeds = 0;
  const held = (leaseExpiresAt: number) => stored?.leaseExpiresAt === leaseExpiresAt && stored.response === undefined;
  const change = (leaseExpiresAt: number, set: Partial<ClaimedRequest>) => {
    const may = held(leaseExpiresAt);
    if (stored && may) {
      stored = { ...stored, ...set };
    }
    return may;
  };
  return {
    stored: () => stored,
    async claim(_owner, _key, asked) {
      if (stored) {
        return { claimed: stored, isOurs: false };
      }
      seeds += 1;
      stored = { ...asked, seed: `seed ${seeds}` };
      return { claimed: stored, isOurs: true };
    },
    reclaim: async (_owner, _key, crashed, leaseExpiresAt) => change(crashed.leaseExpiresAt, { leaseExpiresAt }),
    storeResponse: async (_owner, _key, leaseExpiresAt, given) => void change(leaseExpiresAt, { response: given }),
    releaseClaim: async (_owner, _key, leaseExpiresAt) => void change(leaseExpiresAt, { leaseExpiresAt: 0 }),
  };
}

const soon = () => Date.now() + 60_000;
const codeOf = (run: Promise<unknown>) =>
  run.then(String, (error) => (error instanceof HttpProblem || error instanceof Refusal ? error.code : error));

describe('a request with a key', () => {
  test('is executed again when its response is too large for an item: with the same time and the same ids', async () => {
    const store = storeOf();
    const large = { status: 200, headers: {}, body: JSON.stringify({ errors: 'x'.repeat(400_000) }) };
    const attempts: Attempt[] = [];
    const send = (at: Date) =>
      runIdempotent(request, { now: at, leaseExpiresAt: soon(), store }, async (attempt) => {
        attempts.push(attempt);
        return { response: large, isFinal: true };
      });
    expect(await send(now)).toEqual(large);
    expect(await send(later)).toEqual(large);
    expect(attempts).toHaveLength(2);
    expect(attempts[1]).toEqual(attempts[0]);
  });

  test('is executed once, and its response is repeated', async () => {
    const store = storeOf();
    let executions = 0;
    const send = () =>
      runIdempotent(request, { now, leaseExpiresAt: soon(), store }, async () => {
        executions += 1;
        return { response, isFinal: true };
      });
    expect(await send()).toEqual(response);
    const again = { ...response, headers: { ...response.headers, 'idempotent-replayed': 'true' } };
    expect(await send()).toEqual(again);
    expect(await send()).toEqual(again);
    expect(executions).toBe(1);
  });

  test('differs from another one with the same key', async () => {
    const store = storeOf();
    const options = { now, leaseExpiresAt: soon(), store };
    await runIdempotent(request, options, async () => ({ response, isFinal: true }));
    const other = runIdempotent({ ...request, fingerprint: 'another' }, options, () => Promise.reject(new Error('no')));
    expect(await codeOf(other)).toBe('key_reused');
  });

  test('is in progress until its first attempt has answered', async () => {
    const store = storeOf();
    let meanwhile: unknown;
    await runIdempotent(request, { now, leaseExpiresAt: soon(), store }, async () => {
      const other = runIdempotent(request, { now, leaseExpiresAt: soon() + 1, store }, () =>
        Promise.reject(new Error('no')),
      );
      meanwhile = await codeOf(other);
      return { response, isFinal: true };
    });
    expect(meanwhile).toBe('request_under_way');
  });

  test('is executed again with the same time and ids after a crash', async () => {
    const store = storeOf();
    const attempts: Attempt[] = [];
    const crash = runIdempotent(request, { now, leaseExpiresAt: Date.now() - 1, store }, async (attempt) => {
      attempts.push(attempt);
      throw new Error('the process is gone');
    });
    await expect(crash).rejects.toThrow('gone');
    const answered = await runIdempotent(request, { now: later, leaseExpiresAt: soon(), store }, async (attempt) => {
      attempts.push(attempt);
      return { response, isFinal: true };
    });
    expect(answered).toEqual(response);
    expect(attempts).toEqual([
      { at: now, seed: 'seed 1' },
      { at: now, seed: 'seed 1' },
    ]);
  });

  test('is executed again immediately after a temporary failure', async () => {
    const store = storeOf();
    const failed = { ...response, status: 503 };
    expect(
      await runIdempotent(request, { now, leaseExpiresAt: soon(), store }, async () => ({
        response: failed,
        isFinal: false,
      })),
    ).toEqual(failed);
    expect(
      await runIdempotent(request, { now, leaseExpiresAt: soon(), store }, async () => ({ response, isFinal: true })),
    ).toEqual(response);
  });

  test('ignores the response of an attempt whose claim was taken over', async () => {
    const store = storeOf();
    const late = { ...response, body: 'late' };
    await runIdempotent(request, { now, leaseExpiresAt: Date.now() - 1, store }, async () => {
      await runIdempotent(request, { now, leaseExpiresAt: soon(), store }, async () => ({ response, isFinal: true }));
      return { response: late, isFinal: true };
    });
    expect(store.stored()?.response).toEqual(response);
  });
});

describe('a response that shows a secret', () => {
  const secret = { ...response, body: '{"secret":"whsec_c2VjcmV0"}' };
  const shown = { ...request, showsSecret: true };

  test('is repeated, and stored encrypted', async () => {
    const store = storeOf();
    const send = () =>
      runIdempotent(shown, { now, leaseExpiresAt: soon(), store }, async () => ({ response: secret, isFinal: true }));
    expect(await send()).toEqual(secret);
    expect(await send()).toEqual({ ...secret, headers: { ...secret.headers, 'idempotent-replayed': 'true' } });
    expect(store.stored()?.response).toMatchObject({ status: 201, sealed: true });
    expect(JSON.stringify(store.stored())).not.toMatch(/whsec|c2VjcmV0/);
  });

  test('cannot be opened without the key, nor with another request', () => {
    const sealer = { key: 'k-1', fingerprint: 'the request' };
    const sealed = sealText(secret.body, sealer);
    expect(openText(sealed, sealer)).toBe(secret.body);
    expect(() => openText(sealed, { ...sealer, key: 'k-2' })).toThrow();
    expect(() => openText(sealed, { ...sealer, fingerprint: 'another' })).toThrow();
    expect(sealText(secret.body, sealer)).not.toBe(sealed);
  });

  test('of an earlier release is repeated as it was stored', async () => {
    const store = storeOf();
    await runIdempotent(request, { now, leaseExpiresAt: soon(), store }, async () => ({
      response: secret,
      isFinal: true,
    }));
    const again = await runIdempotent(shown, { now, leaseExpiresAt: soon(), store }, () =>
      Promise.reject(new Error('no')),
    );
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

  test('is optional', () => {
    expect(readKey(undefined)).toBeUndefined();
  });
});

test('requests are the same when path, query, body and the view of the caller are', () => {
  const admin: Caller = { kind: 'partner', partnerId: asId('partner', 'acme'), userId: 'ada', roles: ['admin'] };
  const same = fingerprintOf(admin, '/v1/orders', {}, { quantity: 50 });
  expect(fingerprintOf({ ...admin, userId: 'bob' }, '/v1/orders', {}, { quantity: 50 })).toBe(same);
  expect(fingerprintOf(admin, '/v1/orders', {}, { quantity: 100 })).not.toBe(same);
  expect(fingerprintOf(admin, '/v1/customers', {}, { quantity: 50 })).not.toBe(same);
  expect(fingerprintOf(admin, '/v1/orders', { dryRun: 'true' }, { quantity: 50 })).not.toBe(same);
  expect(fingerprintOf(admin, '/v1/orders', { dryRun: undefined }, { quantity: 50 })).toBe(same);
  // As release 0.1.0 stored it.
  const stored = createHash('sha256').update(JSON.stringify(['', '/v1/orders', { quantity: 50 }]));
  expect(stored.digest('base64url')).toBe(same);
  const user: Caller = { ...admin, kind: 'customer', customerId: 'cus_1', roles: ['customer_admin'] };
  expect(fingerprintOf(user, '/v1/orders', {}, { quantity: 50 })).not.toBe(same);
});
