import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import type { OperatorGateway } from '../../../domain/operator-port.ts';
import type { CallPolicy } from '../../../domain/retry-policies.ts';
import {
  API_KEY,
  anOrder,
  type GatewayToScript,
  gatewayToScript,
  type ScriptedAnswer,
} from './operators-under-test.ts';

const iccid = withCheckDigit('894420000000000001');
const other = withCheckDigit('894420000000000002');
const sim = { iccid, imsi: '234200000000001' };
const accepted = { orderId: 'ord_1', operatorReference: 'R1', status: 'accepted', quantity: 50 };

const running: GatewayToScript[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((operator) => operator.stop()));
});

async function operatorSays(script: ScriptedAnswer[], policy: Partial<CallPolicy> = {}): Promise<GatewayToScript> {
  const operator = await gatewayToScript(script, policy);
  running.push(operator);
  return operator;
}

type Ask = (gateway: OperatorGateway) => Promise<unknown>;
const submit: Ask = (gateway) => gateway.submitOrder(anOrder());
const status: Ask = (gateway) => gateway.orderStatus({ id: 'ord_1' });
const cancel: Ask = (gateway) => gateway.cancelOrder({ id: 'ord_1' });
const list: Ask = (gateway) => gateway.deliveredSims({ id: 'ord_1' }, 'required');
const listOn: Ask = (gateway) => gateway.deliveredSims({ id: 'ord_1' }, 'required', 'here');
const activate: Ask = (gateway) => gateway.activate('k1', [iccid, other]);
const usage: Ask = (gateway) => gateway.usageSince('here');
const used = { recordId: 'r1', iccid, bytes: 1, at: '2026-03-02T10:30:00Z', network: '23420' };
const simStatus: Ask = (gateway) => gateway.simStatus([iccid, other]);

describe('an invalid answer', () => {
  const nonsense: [string, Ask, ScriptedAnswer][] = [
    ['no JSON', status, { body: '<html>Welcome</html>' }],
    ['nothing', status, { body: '' }],
    ['a list for an object', status, { body: [] }],
    ['about another order', status, { body: { ...accepted, orderId: 'ord_2' } }],
    ['an order status out of the words', status, { body: { ...accepted, status: 'shipped' } }],
    ['delivered without a number', status, { body: { ...accepted, status: 'delivered' } }],
    ['fewer SIMs than none', status, { body: { ...accepted, status: 'delivered', deliveredQuantity: -1 } }],
    ['an order without a reference', submit, { status: 201, body: { orderId: 'ord_1', status: 'accepted' } }],
    ['cancelled and yet not', cancel, { body: accepted }],
    ['a refusal without a reason', cancel, { status: 409, body: {} }],
    ['not found, by somebody else', cancel, { status: 404, body: 'no such page' }],
    ['a SIM that has no ICCID', list, { body: { sims: [{ ...sim, iccid: '8944200000000000000' }] } }],
    ['a SIM that has no IMSI', list, { body: { sims: [{ iccid }] } }],
    ['a SIM with two IMSIs', list, { body: { sims: [sim, { ...sim, imsi: '234200000000002' }] } }],
    ['the same cursor again', listOn, { body: { sims: [sim], nextCursor: 'here' } }],
    ['no list of SIMs', listOn, { body: { nextCursor: 'there' } }],
    ['usage without a cursor', usage, { body: { records: [used] } }],
    ['usage without a list of records', usage, { body: { records: used, nextCursor: '1' } }],
    ['no SIM of those that were asked for', activate, { body: { sims: [] } }],
    ['no list of SIM answers', activate, { body: { iccid, status: 'active' } }],
    [
      'a SIM that was not asked for',
      simStatus,
      { body: { sims: [{ iccid: withCheckDigit('894420000000000003'), status: 'active' }] } },
    ],
    ['a SIM status out of the words', simStatus, { body: { sims: [{ iccid, status: 'on' }] } }],
    [
      'a SIM in two states at once',
      simStatus,
      {
        body: {
          sims: [
            { iccid, status: 'active' },
            { iccid, status: 'barred' },
          ],
        },
      },
    ],
  ];

  test.each(nonsense)('(%s) is logged and retried, and never becomes data', async (_, ask, answer) => {
    const operator = await operatorSays([answer]);
    await expect(ask(operator.gateway)).rejects.toMatchObject({
      name: 'OperatorUnavailable',
      message: expect.stringMatching(/^3uk: .*invalid answer with \d{3}, after 3 attempts$/),
    });
    expect(operator.asked).toHaveLength(3);
    expect(operator.logged).toHaveLength(3);
    expect(operator.logged[0]).toEqual({
      message: 'invalid answer of an operator',
      fields: {
        operatorId: '3uk',
        method: operator.asked[0]?.method,
        path: operator.asked[0]?.path.replace('/operators/3uk', ''),
        status: expect.any(Number),
        issues: expect.arrayContaining([{ path: expect.any(String), message: expect.any(String) }]),
        body: expect.any(String),
      },
    });
  });

  test('is logged with the expected value', async () => {
    const operator = await operatorSays([{ body: { ...accepted, operatorReference: 7 } }]);
    await expect(status(operator.gateway)).rejects.toMatchObject({ name: 'OperatorUnavailable' });
    expect(operator.logged[0]?.fields.issues).toEqual([
      { path: 'operatorReference', message: 'Invalid input: expected string, received number' },
    ]);
  });

  test('is ignored when the next one is valid', async () => {
    const operator = await operatorSays([{ body: 'oops' }, { body: accepted }]);
    expect(await status(operator.gateway)).toEqual({ status: 'accepted' });
    expect(operator.logged).toHaveLength(1);
  });

  test('is logged with at most 500 characters and without the API key, even if it contains the key', async () => {
    const operator = await operatorSays([{ body: `${API_KEY} ${'x'.repeat(2_000)}` }]);
    const error = await status(operator.gateway).catch((thrown: unknown) => thrown);
    expect(String(operator.logged[0]?.fields.body).length).toBeLessThanOrEqual(501);
    expect(inspect([operator.logged, error], { depth: 10 })).not.toContain(API_KEY);
  });
});

