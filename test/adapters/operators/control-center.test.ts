import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { controlCenterGateway } from '../../../adapters/operators/control-center/control-center-gateway.ts';
import type { OperatorRequest, Transport } from '../../../adapters/operators/transport.ts';
import { withCheckDigit } from '../../../domain/iccid.ts';
import { OperatorBusy, OperatorUnavailable } from '../../../domain/operator-port.ts';
import { anOrder, type GatewayToSandbox, gatewayToSandbox, gatewayToScript } from './operators-under-test.ts';

let operator: GatewayToSandbox;
let draws: number[];

beforeEach(async () => {
  draws = [];
  operator = await gatewayToSandbox({ kind: 'control-center', random: () => draws.shift() ?? 0.999 });
});
afterEach(() => operator.sandbox.stop());

function shippedIccids(quantity: number): string[] {
  const { body } = operator.sandbox.shipSims('3uk', quantity);
  return String(body)
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',')[0] ?? '');
}

const all = (iccids: readonly string[], status: string) => iccids.map((iccid) => ({ iccid, status }));

describe('a change of SIMs at an operator on Control Center', () => {
  test('is made at once, one SIM a call, and may be requested again', async () => {
    const iccids = shippedIccids(3);
    const { gateway } = operator;
    expect(await gateway.simStatus(iccids)).toEqual(all(iccids, 'barred'));
    for (const _attempt of [1, 2]) {
      expect(await gateway.activate('k1', iccids)).toEqual(all(iccids, 'active'));
    }
    for (const _attempt of [1, 2]) {
      expect(await gateway.setBars('k2', iccids, true)).toEqual(all(iccids, 'barred'));
    }
    expect(await gateway.setBars('k3', iccids, false)).toEqual(all(iccids, 'active'));
    for (const _attempt of [1, 2]) {
      expect(await gateway.terminate('k4', iccids)).toEqual(all(iccids, 'terminated'));
    }
    expect(await gateway.simStatus(iccids)).toEqual(all(iccids, 'terminated'));
    expect(operator.calls).toHaveLength(8 * 3 + 3);
  });

  test('is pending when the operator schedules it, and keeps its time when it is requested again', async () => {
    const iccids = shippedIccids(2);
    operator.sandbox.behave('3uk', { activationDelayDays: 1 });
    expect(await operator.gateway.activate('k1', iccids)).toEqual(all(iccids, 'pending'));
    expect(await operator.gateway.simStatus(iccids)).toEqual(all(iccids, 'barred'));
    operator.clock.pass(0.6);
    expect(await operator.gateway.activate('k2', iccids)).toEqual(all(iccids, 'pending'));
    operator.clock.pass(0.6);
    expect(await operator.gateway.simStatus(iccids)).toEqual(all(iccids, 'active'));
  });

  test('is refused for a SIM with the operator’s reason, and for a SIM that the operator does not know', async () => {
    const [refused = '', other = ''] = shippedIccids(2);
    const foreign = withCheckDigit('894420000099999999');
    operator.sandbox.behave('3uk', { refuseActivation: [refused] });
    expect(await operator.gateway.activate('k1', [refused, other, foreign])).toEqual([
      { iccid: refused, status: 'refused', reason: 'The SIM cannot change its status' },
      { iccid: other, status: 'active' },
      { iccid: foreign, status: 'refused', reason: 'Resource not found - Invalid ICCID' },
    ]);
    expect(await operator.gateway.simStatus([refused, other, foreign])).toEqual([
      { iccid: refused, status: 'barred' },
      { iccid: other, status: 'active' },
    ]);
  });

  test('is refused after a delay when it is requested again', async () => {
    const iccids = shippedIccids(1);
    await operator.gateway.activate('k1', iccids);
    operator.sandbox.behave('3uk', { changeDelayDays: 1, refuseChanges: iccids });
    expect(await operator.gateway.setBars('k2', iccids, true)).toEqual(all(iccids, 'pending'));
    operator.clock.pass(2);
    expect(await operator.gateway.simStatus(iccids)).toEqual(all(iccids, 'active'));
    expect(await operator.gateway.setBars('k3', iccids, true)).toMatchObject([{ status: 'refused' }]);
  });

  test('of a SIM that has ended is refused', async () => {
    const iccids = shippedIccids(1);
    await operator.gateway.terminate('k1', iccids);
    expect(await operator.gateway.activate('k2', iccids)).toEqual([
      { iccid: iccids[0], status: 'refused', reason: 'A SIM that is RETIRED cannot become ACTIVATED' },
    ]);
  });
});

