import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withCheckDigit } from '../../domain/iccid.ts';
import {
  deliveredIccids,
  deliveryAddress,
  type SandboxOnAFakeClock,
  sandboxOnAFakeClock,
} from './sandbox-on-a-fake-clock.ts';

let operator: SandboxOnAFakeClock;
let iccids: string[];
let batches = 0;

beforeEach(async () => {
  operator = await sandboxOnAFakeClock();
  iccids = await deliveredIccids(operator, '3uk', 3);
});
afterEach(() => operator.sandbox.stop());

async function post(path: string, body: object, key = `batch-${++batches}`) {
  const said = await operator.ask('3uk', 'POST', path, body, { 'idempotency-key': key });
  return said.body.sims;
}
const activate = (some = iccids, key?: string) => post('/sims/activations', { iccids: some }, key);
const bar = (barred: boolean, some = iccids) => post('/sims/bars', { iccids: some, barred });
const terminate = (some = iccids) => post('/sims/terminations', { iccids: some });
const status = (some = iccids) => post('/sims/status', { iccids: some });
const all = (state: string) => iccids.map((iccid) => ({ iccid, status: state }));

describe('a SIM at the sandbox operator', () => {
  test('is delivered barred, and becomes active on request', async () => {
    expect(await status()).toEqual(all('barred'));
    expect(await activate()).toEqual(all('active'));
    expect(await status()).toEqual(all('active'));
    expect(await activate()).toEqual(all('active'));
  });

  test('becomes active late when the operator is slow', async () => {
    operator.sandbox.behave('3uk', { activationDelayDays: 2 });
    expect(await activate()).toEqual(all('pending'));
    operator.clock.pass(1.9);
    expect(await activate()).toEqual(all('pending'));
    expect(await status()).toEqual(all('pending'));
    operator.clock.pass(0.2);
    expect(await status()).toEqual(all('active'));
  });

  test('is refused while it is listed as refused, and can be requested again', async () => {
    const [first = '', second = ''] = iccids;
    operator.sandbox.behave('3uk', { refuseActivation: [first] });
    const refused = { iccid: first, status: 'refused', reason: expect.any(String) };
    expect(await activate([first, second])).toEqual([refused, { iccid: second, status: 'active' }]);
    expect(await status([first])).toEqual([refused]);
    operator.sandbox.behave('3uk', {});
    expect(await activate([first])).toEqual([{ iccid: first, status: 'active' }]);
  });

  test('is barred and unbarred immediately', async () => {
    await activate();
    expect(await bar(true)).toEqual(all('barred'));
    expect(await status()).toEqual(all('barred'));
    expect(await bar(false)).toEqual(all('active'));
    expect(await status()).toEqual(all('active'));
  });

  test('is terminated permanently', async () => {
    await activate();
    expect(await terminate()).toEqual(all('terminated'));
    expect(await terminate()).toEqual(all('terminated'));
    const refused = iccids.map((iccid) => ({ iccid, status: 'refused', reason: 'The subscription is terminated' }));
    expect(await activate()).toEqual(refused);
    expect(await bar(false)).toEqual(refused);
    expect(await status()).toEqual(all('terminated'));
  });

  test('that was never delivered is left out of the status, and refused otherwise', async () => {
    const strange = withCheckDigit('894420000000000000');
    const refused = [{ iccid: strange, status: 'refused', reason: 'Not a SIM of this account' }];
    expect(await status([strange, ...iccids])).toEqual(all('barred'));
    expect(await activate([strange])).toEqual(refused);
    expect(await bar(true, [strange])).toEqual(refused);
    expect(await terminate([strange])).toEqual(refused);
  });
});