describe('a delivered SIM', () => {
  test.each([
    ['a number without +', { msisdn: '447700900001' }, { msisdn: '+447700900001' }],
    ['a number with 00', { msisdn: '0033700000000001' }, { msisdn: '+33700000000001' }],
    ['a number as a number', { msisdn: 447700900001 }, { msisdn: '+447700900001' }],
    ['an empty number', { msisdn: '' }, {}],
    ['null for a number', { msisdn: null }, {}],
    ['an ICCID padded with F', { iccid: `${iccid}F` }, {}],
    ['a field that nobody knows', { pin: '1234' }, {}],
  ])('is read from %s', async (_, odd, read) => {
    const operator = await operatorSays([{ body: { sims: [{ ...sim, ...odd }] } }]);
    expect(await list(operator.gateway)).toEqual({ sims: [{ ...sim, ...read }], leftOut: [] });
  });

  test.each([
    ['a number of 16 digits', { msisdn: '+4477009000011234' }, /^msisdn: /],
    ['a number of letters', { msisdn: 'none' }, /^msisdn: /],
    ['a list for a number', { msisdn: ['+447700900001'] }, /^msisdn: /],
    ['no IMSI', { imsi: undefined }, /^imsi: /],
  ])('with %s is the only one left out, and is named', async (_, odd, problem) => {
    const operator = await operatorSays([
      {
        body: {
          sims: [
            { ...sim, ...odd },
            { ...sim, iccid: other },
          ],
        },
      },
    ]);
    expect(await list(operator.gateway)).toEqual({
      sims: [{ ...sim, iccid: other }],
      leftOut: [{ name: iccid, problem: expect.stringMatching(problem) }],
    });
  });

  test('that is missing or duplicated is the only one left out, on any page', async () => {
    const twice = [sim, { ...sim, imsi: '234200000000002' }];
    const operator = await operatorSays([{ body: { sims: [null, 'SIM', { imsi: sim.imsi }, ...twice] } }]);
    expect(await listOn(operator.gateway)).toEqual({
      sims: [],
      leftOut: [
        { name: 'entry 1', problem: expect.any(String) },
        { name: 'entry 2', problem: expect.any(String) },
        { name: 'entry 3', problem: expect.stringMatching(/^iccid: /) },
        { name: iccid, problem: 'listed with two IMSIs' },
      ],
    });
  });
});

