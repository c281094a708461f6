import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import type { OrderReference } from '../../../domain/operator-port.ts';
import { anOrder, type GatewayToSandbox, gatewayToSandbox } from './operators-under-test.ts';

let operator: GatewayToSandbox;
let draws: number[];

beforeEach(async () => {
  draws = [];
  operator = await gatewayToSandbox({ kind: 'iot-accelerator', random: () => draws.shift() ?? 0.999 });
});
afterEach(() => operator.sandbox.stop());

const contact = { name: 'Ines', email: 'ines@acme.example' };

async function anAcceptedOrder(quantity = 5): Promise<OrderReference> {
  const answer = await operator.gateway.submitOrder({ ...anOrder('ord_1', quantity), contact });
  expect(answer).toEqual({ outcome: 'accepted', operatorReference: expect.stringMatching(/^REQ\d+$/) });
  return { id: 'ord_1', operatorReference: 'operatorReference' in answer ? answer.operatorReference : undefined };
}

async function deliveredSims(quantity = 5) {
  operator.sandbox.behave('3uk', { leadTimeDays: 0 });
  const order = await anAcceptedOrder(quantity);
  operator.sandbox.behave('3uk', {});
  return (await operator.gateway.deliveredSims(order, 'required')).sims;
}

async function deliveredIccids(quantity = 5): Promise<string[]> {
  return (await deliveredSims(quantity)).map(({ iccid }) => iccid);
}

describe('an order at an operator on IoT Accelerator', () => {
  test('becomes a request, which is followed to its delivery', async () => {
    const order = await anAcceptedOrder();
    expect(await operator.gateway.orderStatus(order)).toEqual({ status: 'accepted' });
    operator.clock.pass(20);
    expect(await operator.gateway.orderStatus(order)).toEqual({ status: 'delivered', deliveredQuantity: 5 });
    const { sims, leftOut, nextCursor } = await operator.gateway.deliveredSims(order, 'required');
    expect(sims).toHaveLength(5);
    expect(sims[0]).toEqual({
      iccid: expect.stringMatching(/^8944/),
      imsi: expect.stringMatching(/^23420/),
      msisdn: expect.stringMatching(/^\+44/),
    });
    expect({ leftOut, nextCursor }).toEqual({ leftOut: [], nextCursor: undefined });
  });

  test('has its SIMs on several pages', async () => {
    operator.sandbox.behave('3uk', { leadTimeDays: 0 });
    const order = await anAcceptedOrder(600);
    const first = await operator.gateway.deliveredSims(order, 'required');
    expect(first).toMatchObject({ sims: { length: 500 }, nextCursor: '1' });
    const second = await operator.gateway.deliveredSims(order, 'required', first.nextCursor);
    expect(second.nextCursor).toBeUndefined();
    expect(new Set([...first.sims, ...second.sims].map(({ iccid }) => iccid)).size).toBe(600);
  });

  test('that comes short has fewer SIMs', async () => {
    operator.sandbox.behave('3uk', { leadTimeDays: 0, shipFraction: 0.5 });
    const order = await anAcceptedOrder(10);
    expect(await operator.gateway.orderStatus(order)).toEqual({ status: 'delivered', deliveredQuantity: 5 });
  });

  test('is rejected later, with the operator’s reason', async () => {
    operator.sandbox.behave('3uk', { rejectOrders: true });
    expect(await operator.gateway.orderStatus(await anAcceptedOrder())).toEqual({
      status: 'rejected',
      reason: 'The operator does not accept orders for this account',
    });
  });

  test('that the operator calls invalid is rejected', async () => {
    const answer = await operator.gateway.submitOrder({ ...anOrder('ord_1', 200_000), contact });
    expect(answer).toEqual({ outcome: 'rejected', reason: expect.stringContaining('quantity') });
  });

  test('is cancelled, also if the answer to the first cancellation was lost; after dispatch it is refused', async () => {
    const order = await anAcceptedOrder();
    operator.sandbox.behave('3uk', { failureRate: 0.5 });
    // The first call fails and takes effect.
    draws = [0, 0];
    expect(await operator.gateway.cancelOrder(order)).toEqual({ outcome: 'cancelled' });
    expect(await operator.gateway.orderStatus(order)).toMatchObject({ status: 'cancelled' });
    const other = await anAcceptedOrder();
    operator.clock.pass(20);
    expect(await operator.gateway.cancelOrder(other)).toEqual({
      outcome: 'refused',
      reason: expect.stringContaining('delivered'),
    });
  });

  test('is sent at most once a call, and found at the operator after its answer was lost', async () => {
    const before = operator.clock.now();
    operator.clock.pass(0.01);
    const known = await anAcceptedOrder(7);
    operator.sandbox.behave('3uk', { failureRate: 0.5 });
    // Metadata, then the order: its call fails and takes effect.
    draws = [0.999, 0, 0];
    const submitted = operator.gateway.submitOrder({ ...anOrder('ord_2', 9), contact });
    await expect(submitted).rejects.toMatchObject({ name: 'OperatorUnavailable' });
    const placed = await operator.gateway.ordersSince(before, [known.operatorReference ?? '']);
    expect(placed).toEqual([{ operatorReference: expect.stringMatching(/^REQ/), quantity: 9 }]);
  });
});

