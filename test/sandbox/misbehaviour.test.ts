import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { behaviourSchema } from '../../sandbox/main.ts';
import { API_KEY, deliveryAddress, type SandboxOnAFakeClock, sandboxOnAFakeClock } from './sandbox-on-a-fake-clock.ts';

let operator: SandboxOnAFakeClock;
let draws: number[];

beforeEach(async () => {
  draws = [];
  operator = await sandboxOnAFakeClock({ random: () => draws.shift() ?? 0.5 });
});
afterEach(() => operator.sandbox.stop());

describe('a behaviour', () => {
  test('replaces the previous behaviour entirely', async () => {
    operator.sandbox.behave('a1', { rejectOrders: true, shipFraction: 0.5 });
    operator.sandbox.behave('a1', { leadTimeDays: 0 });
    const { body } = await operator.ask('a1', 'PUT', '/orders/ord_1', { quantity: 20, deliveryAddress });
    expect(body).toMatchObject({ status: 'delivered', deliveredQuantity: 20 });
  });

  test('applies to its operator only', async () => {
    operator.sandbox.behave('a1', { rejectOrders: true });
    const { body } = await operator.ask('3uk', 'PUT', '/orders/ord_1', { quantity: 50, deliveryAddress });
    expect(body.status).toBe('accepted');
  });

  test.each([
    ['an unknown word', { rejectOrder: true }],
    ['a fraction over 1', { shipFraction: 1.1 }],
    ['a negative lead time', { leadTimeDays: -1 }],
    ['a word for a number', { failureRate: 'often' }],
  ])('with %s is invalid', (_, behaviour) => {
    expect(behaviourSchema.safeParse(behaviour).success).toBe(false);
  });

  test('can only be set for an id of an operator', () => {
    expect(() => operator.sandbox.behave('4UK', {})).toThrow(/4UK/);
  });
});

describe('an operator that', () => {
  test('stalls: accepts requests without answering until the behaviour changes', async () => {
    operator.sandbox.behave('3uk', { stall: true });
    const stalled = fetch(`${operator.sandbox.url}/operators/3uk/orders/ord_1`, {
      headers: { authorization: `Bearer ${API_KEY}` },
      signal: AbortSignal.timeout(100),
    });
    await expect(stalled).rejects.toMatchObject({ name: 'TimeoutError' });
    operator.sandbox.behave('3uk', {});
    expect((await operator.ask('3uk', 'GET', '/orders/ord_1')).status).toBe(404);
  });

  test('stalls releases its callers when the sandbox stops', async () => {
    operator.sandbox.behave('3uk', { stall: true });
    const stalled = operator.ask('3uk', 'PUT', '/orders/ord_1', { quantity: 50, deliveryAddress });
    const ended = expect(stalled).rejects.toThrow();
    // The request has to have arrived.
    await fetch(`${operator.sandbox.url}/health`);
    await operator.sandbox.stop();
    await ended;
    operator = await sandboxOnAFakeClock();
  });

  test('fails answers 503 with Retry-After, sometimes after it has acted', async () => {
    operator.sandbox.behave('3uk', { failureRate: 0.3 });
    const submit = () => operator.ask('3uk', 'PUT', '/orders/ord_1', { quantity: 50, deliveryAddress });

    draws = [0.29, 0.6];
    const failed = await submit();
    expect(failed.status).toBe(503);
    expect(failed.headers.get('retry-after')).toBe('1');
    draws = [0.9];
    expect((await operator.ask('3uk', 'GET', '/orders/ord_1')).status).toBe(404);

    draws = [0.29, 0.4];
    expect((await submit()).status).toBe(503);
    draws = [0.9];
    expect((await operator.ask('3uk', 'GET', '/orders/ord_1')).status).toBe(200);
  });

  test('repeats itself returns older statuses, and the present one every other time', async () => {
    operator.sandbox.behave('3uk', { leadTimeDays: 3, duplicateAnswers: true });
    await operator.ask('3uk', 'PUT', '/orders/ord_1', { quantity: 50, deliveryAddress });
    operator.clock.pass(20);
    const said: unknown[] = [];
    for (let time = 0; time < 8; time += 1) {
      said.push((await operator.ask('3uk', 'GET', '/orders/ord_1')).body.status);
    }
    expect(said).toEqual([
      ...['delivered', 'accepted', 'delivered', 'processing'],
      ...['delivered', 'dispatched', 'delivered', 'delivered'],
    ]);
  });

  test('repeats itself lists SIMs of earlier pages again, in varying order, and omits none', async () => {
    operator.sandbox.behave('3uk', { leadTimeDays: 0, duplicateAnswers: true });
    await operator.ask('3uk', 'PUT', '/orders/ord_1', { quantity: 50, deliveryAddress });
    const listed: string[] = [];
    let cursor: unknown = '0';
    while (cursor !== undefined) {
      const { body } = await operator.ask('3uk', 'GET', `/orders/ord_1/sims?limit=20&cursor=${cursor}`);
      // A delivered order's page: see sandbox/README.md.
      const page = (body.sims as { iccid: string }[]).map(({ iccid }) => iccid);
      expect(page.length).toBeLessThanOrEqual(20);
      listed.push(...page);
      cursor = body.nextCursor;
    }
    expect(new Set(listed).size).toBe(50);
    expect(listed.length).toBeGreaterThan(50);

    const page = () => operator.ask('3uk', 'GET', '/orders/ord_1/sims?limit=20&cursor=15');
    const [one, other] = [(await page()).body.sims, (await page()).body.sims];
    expect(one).not.toEqual(other);
    expect(new Set(one as object[])).toHaveProperty('size', 20);
  });

  test('repeats itself answers about SIMs in another order, one of them twice', async () => {
    operator.sandbox.behave('3uk', { leadTimeDays: 0, duplicateAnswers: true });
    await operator.ask('3uk', 'PUT', '/orders/ord_1', { quantity: 2, deliveryAddress });
    const { body } = await operator.ask('3uk', 'GET', '/orders/ord_1/sims?limit=1');
    // A delivered order's page: see sandbox/README.md.
    const iccids = (body.sims as { iccid: string }[]).map(({ iccid }) => iccid);
    const said = await operator.ask('3uk', 'POST', '/sims/status', { iccids });
    expect(said.body.sims).toEqual([
      { iccid: iccids[0], status: 'barred' },
      { iccid: iccids[0], status: 'barred' },
    ]);
  });
});

