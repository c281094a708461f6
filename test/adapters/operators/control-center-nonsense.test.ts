import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import type { OperatorGateway } from '../../../domain/operator-port.ts';
import { API_KEY, type GatewayToScript, gatewayToScript, type ScriptedAnswer } from './operators-under-test.ts';

const iccid = withCheckDigit('894420000000000001');
const other = withCheckDigit('894420000000000002');
const many = Array.from({ length: 60 }, (_, index) =>
  withCheckDigit(`8944200000000001${String(index).padStart(2, '0')}`),
);
const since = new Date('2026-03-02T10:00:00Z');

const running: GatewayToScript[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((operator) => operator.stop()));
});

async function operatorSays(script: ScriptedAnswer[], maxAttempts = 3): Promise<GatewayToScript> {
  const operator = await gatewayToScript(script, { maxAttempts }, { kind: 'control-center' });
  running.push(operator);
  return operator;
}

type Ask = (gateway: OperatorGateway) => Promise<unknown>;
const activate: Ask = (gateway) => gateway.activate('k1', [iccid]);
const status: Ask = (gateway) => gateway.simStatus([iccid]);
const usage: Ask = (gateway) => gateway.usageTotals([iccid], '2026-03-01', '2026-03-01');
const list: Ask = (gateway) => gateway.simStatus(many, { since });

const error = (code: string, httpStatus = 400): ScriptedAnswer => ({
  status: httpStatus,
  body: { errorMessage: `error ${code}`, errorCode: code },
});
const page = (pageNumber: number, iccids: readonly string[], lastPage = true): ScriptedAnswer => ({
  body: { pageNumber, lastPage, devices: iccids.map((id) => ({ iccid: id, status: 'ACTIVATED' })) },
});

describe('an invalid answer', () => {
  test.each<[string, Ask, ScriptedAnswer]>([
    ['an HTML page', status, { body: '<html>Welcome</html>' }],
    ['nothing', status, { body: '' }],
    ['another SIM', status, { body: { iccid: other, status: 'ACTIVATED' } }],
    ['no status', status, { body: { iccid } }],
    ['an HTML page with 404', status, { status: 404, body: '<html>no such page</html>' }],
    ['another error with 404', status, error('10000024', 404)],
    ['an HTML page after a change', activate, { body: '<html>Thank you</html>' }],
    ['a change of another SIM', activate, { body: { iccid: other } }],
    ['a scheduled change of another SIM', activate, { status: 202, body: { iccid: other } }],
    ['an HTML page with 400', activate, { status: 400, body: '<html>bad</html>' }],
    ['a fault with 400', activate, error('30000001')],
    ['wrong credentials with 400', activate, error('10000001')],
    ['the usage of another SIM', usage, { body: { iccid: other, dataUsage: 5 } }],
    ['the usage of other days', usage, { body: { iccid, startDate: '20260301', endDate: '20260302', dataUsage: 5 } }],
    ['a negative usage', usage, { body: { iccid, dataUsage: -1 } }],
    ['no usage', usage, { body: { iccid } }],
    ['no list of SIMs', list, { body: { pageNumber: 1, lastPage: true, devices: 'none' } }],
    ['another page', list, page(2, many)],
    ['a page that does not know whether it is the last', list, { body: { pageNumber: 1, devices: [] } }],
    ['only unknown statuses', list, { body: { pageNumber: 1, lastPage: true, devices: [{ iccid, status: 'HAPPY' }] } }],
  ])('is logged, retried and never becomes data: %s', async (_what, ask, answer) => {
    const operator = await operatorSays([answer]);
    await expect(ask(operator.gateway)).rejects.toMatchObject({ name: 'OperatorUnavailable' });
    expect(operator.asked).toHaveLength(3);
    expect(operator.logged.map(({ message }) => message)).toEqual(Array(3).fill('invalid answer of an operator'));
  });

  test('about one SIM leaves only that SIM without an answer', async () => {
    const operator = await operatorSays([{ body: { iccid: other } }, { body: { iccid: other } }], 1);
    expect(await operator.gateway.activate('k1', [iccid, other])).toEqual([{ iccid: other, status: 'active' }]);
  });

  test('ends the list of changes, and keeps what it showed', async () => {
    const operator = await operatorSays([page(1, many.slice(0, 50), false), { body: '<html>slow down</html>' }], 1);
    expect(await list(operator.gateway)).toEqual(many.slice(0, 50).map((id) => ({ iccid: id, status: 'active' })));
  });
});

