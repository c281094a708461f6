import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { workingDaysAfter } from '../../domain/calendar.ts';
import { isIccid } from '../../domain/iccid.ts';
import { anOperator } from '../domain/builders.ts';
import { deliveryAddress, MONDAY, type SandboxOnAFakeClock, sandboxOnAFakeClock } from './sandbox-on-a-fake-clock.ts';

let operator: SandboxOnAFakeClock;

beforeEach(async () => {
  operator = await sandboxOnAFakeClock();
});
afterEach(() => operator.sandbox.stop());

const submit = (operatorId = '3uk', orderId = 'ord_1', quantity = 100) =>
  operator.ask(operatorId, 'PUT', `/orders/${orderId}`, { quantity, deliveryAddress });
const status = async (operatorId = '3uk', orderId = 'ord_1') =>
  (await operator.ask(operatorId, 'GET', `/orders/${orderId}`)).body.status;

describe('an order at the sandbox operator', () => {
  test('is accepted immediately, then processed, dispatched a day or two before delivery, and delivered', async () => {
    operator.sandbox.behave('3uk', { leadTimeDays: 4 });
    const { status: code, body } = await submit();
    expect(code).toBe(201);
    expect(body).toMatchObject({ orderId: 'ord_1', status: 'accepted', quantity: 100 });

    const seen: string[] = [];
    const changes: Record<string, Date> = {};
    for (let hours = 0; hours <= 24 * 8; hours += 1) {
      const now = String(await status());
      if (seen.at(-1) !== now) {
        seen.push(now);
        changes[now] = operator.clock.now();
      }
      operator.clock.pass(1 / 24);
    }
    expect(seen).toEqual(['accepted', 'processing', 'dispatched', 'delivered']);
    expect(changes.delivered?.toISOString().slice(0, 10)).toBe(
      workingDaysAfter(anOperator('3uk'), new Date(MONDAY), 4),
    );
    const hoursOnTheRoad = (Number(changes.delivered) - Number(changes.dispatched)) / 3_600_000;
    expect(hoursOnTheRoad).toBeGreaterThanOrEqual(23);
    expect(hoursOnTheRoad).toBeLessThanOrEqual(49);
  });

  test.each(['3uk', '3ireland', 'orange', 'a1'] as const)('of %s takes 3 to 5 working days, by order', async (id) => {
    const days = new Set<string>();
    for (let order = 0; order < 12; order += 1) {
      await submit(id, `ord_${order}`);
    }
    for (const day of [3, 4, 5]) {
      operator.clock.set(`${workingDaysAfter(anOperator(id), new Date(MONDAY), day)}T12:00:00Z`);
      for (let order = 0; order < 12; order += 1) {
        if ((await status(id, `ord_${order}`)) === 'delivered') {
          days.add(`${order}`);
        }
      }
      expect(days.size).toBeGreaterThan(0);
      expect(days.size === 12).toBe(day === 5);
    }
  });

  test('submitted twice is one order; the id with another content is refused', async () => {
    const first = await submit();
    const second = await submit();
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect((await submit('3uk', 'ord_1', 150)).status).toBe(409);
  });

  test('can be cancelled permanently before its dispatch', async () => {
    operator.sandbox.behave('3uk', { leadTimeDays: 3 });
    await submit();
    expect(await operator.ask('3uk', 'POST', '/orders/ord_1/cancel')).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    });
    operator.clock.pass(10);
    expect(await status()).toBe('cancelled');
    expect((await operator.ask('3uk', 'POST', '/orders/ord_1/cancel')).status).toBe(200);
    expect((await operator.ask('3uk', 'GET', '/orders/ord_1/sims')).status).toBe(409);
  });

  test('cannot be cancelled after its dispatch, with the reason', async () => {
    await submit();
    operator.clock.pass(20);
    expect(await operator.ask('3uk', 'POST', '/orders/ord_1/cancel')).toMatchObject({
      status: 409,
      body: { code: 'already_dispatched', reason: 'The order is delivered' },
    });
  });

  test('that was never submitted is unknown', async () => {
    expect(await operator.ask('3uk', 'GET', '/orders/ord_2')).toMatchObject({
      status: 404,
      body: { code: 'unknown_order' },
    });
    expect((await operator.ask('3uk', 'POST', '/orders/ord_2/cancel')).status).toBe(404);
  });

  test('of one operator is not known to another', async () => {
    await submit('3uk');
    expect((await operator.ask('a1', 'GET', '/orders/ord_1')).status).toBe(404);
  });

  test('without a lead time is delivered immediately', async () => {
    operator.sandbox.behave('3uk', { leadTimeDays: 0 });
    expect((await submit()).body).toMatchObject({ status: 'delivered', deliveredQuantity: 100 });
  });

  test('with a fraction of a day as lead time goes through all its steps', async () => {
    operator.sandbox.behave('3uk', { leadTimeDays: 0.5 });
    await submit();
    operator.clock.pass(0.2);
    expect(await status()).toBe('processing');
    operator.clock.pass(0.1);
    expect(await status()).toBe('dispatched');
    operator.clock.pass(0.2);
    expect(await status()).toBe('delivered');
  });

  test('is rejected permanently when the operator rejects orders', async () => {
    operator.sandbox.behave('3uk', { rejectOrders: true });
    expect((await submit()).body).toMatchObject({ status: 'rejected', reason: expect.any(String) });
    operator.sandbox.behave('3uk', {});
    expect((await submit()).body).toMatchObject({ status: 'rejected' });
    expect(await operator.ask('3uk', 'POST', '/orders/ord_1/cancel')).toMatchObject({ status: 409 });
    expect((await submit('3uk', 'ord_2')).body).toMatchObject({ status: 'accepted' });
  });

  test('is delivered short when the operator ships a fraction, rounded down', async () => {
    operator.sandbox.behave('3uk', { shipFraction: 0.555 });
    await submit();
    operator.sandbox.behave('3uk', {});
    operator.clock.pass(20);
    expect((await operator.ask('3uk', 'GET', '/orders/ord_1')).body).toMatchObject({ deliveredQuantity: 55 });
    const { body } = await operator.ask('3uk', 'GET', '/orders/ord_1/sims?limit=500');
    expect(body.sims).toHaveLength(55);
  });

  test.each([
    ['no quantity', { deliveryAddress }],
    ['a quantity of none', { quantity: 0, deliveryAddress }],
    ['more than the operator makes', { quantity: 100_001, deliveryAddress }],
    ['no address', { quantity: 50 }],
    ['a field too many', { quantity: 50, deliveryAddress, colour: 'red' }],
  ])('with %s is invalid', async (_, body) => {
    expect(await operator.ask('3uk', 'PUT', '/orders/ord_1', body)).toMatchObject({
      status: 422,
      body: { code: 'invalid_order' },
    });
  });
});