describe('a caller', () => {
  test.each([undefined, 'Bearer another', API_KEY])('that sends %p is refused', async (authorization) => {
    const response = await fetch(`${operator.sandbox.url}/operators/3uk/orders/ord_1`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    expect(response.status).toBe(401);
    await response.body?.cancel();
  });

  test('for an unknown operator or path is answered with 404', async () => {
    expect(await operator.ask('4UK', 'GET', '/orders/ord_1')).toMatchObject({
      status: 404,
      body: { code: 'unknown_operator' },
    });
    expect(await operator.ask('3uk', 'DELETE', '/orders/ord_1')).toMatchObject({
      status: 404,
      body: { code: 'unknown_path' },
    });
  });

  test('without JSON is refused with the reason', async () => {
    const response = await fetch(`${operator.sandbox.url}/operators/3uk/orders/ord_1`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${API_KEY}` },
      body: '{"quantity":',
    });
    expect(response.status).toBe(400);
    await response.body?.cancel();
  });

  test('sets the behaviour of a separate sandbox over HTTP', async () => {
    const control = async (method: string, path: string, body: unknown) => {
      const response = await fetch(`${operator.sandbox.url}/control/3uk/${path}`, {
        method,
        headers: { authorization: `Bearer ${API_KEY}` },
        body: JSON.stringify(body),
      });
      await response.body?.cancel();
      return response.status;
    };
    expect(await control('PUT', 'behaviour', { rejectOrders: true })).toBe(200);
    expect(await control('PUT', 'behaviour', { colour: 'red' })).toBe(422);
    expect(await control('POST', 'usage', { iccid: '8944200000000000000', bytes: 1 })).toBe(202);
    expect(await control('POST', 'usage', { bytes: 1 })).toBe(422);
    const { body } = await operator.ask('3uk', 'PUT', '/orders/ord_1', { quantity: 50, deliveryAddress });
    expect(body.status).toBe('rejected');
  });
});