describe('a batch', () => {
  test('with the key and the body of an earlier one gets the first answer again', async () => {
    const [first = ''] = iccids;
    operator.sandbox.behave('3uk', { refuseActivation: [first], activationDelayDays: 1 });
    const answer = await activate(iccids, 'one-key');
    operator.sandbox.behave('3uk', {});
    operator.clock.pass(5);
    expect(await activate(iccids, 'one-key')).toEqual(answer);
    expect(await status([first])).toMatchObject([{ status: 'refused' }]);
  });

  test('with the key of an earlier one and another body is refused', async () => {
    await activate(iccids, 'one-key');
    const other = { iccids: iccids.slice(1) };
    const said = await operator.ask('3uk', 'POST', '/sims/activations', other, { 'idempotency-key': 'one-key' });
    expect(said).toMatchObject({ status: 422, body: { code: 'key_used' } });
    const elsewhere = await operator.ask(
      '3uk',
      'POST',
      '/sims/terminations',
      { iccids },
      { 'idempotency-key': 'one-key' },
    );
    expect(elsewhere.status).toBe(422);
    expect(await status()).toEqual(all('active'));
  });

  test('needs a key, and 1 to 500 ICCIDs', async () => {
    expect((await operator.ask('3uk', 'POST', '/sims/activations', { iccids })).status).toBe(400);
    for (const wrong of [[], Array.from({ length: 501 }, () => iccids[0])]) {
      const said = await operator.ask(
        '3uk',
        'POST',
        '/sims/activations',
        { iccids: wrong },
        { 'idempotency-key': 'k' },
      );
      expect(said.status).toBe(422);
    }
  });

  test('of 500 among 100,000 SIMs is answered quickly', async () => {
    operator.sandbox.behave('3uk', { leadTimeDays: 0 });
    await operator.ask('3uk', 'PUT', '/orders/ord_fleet', { quantity: 100_000, deliveryAddress });
    const { body } = await operator.ask('3uk', 'GET', '/orders/ord_fleet/sims?limit=500&cursor=99500');
    // A delivered order's page: see sandbox/README.md.
    const fleet = (body.sims as { iccid: string }[]).map(({ iccid }) => iccid);
    // In time of the processor: what else the machine does is no matter.
    const start = process.cpuUsage();
    expect(await activate(fleet)).toHaveLength(500);
    expect(await status(fleet)).toHaveLength(500);
    const { user, system } = process.cpuUsage(start);
    expect(user + system).toBeLessThan(2_000_000);
  });
});

describe('the usage of SIMs', () => {
  test('is reported from a cursor on, and later usage follows it', async () => {
    const [iccid = ''] = iccids;
    operator.sandbox.recordUsage('3uk', { iccid, bytes: 10 });
    operator.sandbox.recordUsage('3uk', { iccid, bytes: 20, at: '2025-09-10T00:00:00Z', network: '26201' });
    const first = await operator.ask('3uk', 'GET', '/usage?limit=1');
    expect(first.body).toEqual({
      records: [{ recordId: '3uk-0', iccid, bytes: 10, at: operator.clock.now().toISOString(), network: '23420' }],
      nextCursor: '1',
    });
    const second = await operator.ask('3uk', 'GET', '/usage?cursor=1');
    expect(second.body.records).toEqual([
      { recordId: '3uk-1', iccid, bytes: 20, at: '2025-09-10T00:00:00Z', network: '26201' },
    ]);
    const third = await operator.ask('3uk', 'GET', `/usage?cursor=${second.body.nextCursor}`);
    expect(third.body).toEqual({ records: [], nextCursor: '2' });
  });

  test('is reported twice, reordered and with the same ids by an operator that repeats itself', async () => {
    const [iccid = ''] = iccids;
    for (let bytes = 1; bytes <= 30; bytes += 1) {
      operator.sandbox.recordUsage('3uk', { iccid, bytes });
    }
    operator.sandbox.behave('3uk', { duplicateAnswers: true });
    const received: { recordId: string; bytes: number }[] = [];
    for (let cursor = '0', before = ''; cursor !== before; ) {
      const answer = await operator.ask('3uk', 'GET', `/usage?limit=10&cursor=${cursor}`);
      // Safe: what is expected below says whether it is so.
      const body = answer.body as { records: typeof received; nextCursor: string };
      received.push(...body.records);
      before = cursor;
      cursor = body.nextCursor;
    }
    expect(received.length).toBeGreaterThan(30);
    const byId = new Map(received.map(({ recordId, bytes }) => [recordId, bytes]));
    expect([...byId.values()].sort((one, other) => one - other)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    expect(received.every(({ recordId, bytes }) => byId.get(recordId) === bytes)).toBe(true);
  });

  test('is refused when it is invalid', () => {
    expect(() => operator.sandbox.recordUsage('3uk', { iccid: 'x', bytes: 1 })).toThrow();
    expect(() => operator.sandbox.recordUsage('4UK', { iccid: iccids[0] ?? '', bytes: 1 })).toThrow(/4UK/);
  });
});