describe('the status of many SIMs at an operator on Control Center', () => {
  test('comes from the list of changes, in a call for 50 SIMs', async () => {
    shippedIccids(120);
    operator.clock.pass(1);
    const iccids = shippedIccids(120);
    operator.clock.pass(1);
    const since = operator.clock.now();
    await operator.gateway.activate('k1', iccids);
    operator.calls.splice(0);
    expect(await operator.gateway.simStatus(iccids, { since })).toEqual(all(iccids, 'active'));
    expect(operator.calls).toHaveLength(3);
  });

  test('is left out for those that have not changed', async () => {
    const iccids = shippedIccids(60);
    operator.clock.pass(1);
    const since = operator.clock.now();
    await operator.gateway.activate('k1', iccids.slice(0, 55));
    operator.calls.splice(0);
    expect(await operator.gateway.simStatus(iccids, { since })).toEqual(all(iccids.slice(0, 55), 'active'));
    expect(operator.calls).toHaveLength(2);
  });

  test('is read one by one when the list is long, and they are few', async () => {
    const since = operator.clock.now();
    operator.clock.pass(1);
    const others = shippedIccids(1_000);
    operator.clock.pass(1);
    const iccids = shippedIccids(20);
    await operator.gateway.activate('k1', iccids);
    operator.calls.splice(0);
    expect(others).toHaveLength(1_000);
    expect(await operator.gateway.simStatus(iccids, { since })).toEqual(all(iccids, 'active'));
    expect(operator.calls).toHaveLength(4 + 20);
  });

  test('is read one by one when the operator does not list changes that old', async () => {
    const iccids = shippedIccids(51);
    const since = operator.clock.now();
    operator.clock.pass(400);
    expect(await operator.gateway.simStatus(iccids, { since })).toEqual(all(iccids, 'barred'));
    expect(operator.calls).toHaveLength(1 + 51);
  });

  test('does not come from a page that the operator repeats', async () => {
    const iccids = shippedIccids(130);
    const since = operator.clock.now();
    operator.clock.pass(1);
    await operator.gateway.activate('k1', iccids);
    operator.sandbox.behave('3uk', { duplicateAnswers: true });
    operator.calls.splice(0);
    const answers = await operator.gateway.simStatus(iccids, { since });
    // The second page repeated the first, which ends the list.
    expect(answers).toEqual(expect.arrayContaining(all(iccids.slice(0, 50), 'active')));
    expect(answers).toHaveLength(50);
    expect(operator.calls).toHaveLength(2);
    expect(await operator.gateway.simStatus(iccids, { since })).toHaveLength(130);
  });
});

describe('the usage of SIMs at an operator on Control Center', () => {
  const onDay = (day: number, iccid: string, bytes: number) =>
    operator.sandbox.recordUsage('3uk', { iccid, bytes, at: `2025-09-0${day}T10:00:00Z` });

  test('is read as a total of each day, and in one call for a SIM without usage', async () => {
    const [iccid = '', unused = ''] = shippedIccids(2);
    operator.clock.set('2025-09-10T12:00:00Z');
    for (const [day, bytes] of [
      [5, 1],
      [7, 10],
      [7, 100],
      [8, 1000],
    ] as const) {
      onDay(day, iccid, bytes);
    }
    expect(await operator.gateway.usageTotals([iccid, unused, iccid], '2025-09-06', '2025-09-08')).toEqual([
      { iccid, day: '2025-09-06', bytes: 0 },
      { iccid, day: '2025-09-07', bytes: 110 },
      { iccid, day: '2025-09-08', bytes: 1000 },
      { iccid: unused, day: '2025-09-06', bytes: 0 },
      { iccid: unused, day: '2025-09-07', bytes: 0 },
      { iccid: unused, day: '2025-09-08', bytes: 0 },
    ]);
    expect(operator.calls).toHaveLength(1 + 3 + 1);
    operator.sandbox.behave('3uk', { shrinkTotals: 0.25 });
    expect(await operator.gateway.usageTotals([iccid], '2025-09-08', '2025-09-08')).toEqual([
      { iccid, day: '2025-09-08', bytes: 750 },
    ]);
  });

  test('of a SIM that the operator does not know is left out', async () => {
    const [iccid = ''] = shippedIccids(1);
    const foreign = withCheckDigit('894420000099999999');
    const totals = await operator.gateway.usageTotals([foreign, iccid], '2025-09-06', '2025-09-06');
    expect(totals).toEqual([{ iccid, day: '2025-09-06', bytes: 0 }]);
  });

  test('has the SIMs that were answered before the operator took no further calls', async () => {
    const [first = '', second = ''] = shippedIccids(2);
    let calls = 0;
    const transport: Transport = {
      // Safe: the operator answers about usage alone.
      call: async <T>({ path, expected }: OperatorRequest<T>) => {
        calls += 1;
        if (calls > 3) {
          throw new OperatorBusy('not now');
        }
        const iccid = path.split('/')[2];
        return expected[200]?.parse({ iccid, dataUsage: calls }) as T;
      },
      width: 1,
      connection: () => Promise.reject(new Error('not needed')),
      logLeftOut: async () => undefined,
    };
    const totals = await controlCenterGateway(transport).usageTotals([first, second], '2025-09-07', '2025-09-08');
    expect(totals).toEqual([
      { iccid: first, day: '2025-09-07', bytes: 2 },
      { iccid: first, day: '2025-09-08', bytes: 3 },
    ]);
  });

  test('is incomplete without any of the answers', async () => {
    const [iccid = '', other = ''] = shippedIccids(2);
    operator.sandbox.behave('3uk', { failureRate: 0.5 });
    // The first SIM is answered, all three attempts for the second one fail.
    draws = [0.9, 0, 0.9, 0, 0.9, 0, 0.9];
    const asked = operator.gateway.usageTotals([iccid, other], '2025-09-08', '2025-09-08');
    await expect(asked).rejects.toMatchObject({ name: 'OperatorUnavailable' });
  });
});