describe('the SIMs of a delivered order', () => {
  test.each([
    ['3uk', 19, '894420', '23420'],
    ['3ireland', 20, '8935305', '27205'],
    ['orange', 19, '893301', '20801'],
    ['a1', 20, '894301', '23201'],
  ])('of %s have valid numbers of %i digits, each once', async (id, length, prefix, mccMnc) => {
    await submit(id, 'ord_1', 100);
    await submit(id, 'ord_2', 100);
    operator.clock.pass(20);
    const sims: { iccid: string; imsi: string }[] = [];
    for (const order of ['ord_1', 'ord_2']) {
      const { body } = await operator.ask(id, 'GET', `/orders/${order}/sims?limit=500`);
      // A delivered order's page: see sandbox/README.md.
      sims.push(...(body.sims as typeof sims));
    }
    for (const { iccid, imsi } of sims) {
      expect(isIccid(iccid)).toBe(true);
      expect(iccid).toHaveLength(length);
      expect(iccid.startsWith(prefix)).toBe(true);
      expect(imsi).toMatch(new RegExp(`^${mccMnc}\\d{10}$`));
    }
    expect(new Set(sims.map(({ iccid }) => iccid)).size).toBe(200);
    expect(new Set(sims.map(({ imsi }) => imsi)).size).toBe(200);
  });

  test('are listed only once it is delivered', async () => {
    await submit();
    expect(await operator.ask('3uk', 'GET', '/orders/ord_1/sims')).toMatchObject({
      status: 409,
      body: { code: 'not_delivered' },
    });
  });

  test('are listed page by page, each once, as many as were ordered', async () => {
    await submit('3uk', 'ord_1', 10_000);
    operator.clock.pass(20);
    const seen = new Set<string>();
    let cursor: unknown = '0';
    while (cursor !== undefined) {
      const { body } = await operator.ask('3uk', 'GET', `/orders/ord_1/sims?limit=500&cursor=${cursor}`);
      // A delivered order's page: see sandbox/README.md.
      for (const { iccid } of body.sims as { iccid: string }[]) {
        seen.add(iccid);
      }
      cursor = body.nextCursor;
    }
    expect(seen.size).toBe(10_000);
  });

  test.each(['limit=0', 'limit=501', 'limit=x', 'cursor=x', 'cursor=-1'])('are not listed with %s', async (query) => {
    await submit();
    operator.clock.pass(20);
    expect((await operator.ask('3uk', 'GET', `/orders/ord_1/sims?${query}`)).status).toBe(400);
  });
});
