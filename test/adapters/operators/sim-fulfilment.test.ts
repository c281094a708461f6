import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { operatorGateways } from '../../../adapters/operators/gateways.ts';
import { withCheckDigit } from '../../../domain/iccid.ts';
import type { OrderId } from '../../../domain/ids.ts';
import { type DeliveredSim, OperatorUnavailable } from '../../../domain/operator-port.ts';
import { randomFrom } from '../../random-numbers.ts';
import { anOrder, type GatewayToSandbox, gatewayToSandbox } from './operators-under-test.ts';

let operator: GatewayToSandbox;
let draws: number[];

beforeEach(async () => {
  draws = [];
  operator = await gatewayToSandbox({ random: () => draws.shift() ?? 0.999 });
});
afterEach(() => operator.sandbox.stop());

async function allSims(orderId: OrderId): Promise<DeliveredSim[]> {
  const sims: DeliveredSim[] = [];
  let cursor: string | undefined;
  do {
    const page = await operator.gateway.deliveredSims({ id: orderId }, 'required', cursor);
    sims.push(...page.sims);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return sims;
}

/** Repeats a call until it is answered, as executions do. */
async function untilAnswered<T>(call: () => Promise<T>, onLost: () => void): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      expect(error).toBeInstanceOf(OperatorUnavailable);
      onLost();
    }
  }
}

async function delivered(quantity: number, orderId: OrderId = 'ord_1'): Promise<string[]> {
  operator.sandbox.behave('3uk', { leadTimeDays: 0 });
  await operator.gateway.submitOrder(anOrder(orderId, quantity));
  operator.sandbox.behave('3uk', {});
  return (await allSims(orderId)).map(({ iccid }) => iccid);
}