describe('an invalid answer about one SIM', () => {
  const sound = { iccid: other, status: 'active' };

  test.each<[string, unknown[], { name: string; problem: unknown }]>([
    ['in a state out of the words', [{ iccid, status: 'on' }], { name: iccid, problem: /^status: / }],
    ['without a state', [{ iccid }], { name: iccid, problem: /^status: / }],
    ['with null for a reason', [{ iccid, status: 'refused', reason: null }], { name: iccid, problem: /^reason: / }],
    [
      'with a reason of a page',
      [{ iccid, status: 'refused', reason: 'x'.repeat(501) }],
      { name: iccid, problem: /^reason: / },
    ],
    [
      'in two states at once',
      [
        { iccid, status: 'active' },
        { iccid, status: 'barred' },
      ],
      { name: iccid, problem: /^contradicts an earlier entry$/ },
    ],
    [
      'readable, and again not',
      [
        { iccid, status: 'active' },
        { iccid, status: 'on' },
      ],
      { name: iccid, problem: /^status: / },
    ],
    ['that is none', [null], { name: 'entry 1', problem: /expected object/ }],
    [
      'that was not asked for',
      [{ iccid: withCheckDigit('894420000000000003'), status: 'active' }],
      { name: withCheckDigit('894420000000000003'), problem: /^iccid: not a SIM of the request$/ },
    ],
  ])('(%s) leaves only that SIM without an answer, and is logged by name', async (_, odd, { name, problem }) => {
    for (const ask of [simStatus, activate]) {
      const operator = await operatorSays([{ body: { sims: [...odd, sound] } }]);
      expect(await ask(operator.gateway)).toEqual([sound]);
      expect(operator.asked).toHaveLength(1);
      expect(operator.calls).toMatchObject([{ answered: true }]);
      expect(operator.logged).toEqual([
        {
          message: 'invalid answer of an operator about SIMs',
          fields: {
            operatorId: '3uk',
            path: operator.asked[0]?.path.replace('/operators/3uk', ''),
            count: expect.any(Number),
            sims: expect.arrayContaining([{ name, problem: expect.stringMatching(String(problem).slice(1, -1)) }]),
          },
        },
      ]);
    }
  });

  test('(a missing SIM) leaves it without an answer', async () => {
    const operator = await operatorSays([{ body: { sims: [sound] } }]);
    expect(await activate(operator.gateway)).toEqual([sound]);
    expect(operator.logged[0]?.fields).toMatchObject({ count: 1, sims: [{ name: iccid, problem: 'missing' }] });
    expect(await simStatus(operator.gateway)).toEqual([sound]);
    expect(operator.logged).toHaveLength(1);
  });

  test('is logged without the API key, for at most ten SIMs', async () => {
    const odd = Array.from({ length: 12 }, (_, place) => ({ iccid: `${place} ${API_KEY}`, status: API_KEY }));
    const operator = await operatorSays([{ body: { sims: [...odd, { iccid: API_KEY, status: 'on' }, sound] } }]);
    expect(await simStatus(operator.gateway)).toEqual([sound]);
    expect(operator.logged[0]?.fields).toMatchObject({ count: 13, sims: { length: 10 } });
    expect(inspect(operator.logged, { depth: 10 })).not.toContain(API_KEY);
  });
});

describe('an invalid usage record', () => {
  test.each([
    ['without an id', 'recordId', { recordId: undefined }],
    ['of no SIM', 'iccid', { iccid: 'SIM 1' }],
    ['less than nothing used', 'bytes', { bytes: -1 }],
    ['half a byte', 'bytes', { bytes: 0.5 }],
    ['bytes as text', 'bytes', { bytes: '1' }],
    ['at no time', 'at', { at: 'yesterday' }],
    ['in no network', 'network', { network: '' }],
    ['with more bytes than a link carries in a day', 'bytes', { bytes: 100_000_000_000_001 }],
    ['with the largest number there is', 'bytes', { bytes: 9_007_199_254_740_991 }],
    ['in a network that is none', 'network', { network: 'constructor' }],
  ])('(%s) is reported, and delays no other record', async (_, field, nonsense) => {
    const operator = await operatorSays([
      { body: { records: [{ ...used, ...nonsense }, used, null, { ...used, recordId: 'r2' }], nextCursor: '1' } },
    ]);
    const at = '2026-03-02T10:30:00.000Z';
    expect(await usage(operator.gateway)).toEqual({
      records: [
        { ...used, at },
        { ...used, at, recordId: 'r2' },
      ],
      unreadable: [
        {
          record: JSON.parse(JSON.stringify({ ...used, ...nonsense })),
          problem: expect.stringMatching(`^records.0.${field}: `),
        },
        { record: null, problem: 'records.2: Invalid input: expected object, received null' },
      ],
      nextCursor: '1',
    });
    expect(operator.logged).toEqual([]);
  });
});