describe('a status', () => {
  test.each([
    ['INVENTORY', 'barred'],
    ['ACTIVATION_READY', 'barred'],
    ['TEST_READY', 'testing'],
    ['ACTIVATED', 'active'],
    ['DEACTIVATED', 'barred'],
    ['RETIRED', 'terminated'],
    ['PURGED', 'terminated'],
    ['REPLACED', 'terminated'],
  ])('%s is %s here', async (theirs, ours) => {
    const operator = await operatorSays([{ body: { iccid, status: theirs } }]);
    expect(await status(operator.gateway)).toEqual([{ iccid, status: ours }]);
  });

  test('that is unknown is logged, and the SIM left out', async () => {
    const operator = await operatorSays([{ body: { iccid, status: 'constructor' } }]);
    expect(await status(operator.gateway)).toEqual([]);
    expect(operator.logged).toMatchObject([
      { fields: { sims: [{ name: iccid, problem: 'the status constructor is unknown' }] } },
    ]);
  });

  test('of a SIM whose ICCID the operator pads is read', async () => {
    const operator = await operatorSays([{ body: { iccid: `${iccid}F`, status: 'ACTIVATED' } }]);
    expect(await status(operator.gateway)).toEqual([{ iccid, status: 'active' }]);
  });

  test('of a SIM that the operator does not know is left out', async () => {
    const operator = await operatorSays([error('20000001', 404)]);
    expect(await status(operator.gateway)).toEqual([]);
    expect(operator.asked).toHaveLength(1);
  });

  test('that the list contradicts is read from the SIM itself', async () => {
    const [first = ''] = many;
    const devices = [...many.map((id) => ({ iccid: id, status: 'ACTIVATED' })), { iccid: first, status: 'RETIRED' }];
    const operator = await operatorSays([
      { body: { pageNumber: 1, lastPage: true, devices } },
      { body: { iccid: first, status: 'RETIRED' } },
    ]);
    const answers = await operator.gateway.simStatus(many, { since });
    expect(answers).toHaveLength(60);
    expect(answers).toContainEqual({ iccid: first, status: 'terminated' });
  });
});

describe('a request', () => {
  test('asks for changes from a little before the first, so that a slow clock hides none', async () => {
    const operator = await operatorSays([page(1, many)]);
    await list(operator.gateway);
    const { path, method } = operator.asked[0] ?? { path: '', method: '' };
    const { pathname, searchParams } = new URL(path, 'http://operator');
    expect({ method, pathname, ...Object.fromEntries(searchParams) }).toEqual({
      method: 'GET',
      pathname: '/operators/3uk/devices',
      modifiedSince: '2026-03-02T09:55:00+00:00',
      pageSize: '50',
      pageNumber: '1',
    });
    expect(path).toContain('%2B00%3A00');
  });

  test('has the user name and the API key, which are never logged', async () => {
    const encoded = Buffer.from(`sandbox:${API_KEY}`).toString('base64');
    const operator = await operatorSays([{ body: `<html>${encoded} ${API_KEY}</html>` }], 1);
    await expect(status(operator.gateway)).rejects.toThrow();
    expect(operator.asked[0]?.headers.authorization).toBe(`Basic ${encoded}`);
    const logged = inspect(operator.logged, { depth: null });
    expect(logged).not.toMatch(new RegExp(`${API_KEY}|${encoded}`));
    expect(logged).toContain('[credentials] [API key]');
  });

  test('with credentials that the operator refuses ends at once', async () => {
    const operator = await operatorSays([error('10000001', 401)]);
    await expect(status(operator.gateway)).rejects.toThrow(/answered 401 \(error 10000001\), after 1 attempt/);
  });

  test('that is one too many is repeated, and is no refusal', async () => {
    const operator = await operatorSays([error('40000029'), { body: { iccid } }]);
    expect(await activate(operator.gateway)).toEqual([{ iccid, status: 'active' }]);
    expect(operator.asked).toHaveLength(2);
    expect(operator.logged).toEqual([]);
  });

  test('that is always one too many leaves the SIMs unanswered', async () => {
    const operator = await operatorSays([error('40000029')]);
    await expect(activate(operator.gateway)).rejects.toThrow(/answered 400 \(error 40000029\)/);
  });

  test.each([
    ['10000005', 'refused'],
    ['10000029', 'refused'],
    ['10030000', 'active'],
  ])('that is answered with the error %s is %s', async (code, expected) => {
    const operator = await operatorSays([error(code)]);
    const reason = expected === 'refused' ? { reason: `error ${code}` } : {};
    expect(await activate(operator.gateway)).toEqual([{ iccid, status: expected, ...reason }]);
  });
});