describe('calls of an operator on Control Center', () => {
  test('that come too fast are answered with 400, and wait for the next second', async () => {
    const iccids = shippedIccids(5);
    operator.sandbox.behave('3uk', { requestsPerSecond: 2 });
    expect(await operator.gateway.activate('k1', iccids)).toEqual(all(iccids, 'active'));
  });

  test('that come while another one is in progress are answered with 400, and wait', async () => {
    const iccids = shippedIccids(2);
    operator.sandbox.behave('3uk', { concurrentCalls: 1, latencyMs: 50 });
    const answers = await Promise.all(iccids.map((iccid) => operator.gateway.activate('k1', [iccid])));
    expect(answers.flat()).toEqual(all(iccids, 'active'));
  });

  test('are repeated after a fault and after an HTML page, and the change counts once', async () => {
    const iccids = shippedIccids(1);
    operator.sandbox.behave('3uk', { failureRate: 0.5 });
    // The first call takes effect and fails, the second is an HTML page, the third finds the SIM changed.
    draws = [0, 0, 0, 0.9, 0.999];
    expect(await operator.gateway.activate('k1', iccids)).toEqual(all(iccids, 'active'));
  });

  test('never place orders', async () => {
    const { gateway } = operator;
    const order = { id: 'ord_1' } as const;
    for (const call of [
      gateway.submitOrder(anOrder()),
      gateway.ordersSince(new Date(), []),
      gateway.orderStatus(order),
      gateway.cancelOrder(order),
      gateway.deliveredSims(order, 'required'),
    ]) {
      await expect(call).rejects.toThrow('Control Center takes no orders');
    }
    expect(operator.calls).toEqual([]);
  });
});

describe('the data session of a SIM', () => {
  test('lasts since it began, and has ended since then', async () => {
    const [iccid = ''] = shippedIccids(1);
    expect(await operator.gateway.dataSession(iccid)).toEqual({ status: 'unknown' });
    operator.sandbox.changeSim('3uk', iccid, { connected: true, network: 'Vodafone', ip: '10.1.2.3' });
    const since = operator.clock.now().toISOString();
    expect(await operator.gateway.dataSession(iccid)).toEqual({
      status: 'connected',
      since,
      network: 'Vodafone',
      ip: '10.1.2.3',
    });
    operator.clock.pass(1);
    operator.sandbox.changeSim('3uk', iccid, { connected: false });
    expect(await operator.gateway.dataSession(iccid)).toEqual({
      status: 'disconnected',
      since: operator.clock.now().toISOString(),
    });
  });

  test('is not reported when a time of it cannot be read', async () => {
    const iccid = '8944200000000000017';
    const body = { iccid, ipAddress: null, dateSessionStarted: 'yesterday', dateSessionEnded: null };
    const script = await gatewayToScript([{ body }], {}, { kind: 'control-center' });
    await expect(script.gateway.dataSession(iccid)).rejects.toBeInstanceOf(OperatorUnavailable);
    await script.stop();
  });

  test('of a SIM that the operator does not know does not exist', async () => {
    expect(await operator.gateway.dataSession('8944200000000000017')).toBeUndefined();
  });
});