test.each(['23420', ' 23420', '234-20', '234 20'])('a network as %j is 23420', async (network) => {
  const operator = await operatorSays([{ body: { records: [{ ...used, network }], nextCursor: '1' } }]);
  expect(await usage(operator.gateway)).toMatchObject({ records: [{ network: '23420' }], unreadable: [] });
});

describe('an unexpected answer', () => {
  test.each([408, 425, 429, 500, 502, 503, 504])('(%i) is retried', async (code) => {
    const operator = await operatorSays([{ status: code, body: '' }, { body: accepted }]);
    expect(await status(operator.gateway)).toEqual({ status: 'accepted' });
    expect(operator.logged).toEqual([]);
  });

  test.each([204, 301, 400, 401, 403, 404, 409, 422])(
    '(%i) is not retried, because it would not change',
    async (code) => {
      const operator = await operatorSays([{ status: code, headers: { location: '/elsewhere' }, body: '' }]);
      await expect(status(operator.gateway)).rejects.toMatchObject({
        name: 'OperatorUnavailable',
        message: `3uk: GET /orders/ord_1: answered ${code}, after 1 attempt`,
      });
      expect(operator.asked).toHaveLength(1);
    },
  );

  test('contains the operator’s reason without the API key', async () => {
    const operator = await operatorSays([{ status: 403, body: { reason: `${API_KEY} is locked` } }]);
    await expect(status(operator.gateway)).rejects.toThrow(/answered 403 \(\[API key\] is locked\)/);
  });

  test('(a broken connection) is retried', async () => {
    const operator = await operatorSays(['drop', { body: accepted }]);
    expect(await status(operator.gateway)).toEqual({ status: 'accepted' });
  });
});

describe('a request', () => {
  test('has the API key, and the same idempotency key in each attempt of a batch', async () => {
    const operator = await operatorSays([
      { status: 503, body: '' },
      {
        body: {
          sims: [
            { iccid, status: 'active' },
            { iccid: other, status: 'refused', reason: 'no' },
          ],
        },
      },
    ]);
    expect(await activate(operator.gateway)).toEqual([
      { iccid, status: 'active' },
      { iccid: other, status: 'refused', reason: 'no' },
    ]);
    const key = expect.stringMatching(/^[\w-]{43}$/);
    expect(operator.asked.map(({ path, headers, body }) => [path, headers['idempotency-key'], body])).toEqual([
      ['/operators/3uk/sims/activations', key, JSON.stringify({ iccids: [iccid, other] })],
      ['/operators/3uk/sims/activations', key, JSON.stringify({ iccids: [iccid, other] })],
    ]);
    expect(operator.asked[0]?.headers['idempotency-key']).toBe(operator.asked[1]?.headers['idempotency-key']);
    expect(operator.asked[0]?.headers.authorization).toBe(`Bearer ${API_KEY}`);
  });

  test('waits as long as the operator requests', async () => {
    const operator = await operatorSays([
      { status: 429, headers: { 'retry-after': '1' }, body: '' },
      { body: accepted },
    ]);
    const start = performance.now();
    await status(operator.gateway);
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  test.each([
    ['seconds', '30'],
    ['a date', new Date(Date.now() + 30_000).toUTCString()],
  ])('fails immediately when the operator requests a longer wait than the time limit, in %s', async (_, retryAfter) => {
    const operator = await operatorSays([{ status: 503, headers: { 'retry-after': retryAfter }, body: '' }]);
    await expect(status(operator.gateway)).rejects.toThrow(/answered 503, after 1 attempt/);
  });
});