describe('an order through the gateway', () => {
  test('is submitted once however often it is sent, and followed to its delivery', async () => {
    const first = await operator.gateway.submitOrder(anOrder());
    expect(first).toEqual({ outcome: 'accepted', operatorReference: expect.any(String) });
    expect(await operator.gateway.submitOrder(anOrder())).toEqual(first);
    expect(await operator.gateway.orderStatus({ id: 'ord_1' })).toEqual({ status: 'accepted' });
    operator.clock.pass(20);
    expect(await operator.gateway.orderStatus({ id: 'ord_1' })).toEqual({
      status: 'delivered',
      deliveredQuantity: 50,
      trackingReference: expect.any(String),
    });
    const sims = await allSims('ord_1');
    expect(sims).toHaveLength(50);
    expect(sims[0]).toEqual({
      iccid: expect.stringMatching(/^8944/),
      imsi: expect.stringMatching(/^23420/),
      msisdn: expect.stringMatching(/^\+44/),
    });
    expect(await operator.gateway.submitOrder(anOrder())).toEqual(first);
  });

  test('is placed once, whatever answers are lost, in 200 trials of two equal orders', async () => {
    const random = randomFrom(1807);
    let lost = 0;
    draws = Array.from({ length: 20_000 }, random);
    for (let trial = 0; trial < 200; trial += 1) {
      operator.clock.pass(1);
      const start = operator.clock.now();
      operator.clock.pass(0.01);
      operator.sandbox.behave('3uk', { failureRate: 0.5 + 0.4 * random() });
      const ids = [`ord_${trial}_a`, `ord_${trial}_b`] as const;
      for (const id of ids) {
        const submit = () => operator.gateway.submitOrder(anOrder(id));
        const first = await untilAnswered(submit, () => {
          lost += 1;
        });
        expect(first).toMatchObject({ outcome: 'accepted' });
      }
      operator.sandbox.behave('3uk', {});
      // This protocol has no list of orders; that of another kind shows what the operator has, by our ids.
      const placed = await operator.gateways('3uk', 'iot-accelerator').ordersSince(start, []);
      expect(placed.map(({ operatorReference }) => operatorReference).sort()).toEqual([...ids]);
    }
    expect(lost).toBeGreaterThan(200);
  });

  test('of another operator goes to that operator', async () => {
    await operator.gateways('a1').submitOrder(anOrder('ord_a1', 20));
    expect(await operator.gateways('a1').orderStatus({ id: 'ord_a1' })).toEqual({ status: 'accepted' });
    await expect(operator.gateway.orderStatus({ id: 'ord_a1' })).rejects.toMatchObject({ name: 'OperatorUnavailable' });
  });

  test('is rejected with the operator’s reason', async () => {
    operator.sandbox.behave('3uk', { rejectOrders: true });
    const rejected = { outcome: 'rejected', reason: 'The operator does not accept orders for this account' };
    expect(await operator.gateway.submitOrder(anOrder())).toEqual(rejected);
    expect(await operator.gateway.submitOrder(anOrder())).toEqual(rejected);
  });

  test('that the operator calls invalid is rejected and not retried', async () => {
    const answer = await operator.gateway.submitOrder(anOrder('ord_1', 0));
    expect(answer).toEqual({ outcome: 'rejected', reason: expect.stringContaining('quantity') });
  });

  test('can be cancelled before dispatch, and is unknown if it was never submitted', async () => {
    await operator.gateway.submitOrder(anOrder('ord_1'));
    await operator.gateway.submitOrder(anOrder('ord_2'));
    expect(await operator.gateway.cancelOrder({ id: 'ord_1' })).toEqual({ outcome: 'cancelled' });
    expect(await operator.gateway.orderStatus({ id: 'ord_1' })).toEqual({
      status: 'cancelled',
      reason: expect.any(String),
    });
    operator.clock.pass(20);
    expect(await operator.gateway.cancelOrder({ id: 'ord_1' })).toEqual({ outcome: 'cancelled' });
    expect(await operator.gateway.cancelOrder({ id: 'ord_2' })).toEqual({
      outcome: 'refused',
      reason: 'The order is delivered',
    });
    expect(await operator.gateway.cancelOrder({ id: 'ord_3' })).toEqual({ outcome: 'unknown' });
  });

  test('that the operator does not know has no status, and is not retried', async () => {
    await expect(operator.gateway.orderStatus({ id: 'ord_9' })).rejects.toMatchObject({
      name: 'OperatorUnavailable',
      message: '3uk: GET /orders/ord_9: answered 404 (No order was submitted with this id), after 1 attempt',
    });
  });

  test('that is not delivered has no SIMs to list', async () => {
    await operator.gateway.submitOrder(anOrder());
    await expect(operator.gateway.deliveredSims({ id: 'ord_1' }, 'required')).rejects.toThrow(
      /answered 409 \(The order is accepted\)/,
    );
  });

  test('with a short delivery reports the number of SIMs', async () => {
    operator.sandbox.behave('3uk', { shipFraction: 0.5, leadTimeDays: 0 });
    await operator.gateway.submitOrder(anOrder());
    expect(await operator.gateway.orderStatus({ id: 'ord_1' })).toMatchObject({ deliveredQuantity: 25 });
    expect(await allSims('ord_1')).toHaveLength(25);
  });

  test('delivered by an operator that repeats itself can be read whole', async () => {
    await delivered(1_200);
    operator.sandbox.behave('3uk', { duplicateAnswers: true });
    const sims = await allSims('ord_1');
    expect(sims.length).toBeGreaterThan(1_200);
    expect(new Set(sims.map(({ iccid }) => iccid)).size).toBe(1_200);
    const said = [];
    for (let time = 0; time < 4; time += 1) {
      said.push((await operator.gateway.orderStatus({ id: 'ord_1' })).status);
    }
    expect(said).toContain('delivered');
    expect(operator.logged).toEqual([]);
  });
});