describe('a change of SIMs at an operator on IoT Accelerator', () => {
  const askAfter = async (iccids: string[], answers: readonly { requestId?: string }[]) =>
    operator.gateway.simStatus(iccids, {
      requestIds: [...new Set(answers.flatMap(({ requestId }) => requestId ?? []))],
    });

  test('is answered later, for each SIM', async () => {
    const iccids = await deliveredIccids();
    const statusesAfter = async (answers: readonly { requestId?: string }[]) =>
      new Set((await askAfter(iccids, answers)).map(({ status }) => status));
    operator.sandbox.behave('3uk', { changeDelayDays: 1 });
    for (const [ask, status] of [
      [() => operator.gateway.activate('k1', iccids), 'active'],
      [() => operator.gateway.setBars('k2', iccids, true), 'barred'],
      [() => operator.gateway.setBars('k3', iccids, false), 'active'],
      [() => operator.gateway.terminate('k4', iccids), 'terminated'],
    ] as const) {
      const answers = await ask();
      expect(answers).toHaveLength(5);
      expect(answers.every((answer) => answer.status === 'pending')).toBe(true);
      expect(await statusesAfter(answers)).toEqual(new Set(['pending']));
      operator.clock.pass(2);
      expect(await statusesAfter(answers)).toEqual(new Set([status]));
    }
  });

  test('is refused for a SIM with a reason, and for a SIM of another account', async () => {
    const [refused = '', other = ''] = await deliveredIccids();
    const foreign = withCheckDigit('894420000099999999');
    operator.sandbox.behave('3uk', { refuseActivation: [refused] });
    const asked = [refused, other, foreign];
    const answers = await askAfter(asked, await operator.gateway.activate('k1', asked));
    expect(answers).toEqual([
      { iccid: refused, status: 'refused', reason: 'The subscription cannot change its state' },
      { iccid: other, status: 'active' },
    ]);
  });

  test('that is repeated after it was made counts as made, even if the operator refuses the repetition', async () => {
    const iccids = await deliveredIccids(1);
    const first = await operator.gateway.terminate('k1', iccids);
    const second = await operator.gateway.terminate('k2', iccids);
    expect(await askAfter(iccids, [...first, ...second])).toEqual([{ iccid: iccids[0], status: 'terminated' }]);
  });

  test('does not fail for all SIMs because one ICCID is malformed', async () => {
    const iccids = await deliveredIccids(3);
    const answers = await operator.gateway.activate('k1', [...iccids, 'none']);
    expect(answers.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending', 'refused']);
  });
});

describe('calls of an operator on IoT Accelerator', () => {
  test('wait for the next second when the limit is reached', async () => {
    const order = await anAcceptedOrder();
    operator.sandbox.behave('3uk', { requestsPerSecond: 2 });
    for (let call = 0; call < 5; call += 1) {
      expect(await operator.gateway.orderStatus(order)).toEqual({ status: 'accepted' });
    }
    expect(operator.calls.every(({ answered }) => answered)).toBe(true);
  });

  test('end when the limit of the minute is reached: the wait would be too long', async () => {
    const order = await anAcceptedOrder();
    // Both calls must be in one minute of the operator.
    const leftMs = 60_000 - (Date.now() % 60_000);
    if (leftMs < 3_000) {
      await sleep(leftMs);
    }
    operator.sandbox.behave('3uk', { requestsPerMinute: 1 });
    await operator.gateway.orderStatus(order);
    await expect(operator.gateway.orderStatus(order)).rejects.toThrow(
      /429 \(API rate limit exceeded\), after 1 attempt/,
    );
  });

  test('are repeated after an HTML page of an error', async () => {
    const order = await anAcceptedOrder();
    operator.sandbox.behave('3uk', { failureRate: 0.5 });
    draws = [0, 0.999];
    expect(await operator.gateway.orderStatus(order)).toEqual({ status: 'accepted' });
  });
});
