import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withCheckDigit } from '../../domain/iccid.ts';
import { booksFrom, emptyBooks, savedFrom } from '../../sandbox/store.ts';
import { API_KEY, type SandboxOnAFakeClock, sandboxOnAFakeClock } from './sandbox-on-a-fake-clock.ts';

let operator: SandboxOnAFakeClock;
beforeEach(async () => {
  operator = await sandboxOnAFakeClock();
});
afterEach(() => operator.sandbox.stop());

const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`sandbox:${password}`).toString('base64')}`,
});
const ask = async (method: string, path: string, body?: unknown) => {
  const { status, body: answer } = await operator.ask('3uk', method, path, body, basic(API_KEY));
  return { status, ...answer };
};

/** SIMs that were ordered by hand, from the list that the operator sends. */
function shipped(quantity: number): string[] {
  const { status, body } = operator.sandbox.shipSims('3uk', quantity);
  expect(status).toBe(201);
  const [header, ...lines] = String(body).trim().split('\r\n');
  expect(header).toBe('iccid,imsi,msisdn');
  return lines.map((line) => line.split(',')[0] ?? '');
}

const sinceNow = () => encodeURIComponent(`${operator.clock.now().toISOString().slice(0, 19)}+00:00`);

describe('a SIM in the protocol of Control Center', () => {
  test('is delivered ready to be activated, with its numbers', async () => {
    const [iccid = ''] = shipped(1);
    expect(await ask('GET', `/devices/${iccid}`)).toMatchObject({
      status: 'ACTIVATION_READY',
      iccid,
      imsi: expect.stringMatching(/^23420\d{10}$/),
      msisdn: expect.stringMatching(/^447\d{10}$/),
      dateActivated: null,
    });
    const foreign = withCheckDigit('894420000099999999');
    expect(await ask('GET', `/devices/${foreign}`)).toMatchObject({ status: 404, errorCode: '20000001' });
  });

  test.each<[string, object, string]>([
    ['an unknown parameter', { state: 'ACTIVATED' }, '10000028'],
    ['an unknown status', { status: 'HAPPY' }, '10000005'],
    ['a status that only the operator gives', { status: 'PURGED' }, '10000005'],
    ['the status that it has', { status: 'ACTIVATED' }, '10030000'],
    ['a status from before its activation', { status: 'TEST_READY' }, '10000029'],
    ['no JSON object', [], '10000023'],
    ['nothing', {}, '10000003'],
  ])('that is active cannot be given %s', async (_what, body, errorCode) => {
    const [iccid = ''] = shipped(1);
    expect(await ask('PUT', `/devices/${iccid}`, { status: 'ACTIVATED', ratePlan: 'A' })).toEqual({
      status: 200,
      iccid,
    });
    expect(await ask('PUT', `/devices/${iccid}`, body)).toMatchObject({ status: 400, errorCode });
    expect(await ask('GET', `/devices/${iccid}`)).toMatchObject({ status: 'ACTIVATED' });
  });

  test('that has ended stays so', async () => {
    const [iccid = ''] = shipped(1);
    expect(await ask('PUT', `/devices/${iccid}`, { status: 'RETIRED' })).toMatchObject({ status: 200 });
    expect(await ask('PUT', `/devices/${iccid}`, { status: 'ACTIVATED' })).toMatchObject({ errorCode: '10000029' });
  });

  test('reports its usage in sums, of a month and of days', async () => {
    const [iccid = '', other = ''] = shipped(2);
    operator.clock.set('2025-09-10T12:00:00Z');
    for (const [sim, bytes, at] of [
      [iccid, 1, '2025-08-31T23:00:00Z'],
      [iccid, 10, '2025-09-08T00:00:00Z'],
      [iccid, 100, '2025-09-09T23:59:59Z'],
      [other, 1000, '2025-09-09T10:00:00Z'],
    ] as const) {
      operator.sandbox.recordUsage('3uk', { iccid: sim, bytes, at });
    }
    expect(await ask('GET', `/devices/${iccid}/ctdUsages`)).toMatchObject({ ctdDataUsage: 110 });
    const usage = (from: string, to: string) => ask('GET', `/devices/${iccid}/usage?startDate=${from}&endDate=${to}`);
    expect(await usage('20250909', '20250909')).toMatchObject({ iccid, dataUsage: 100 });
    expect(await usage('20250831', '20250909')).toMatchObject({ dataUsage: 111 });
    expect(await usage('20250801', '20250909')).toMatchObject({ status: 400 });
  });

  test('is changed by the operator itself, in every protocol', async () => {
    const [iccid = '', untouched = ''] = shipped(2);
    const change = { status: 'active', msisdn: '+447700900123', imei: '356938035643809', ip: '10.0.0.7' } as const;
    expect(operator.sandbox.changeSim('3uk', iccid, change)).toBe(true);
    expect(await ask('GET', `/devices/${iccid}`)).toMatchObject({
      status: 'ACTIVATED',
      msisdn: '447700900123',
      imei: '356938035643809',
    });
    expect(await ask('GET', `/devices/${iccid}/sessionInfo`)).toMatchObject({ ipAddress: '10.0.0.7' });
    const { body } = await operator.ask('3uk', 'POST', '/sims/status', { iccids: [iccid, untouched] });
    expect(body).toEqual({
      sims: [
        { iccid, status: 'active' },
        { iccid: untouched, status: 'barred' },
      ],
    });
    operator.sandbox.changeSim('3uk', iccid, { connected: false });
    expect(await ask('GET', `/devices/${iccid}/sessionInfo`)).toMatchObject({ ipAddress: null });
    expect(operator.sandbox.changeSim('3uk', withCheckDigit('894420000099999999'), change)).toBe(false);
  });
});

describe('the list of changes in the protocol of Control Center', () => {
  test('has the oldest change first, in pages of at most 50', async () => {
    const since = sinceNow();
    operator.clock.pass(1);
    const iccids = shipped(60);
    operator.clock.pass(1);
    const [first = ''] = iccids;
    await ask('PUT', `/devices/${first}`, { status: 'ACTIVATED' });
    const one = await ask('GET', `/devices?modifiedSince=${since}&pageNumber=1`);
    expect(one).toMatchObject({ pageNumber: 1, lastPage: false, devices: { length: 50 } });
    const two = await ask('GET', `/devices?modifiedSince=${since}&pageNumber=2`);
    expect(two).toMatchObject({ pageNumber: 2, lastPage: true, devices: { length: 10 } });
    expect(JSON.stringify(two)).toContain(`{"iccid":"${first}","status":"ACTIVATED"`);
    expect(await ask('GET', `/devices?modifiedSince=${sinceNow()}`)).toMatchObject({ devices: [{ iccid: first }] });
    const ready = await ask('GET', `/devices?modifiedSince=${since}&status=ACTIVATION_READY&pageSize=10&pageNumber=6`);
    expect(ready).toMatchObject({ lastPage: true, devices: { length: 9 } });
  });

  test.each([
    ['no time', '', '10000003'],
    ['a time more than a year ago', '?modifiedSince=2024-09-01T00:00:00%2B00:00', '10000045'],
    ['a time to come', '?modifiedSince=2025-10-01T00:00:00%2B00:00', '10002119'],
    ['an unknown parameter', '?modifiedSince=2025-09-01T00:00:00%2B00:00&since=1', '10000028'],
  ])('cannot be asked for with %s', async (_what, query, errorCode) => {
    expect(await ask('GET', `/devices${query}`)).toMatchObject({ status: 400, errorCode });
  });
});

describe('an operator on Control Center', () => {
  test('refuses other credentials', async () => {
    const answer = await operator.ask('3uk', 'GET', '/devices/1', undefined, basic('other'));
    expect(answer).toMatchObject({ status: 401, body: { errorCode: '10000001' } });
    expect(await operator.ask('3uk', 'GET', '/devices/1')).toMatchObject({ status: 401 });
  });

  test('answers more calls than its limits allow with 400', async () => {
    const [iccid = ''] = shipped(1);
    operator.sandbox.behave('3uk', { concurrentCalls: 1, latencyMs: 30 });
    const answers = await Promise.all([1, 2, 3].map(() => ask('GET', `/devices/${iccid}`)));
    expect(answers.filter((answer) => 'errorCode' in answer)).toEqual(
      Array(2).fill({ status: 400, errorCode: '40000029', errorMessage: 'Rate limit exceeded' }),
    );
    operator.sandbox.behave('3uk', { requestsPerMinute: 1 });
    await ask('GET', `/devices/${iccid}`);
    expect(await ask('PUT', `/devices/${iccid}`, {})).toMatchObject({ status: 400, errorCode: '40000029' });
  });

  test('keeps its books between runs', async () => {
    const books = emptyBooks();
    books.devices.set('1', { iccid: '1', status: 'ACTIVATED', changedAt: 1, activatedAt: 1 });
    books.facts.set('1', { imei: '356938035643809' });
    const restored = booksFrom(JSON.parse(JSON.stringify(savedFrom(books))));
    expect([restored.devices, restored.facts]).toEqual([books.devices, books.facts]);
  });
});