describe('SIMs through the gateway', () => {
  test('are activated, suspended, resumed and terminated', async () => {
    const iccids = await delivered(3);
    const all = (status: string) => iccids.map((iccid) => ({ iccid, status }));
    expect(await operator.gateway.simStatus(iccids)).toEqual(all('barred'));
    expect(await operator.gateway.activate('k1', iccids)).toEqual(all('active'));
    expect(await operator.gateway.setBars('k2', iccids, true)).toEqual(all('barred'));
    expect(await operator.gateway.setBars('k3', iccids, false)).toEqual(all('active'));
    expect(await operator.gateway.terminate('k4', iccids)).toEqual(all('terminated'));
    expect(await operator.gateway.simStatus(iccids)).toEqual(all('terminated'));
  });

  test('that the operator refuses have its reason', async () => {
    const [first = '', second = ''] = await delivered(2);
    operator.sandbox.behave('3uk', { refuseActivation: [second] });
    expect(await operator.gateway.activate('k1', [first, second])).toEqual([
      { iccid: first, status: 'active' },
      { iccid: second, status: 'refused', reason: 'The operator does not activate this SIM' },
    ]);
  });

  test('that are activated slowly are pending, then active', async () => {
    const iccids = await delivered(1);
    operator.sandbox.behave('3uk', { activationDelayDays: 1 });
    expect(await operator.gateway.activate('k1', iccids)).toMatchObject([{ status: 'pending' }]);
    operator.clock.pass(1);
    expect(await operator.gateway.simStatus(iccids)).toMatchObject([{ status: 'active' }]);
    expect(await operator.gateway.activate('k1', iccids)).toMatchObject([{ status: 'pending' }]);
  });

  test('that the operator does not know are left out of the status', async () => {
    const iccids = await delivered(1);
    const strange = withCheckDigit('894420000000000000');
    expect(await operator.gateway.simStatus([strange, ...iccids])).toHaveLength(1);
  });

  test('are requested in batches of 500, each once, with stable keys', async () => {
    const iccids = await delivered(1_001);
    const answers = await operator.gateway.activate('k1', [...iccids, ...iccids.slice(0, 10)]);
    expect(answers.map(({ iccid }) => iccid)).toEqual(iccids);
    expect(await operator.gateway.setBars('k2', iccids, true)).toHaveLength(1_001);
    expect(await operator.gateway.activate('k1', iccids)).toEqual(answers);
    const status = await operator.gateway.simStatus(iccids);
    expect(status.every((sim) => sim.status === 'barred')).toBe(true);
    // After a crash there may be fewer left to ask about: that is another request.
    expect(await operator.gateway.activate('k1', iccids.slice(1))).toHaveLength(iccids.length - 1);
  });

  test('need no request when the list is empty', async () => {
    operator.sandbox.behave('3uk', { failureRate: 1 });
    expect(await operator.gateway.activate('k1', [])).toEqual([]);
    expect(await operator.gateway.simStatus([])).toEqual([]);
  });

  test('of an operator that repeats itself are answered once each', async () => {
    const iccids = await delivered(3);
    operator.sandbox.behave('3uk', { duplicateAnswers: true });
    const answers = await operator.gateway.activate('k1', iccids);
    expect(answers.map(({ iccid }) => iccid).sort()).toEqual([...iccids].sort());
    expect(operator.logged).toEqual([]);
  });
});

