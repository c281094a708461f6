import { describe, expect, test } from '@jest/globals';
import { asId } from '../../../domain/ids.ts';
import { secondsLeft, UNCOUNTED_REQUESTS } from '../../../domain/rate-limit.ts';
import { createRateLimiter, type RequestCounts } from '../../../functions/http/rate-limiter.ts';

const WINDOW_MS = 5000;

/** Instances of functions that share the counts of the table, on one clock. */
function instances(number: number, perSecond: number, own: Partial<RequestCounts> = {}) {
  let ms = 1_000_000;
  let writes = 0;
  const counted = new Map<string, number>();
  const counts: RequestCounts = {
    async add(partnerId, window, requests) {
      writes += 1;
      const name = `${partnerId} ${window}`;
      counted.set(name, (counted.get(name) ?? 0) + requests);
      return counted.get(name) ?? 0;
    },
    limitOf: async () => undefined,
    ...own,
  };
  const limiters = Array.from({ length: number }, () => createRateLimiter(counts, { perSecond, now: () => ms }));
  return {
    /** Sends requests, one instance after the other. @returns how many passed. */
    async send(partnerId: string, requests: number): Promise<number> {
      let passed = 0;
      for (let n = 0; n < requests; n += 1) {
        passed += (await limiters[n % number]?.(asId('partner', partnerId))) === undefined ? 1 : 0;
      }
      return passed;
    },
    limiter: () => limiters[0] ?? (() => Promise.reject(new Error('There is no instance.'))),
    later: (by: number) => {
      ms += by;
    },
    writes: () => writes,
  };
}

describe('the requests of a partner', () => {
  test('pass up to the limit of a window, and again in the next one', async () => {
    const one = instances(1, 100);
    expect(await one.send('acme', 2000)).toBe(500);
    one.later(WINDOW_MS);
    expect(await one.send('acme', 300)).toBe(300);
  });

  test('are refused with the seconds until the next may pass', async () => {
    const one = instances(1, 1);
    await one.send('acme', 10);
    const refused = await one.limiter()(asId('partner', 'acme'));
    expect(refused?.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(refused?.retryAfterSeconds).toBeLessThanOrEqual(5);
    one.later((refused?.retryAfterSeconds ?? 0) * 1000);
    expect(await one.limiter()(asId('partner', 'acme'))).toBeUndefined();
  });

  test('that exceed its limit do not affect another partner', async () => {
    const one = instances(1, 10);
    expect(await one.send('acme', 1000)).toBe(50);
    expect(await one.send('globex', 50)).toBe(50);
  });

  test('are counted across instances, except a few of each instance', async () => {
    const many = instances(20, 100);
    const passed = await many.send('acme', 5000);
    expect(passed).toBeGreaterThanOrEqual(500);
    expect(passed).toBeLessThanOrEqual(500 + 20 * UNCOUNTED_REQUESTS);
  });

  test('cost no write while they are few, and one write per ten requests otherwise', async () => {
    const few = instances(1, 100);
    await few.send('acme', UNCOUNTED_REQUESTS);
    expect(few.writes()).toBe(0);
    const many = instances(1, 100);
    await many.send('acme', 500);
    expect(many.writes()).toBeLessThanOrEqual(50);
  });

  test('have the limit that the platform has set for the partner', async () => {
    const one = instances(1, 100, { limitOf: async (partnerId) => (partnerId === 'acme' ? 2 : undefined) });
    expect(await one.send('acme', 100)).toBe(10);
    expect(await one.send('globex', 1000)).toBe(500);
  });

  test('pass when they cannot be counted', async () => {
    const one = instances(1, 1, { add: () => Promise.reject(new Error('throttled')) });
    expect(await one.send('acme', 50)).toBe(50);
  });
});

test('a window ends within five seconds, and never immediately', () => {
  for (const ms of [0, 1, 999, 4000, 4999, 5000]) {
    expect(secondsLeft(ms)).toBeGreaterThanOrEqual(1);
    expect(secondsLeft(ms)).toBeLessThanOrEqual(5);
  }
});
