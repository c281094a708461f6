import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import type { OperatorGateway } from '../../../domain/operator-port.ts';
import {
  API_KEY,
  anOrder,
  type GatewayToScript,
  gatewayToScript,
  type ScriptedAnswer,
} from './operators-under-test.ts';

const iccid = withCheckDigit('894420000000000001');
const other = withCheckDigit('894420000000000002');
const order = { id: 'ord_1', operatorReference: 'REQ1' } as const;
const login = { body: { access_token: 'a-secret-token', token_type: 'JWT', expires_in: 60 } };
const resource = (value: string) => ({
  resourceProperties: [
    { type: 'ICCID', value },
    { type: 'IMSI', value: '234200000000001' },
  ],
  resourceState: 'COMPLETED',
});
const request = {
  subscriptionRequestId: 'REQ1',
  subscriptionRequestState: 'COMPLETED',
  size: 1,
  subscriptionRequestResourceCounters: { completed: 1 },
  subscriptionRequestResources: [resource(iccid)],
};

const running: GatewayToScript[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((operator) => operator.stop()));
});

/** An operator on an address of its own, so that each test logs in. */
async function operatorSays(script: ScriptedAnswer[], maxAttempts = 3): Promise<GatewayToScript> {
  const operator = await gatewayToScript([login, ...script], { maxAttempts }, { kind: 'iot-accelerator' });
  running.push(operator);
  return operator;
}

type Ask = (gateway: OperatorGateway) => Promise<unknown>;
const submit: Ask = (gateway) => gateway.submitOrder(anOrder());
const find: Ask = (gateway) => gateway.ordersSince(new Date(), []);
const status: Ask = (gateway) => gateway.orderStatus(order);
const list: Ask = (gateway) => gateway.deliveredSims(order, 'required');
const cancel: Ask = (gateway) => gateway.cancelOrder(order);
const activate: Ask = (gateway) => gateway.activate('k1', [iccid]);
const simStatus: Ask = (gateway) => gateway.simStatus([iccid, other]);

describe('an invalid answer', () => {
  test.each<[string, Ask, ScriptedAnswer]>([
    ['no JSON', status, { body: '<html>Welcome</html>' }],
    ['nothing', status, { body: '' }],
    ['another request', status, { body: { ...request, subscriptionRequestId: 'REQ2' } }],
    ['a state out of the words', status, { body: { ...request, subscriptionRequestState: 'UNKNOWN' } }],
    ['less than no SIMs', status, { body: { ...request, subscriptionRequestResourceCounters: { completed: -1 } } }],
    ['an HTML page with 404', status, { status: 404, body: '<html>no such page</html>' }],
    ['metadata without specifications', submit, { body: { serviceContracts: [] } }],
    ['requests that are no list', find, { body: { requests: [] } }],
    ['requests without ids', find, { body: [{}] }],
    ['no success', cancel, { body: { status: 'failure' } }],
    ['an HTML page with 400', cancel, { status: 400, body: '<html>bad</html>' }],
    ['a change without an id', activate, { status: 201, body: {} }],
    ['no list of subscriptions', simStatus, { body: { subscriptions: 'none' } }],
    ['only unknown states', simStatus, { body: { subscriptions: [{ iccid, state: 'HAPPY' }] } }],
    ['only other SIMs', simStatus, { body: { subscriptions: [{ iccid: '1', state: 'ACTIVE' }] } }],
  ])('is logged, retried and never becomes data: %s', async (_what, ask, answer) => {
    const operator = await operatorSays([answer]);
    await expect(ask(operator.gateway)).rejects.toMatchObject({ name: 'OperatorUnavailable' });
    expect(operator.asked).toHaveLength(1 + 3);
    expect(operator.logged.map(({ message }) => message)).toEqual(Array(3).fill('invalid answer of an operator'));
  });

  test('about an order is not sent for a second time', async () => {
    const metadata = {
      simSpecifications: [{ simSpecificationId: 'One', earliestDeliveryDate: '2026-03-02' }],
      serviceContracts: [{ name: 'C', subscriptionPackages: [{ name: 'P', status: 'ACTIVE' }] }],
    };
    const operator = await operatorSays([{ body: metadata }, { body: '<html>Thank you</html>' }]);
    await expect(submit(operator.gateway)).rejects.toMatchObject({ name: 'OperatorUnavailable' });
    expect(
      operator.asked.map(({ method, path }) => `${method} ${path.split('?')[0]?.slice('/operators/3uk'.length)}`),
    ).toEqual(['POST /auth/token', 'GET /subscriptions/order/metadata', 'POST /subscriptions/order']);
  });
});

describe('an answer with one entry that cannot be read', () => {
  test('leaves out only that SIM of a delivery', async () => {
    const resources = [resource(iccid), resource('8944200000000000000'), 'nothing'];
    const operator = await operatorSays([{ body: { ...request, subscriptionRequestResources: resources } }]);
    expect(await list(operator.gateway)).toEqual({
      sims: [{ iccid, imsi: '234200000000001' }],
      leftOut: [
        { name: '8944200000000000000', problem: expect.stringContaining('not an ICCID') },
        { name: 'entry 3', problem: expect.any(String) },
      ],
    });
  });

  test('leaves out only that SIM of a status', async () => {
    const subscriptions = [
      { iccid, state: 'PAUSE' },
      { iccid: other, state: 'HAPPY' },
    ];
    const operator = await operatorSays([{ body: { subscriptions } }]);
    expect(await simStatus(operator.gateway)).toEqual([{ iccid, status: 'barred' }]);
    expect(operator.logged).toMatchObject([
      { fields: { sims: [{ name: other, problem: 'the state HAPPY is unknown' }] } },
    ]);
  });
});

describe('credentials', () => {
  test('are exchanged for a token once, and again when the operator refuses it', async () => {
    const operator = await operatorSays([{ body: request }, { status: 401, body: {} }, login, { body: request }]);
    await status(operator.gateway);
    await status(operator.gateway);
    expect(operator.asked.map(({ path }) => path.includes('/auth/token'))).toEqual([true, false, false, true, false]);
    expect(operator.asked[1]?.headers.authorization).toBe('Bearer a-secret-token');
    expect(Object.fromEntries(new URLSearchParams(operator.asked[0]?.body))).toEqual({
      grant_type: 'password',
      client_id: 'cm-public-api-client',
      username: 'sandbox',
      password: API_KEY,
    });
  });

  test('and tokens are not logged, even if the operator repeats them', async () => {
    const operator = await operatorSays([{ body: `<html>${API_KEY} a-secret-token</html>` }], 1);
    await expect(status(operator.gateway)).rejects.toThrow();
    expect(inspect(operator.logged, { depth: null })).not.toMatch(new RegExp(`${API_KEY}|a-secret-token`));
    expect(inspect(operator.logged, { depth: null })).toContain('[password] [token]');
  });

  test('that the operator refuses end the call at once', async () => {
    const operator = await gatewayToScript([{ status: 401, body: {} }], {}, { kind: 'iot-accelerator' });
    running.push(operator);
    await expect(status(operator.gateway)).rejects.toThrow(/POST \/auth\/token: answered 401/);
    expect(operator.asked).toHaveLength(1);
  });
});