describe('an operator that fails', () => {
  test('sometimes is retried until it answers', async () => {
    operator.sandbox.behave('3uk', { failureRate: 0.5 });
    draws = [0.1, 0.9, 0.1, 0.9, 0.9];
    expect(await operator.gateway.submitOrder(anOrder())).toMatchObject({ outcome: 'accepted' });
  });

  test('after it has acted is retried without acting twice', async () => {
    const iccids = await delivered(2);
    operator.sandbox.behave('3uk', { failureRate: 0.5, activationDelayDays: 1 });
    draws = [0.1, 0.1, 0.9];
    expect(await operator.gateway.activate('k1', iccids)).toMatchObject([{ status: 'pending' }, { status: 'pending' }]);
    draws = [0.1, 0.1, 0.9];
    expect(await operator.gateway.submitOrder(anOrder('ord_2'))).toMatchObject({ outcome: 'accepted' });
    draws = [0.1, 0.1, 0.9];
    expect(await operator.gateway.cancelOrder({ id: 'ord_2' })).toEqual({ outcome: 'cancelled' });
  });

  test('always is unavailable after three attempts', async () => {
    operator.sandbox.behave('3uk', { failureRate: 1 });
    await expect(operator.gateway.submitOrder(anOrder())).rejects.toMatchObject({
      name: 'OperatorUnavailable',
      message: '3uk: PUT /orders/ord_1: answered 503 (Too many requests: retry), after 3 attempts',
    });
  });

  test('to answer is unavailable after the time limit of all attempts', async () => {
    const stalled = await gatewayToSandbox({}, { timeoutMs: 60 });
    stalled.sandbox.behave('3uk', { stall: true });
    const start = performance.now();
    await expect(stalled.gateway.orderStatus({ id: 'ord_1' })).rejects.toThrow(/timed out, after 3 attempts/);
    expect(performance.now() - start).toBeGreaterThanOrEqual(170);
    await stalled.sandbox.stop();
  });

  test('to answer has the time-out of OPERATOR_TIMEOUT_MS', async () => {
    process.env.OPERATOR_TIMEOUT_MS = '20';
    try {
      const stalled = await gatewayToSandbox();
      stalled.sandbox.behave('3uk', { stall: true });
      const start = performance.now();
      await expect(stalled.gateway.orderStatus({ id: 'ord_1' })).rejects.toThrow(/timed out, after 3 attempts/);
      // Without it, each try has two seconds.
      expect(performance.now() - start).toBeLessThan(4_000);
      await stalled.sandbox.stop();
      process.env.OPERATOR_TIMEOUT_MS = 'two seconds';
      expect(() => operatorGateways({ configuration: async () => ({}), logger: { warn() {} } })).toThrow(
        /milliseconds/,
      );
    } finally {
      delete process.env.OPERATOR_TIMEOUT_MS;
    }
  });

  test('to accept connections is unavailable', async () => {
    const gone = await gatewayToSandbox();
    await gone.sandbox.stop();
    await expect(gone.gateway.orderStatus({ id: 'ord_1' })).rejects.toThrow(/no connection, after 3 attempts/);
  });

  test('that is not configured is unavailable', async () => {
    await expect(operator.gateways('orange').orderStatus({ id: 'ord_1' })).rejects.toMatchObject({
      name: 'OperatorUnavailable',
      message: expect.stringContaining('not configured'),
    });
  });

  test('because of a wrong key is unavailable immediately, and the key is not revealed', async () => {
    const locked = await gatewayToSandbox({ apiKey: 'another-key' });
    const error = await locked.gateway.orderStatus({ id: 'ord_1' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'OperatorUnavailable', message: expect.stringContaining('answered 401') });
    await locked.sandbox.stop();
  });
});

describe('the usage of SIMs', () => {
  test('is read page by page from a cursor, in UTC, until the cursor repeats', async () => {
    const [iccid = ''] = await delivered(50);
    for (let bytes = 1; bytes <= 501; bytes += 1) {
      operator.sandbox.recordUsage('3uk', { iccid, bytes, at: '2025-09-10T02:00:00+02:00', network: '26201' });
    }
    const first = await operator.gateway.usageSince();
    expect(first.records).toHaveLength(500);
    const second = await operator.gateway.usageSince(first.nextCursor);
    expect(second.records).toEqual([
      { recordId: expect.any(String), iccid, bytes: 501, at: '2025-09-10T00:00:00.000Z', network: '26201' },
    ]);
    expect(await operator.gateway.usageSince(second.nextCursor)).toEqual({
      records: [],
      unreadable: [],
      nextCursor: second.nextCursor,
    });
    expect(new Set([...first.records, ...second.records].map(({ recordId }) => recordId)).size).toBe(501);
  });

  test('cannot be read as totals', async () => {
    const totals = operator.gateway.usageTotals(['8944200000000000017'], '2026-03-01', '2026-03-02');
    await expect(totals).rejects.toThrow(OperatorUnavailable);
    expect(operator.calls).toEqual([]);
  });
});

describe('the report of a call', () => {
  test('has its operator, its duration and its result', async () => {
    await operator.gateway.submitOrder(anOrder());
    await expect(operator.gateway.orderStatus({ id: 'ord_9' })).rejects.toThrow();
    expect(operator.calls).toEqual([
      { operatorId: '3uk', ms: expect.any(Number), answered: true },
      { operatorId: '3uk', ms: expect.any(Number), answered: false },
    ]);
  });

  test('does not exist when the operator is not configured, so that no alarm fires', async () => {
    await expect(operator.gateways('orange').orderStatus({ id: 'ord_1' })).rejects.toThrow(/not configured/);
    expect(operator.calls).toEqual([]);
  });
});
