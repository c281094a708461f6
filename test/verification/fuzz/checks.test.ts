import { describe, expect, test } from '@jest/globals';
import { allRoutes } from '../../../functions/api/routes.ts';
import { openApiDocument } from '../../../functions/openapi/document.ts';
import { answerCheck } from '../../../verification/fuzz/checks.ts';
import { documentOf } from '../../../verification/fuzz/document.ts';
import type { HttpResponse } from '../../../verification/fuzz/http.ts';
import { leakCheck } from '../../../verification/fuzz/leaks.ts';
import { followUps, lostValues, wronglyFound } from '../../../verification/fuzz/read-back.ts';
import type { SentRequest } from '../../../verification/fuzz/request.ts';

const document = documentOf(JSON.parse(JSON.stringify(openApiDocument(allRoutes, '1.0.0'))));
const check = answerCheck(document);
const leaks = leakCheck(['the-key'], 'Foreign1');

const customer = {
  id: 'cus_1',
  name: 'Northwind',
  shortName: 'North',
  contacts: [],
  tags: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  version: 1,
};

const post = (body: unknown): SentRequest => ({
  caller: 'admin',
  method: 'POST',
  path: '/v1/customers',
  target: '/v1/customers',
  query: [],
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const get = (path: string, query: [string, string][] = []): SentRequest => ({
  ...post(undefined),
  method: 'GET',
  path,
  target: path,
  query,
  body: undefined,
});

function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  const usual = { 'content-type': type, 'x-request-id': 'r1', etag: '"1"', location: '/v1/customers/cus_1' };
  return { status, headers: { ...usual, ...headers }, text: JSON.stringify(body), body };
}

const problem = (status: number, code: string, more = {}) => ({
  type: `https://api.example/docs#${code}`,
  title: 'x',
  status,
  code,
  detail: 'x',
  instance: 'r1',
  ...more,
});

const columns = ['at', 'bytes', 'network'].join();
const usage: SentRequest = { ...get('/v1/sims/8944200000000000017/usage'), headers: { accept: 'text/csv' } };
const file: SentRequest = {
  ...post(undefined),
  caller: 'platform',
  path: '/v1/platform/operators/a1/usage',
  headers: { 'content-type': 'text/csv' },
  body: 'network,iccid,at,bytes,recordId\r\n23201,8944200000000000017,2026-03-02T10:00:00Z,1,r1\r\n',
};
const taken = {
  ...{
    records: 1,
    counted: 1,
    ownerless: 0,
    untimely: 0,
    otherOperator: 0,
    conflicting: 0,
    superseded: 0,
    setAside: 0,
  },
  errors: [],
};

/** An answer of CSV, the text itself. */
const csv = (text: string): HttpResponse => ({
  ...answer(200, text, { 'content-type': 'text/csv; charset=utf-8' }),
  text,
});

const named = { name: 'Northwind' };
const created = answer(201, customer);

describe('a response is valid', () => {
  test.each<[string, SentRequest, HttpResponse]>([
    ['what was made', post(named), created],
    ['a refusal', post({ nam: 'x' }), answer(422, problem(422, 'unknown_field'))],
    ['one thing', get('/v1/customers/cus_1'), answer(200, customer)],
    [
      'a refusal given before',
      post(named),
      answer(409, problem(409, 'name_taken', { instance: 'r0' }), { 'idempotent-replayed': 'true' }),
    ],
    [
      'of a number that is none',
      { ...post(named), path: '/v1/orders', body: '{"operatorId":"a1","quantity":1e400}' },
      answer(
        422,
        problem(422, 'invalid_type', { errors: [{ pointer: '/quantity', code: 'invalid_type', message: 'x' }] }),
      ),
    ],
    ['to a query of blanks', get('/v1/customer-services', [['customerId', ' ']]), answer(200, { items: [] })],
    ['CSV', usage, csv(`${columns}\r\n2026-03-02T10:00:00.000Z,1,23201\r\n`)],
    ['CSV without a row', usage, csv(`${columns}\r\n`)],
    ['to a file', file, answer(200, taken)],
    ['to a file with two kinds of line ends', { ...file, body: file.body?.replace('\r', '') }, answer(200, taken)],
    [
      'of a file without its columns',
      { ...file, body: 'null' },
      answer(
        422,
        problem(422, 'unknown_field', {
          errors: [{ pointer: '/columns/null', code: 'unknown_field', message: 'x' }],
        }),
      ),
    ],
    [
      'of a body that was damaged on the way',
      post({ name: 'North\u{FFFD}wind' }),
      answer(400, problem(400, 'invalid_encoding')),
    ],
    [
      'of one request too many of a partner',
      get('/v1/customers/cus_1'),
      answer(429, problem(429, 'too_many_requests'), { 'retry-after': '3' }),
    ],
    ['a path that is none', get('/v1/nothing'), answer(404, problem(404, 'not_found'))],
  ])('when it is %s', (_what, sent, given) => {
    expect(check(sent, given)).toEqual([]);
    expect(leaks(sent, given)).toEqual([]);
  });

  const unsigned = { ...get('/v1/customers'), caller: 'expired' } as const;

  test.each<[string, SentRequest, HttpResponse]>([
    ['a failure of ours', post(named), answer(500, problem(500, 'internal_error'))],
    ['a status that the document has not', post(named), answer(200, customer)],
    ['a field that the document has not', post(named), answer(201, { ...customer, sims: 3 })],
    ['without a field that it has', post(named), answer(201, { ...customer, tags: undefined })],
    ['without its ETag', post(named), answer(201, customer, { etag: '' })],
    ['of another content type', post(named), answer(201, customer, { 'content-type': 'text/plain' })],
    ['taken, though the document forbids it', post({ name: 7 }), created],
    ['taken, though its query is none', get('/v1/customers/cus_1', [['x', '1']]), answer(200, customer)],
    [
      'refused, though the document allows it',
      post(named),
      answer(422, problem(422, 'invalid_type', { errors: [{ pointer: '/name', code: 'invalid_type', message: 'x' }] })),
    ],
    ['JSON where CSV was asked for', usage, answer(200, { unit: 'bytes', totalBytes: 0, points: [] })],
    ['CSV where JSON was asked for', { ...usage, headers: {} }, csv(`${columns}\r\n`)],
    ['CSV of other columns', usage, csv('at,network,bytes\r\n')],
    ['CSV with a row too short', usage, csv(`${columns}\r\n1,2\r\n`)],
    ['no CSV', usage, csv('"')],
    ['taken, though a row is none', { ...file, body: file.body?.replace(',1,', ',-1,') }, answer(200, taken)],
    ['taken, though a column is missing', { ...file, body: 'iccid\r\n1\r\n' }, answer(200, taken)],
    ['a code that is not explained', post(named), answer(422, problem(422, 'odd'))],
    ['a problem of another status', post(named), answer(409, problem(422, 'name_taken'))],
    ['a problem of another request', post(named), answer(409, problem(409, 'name_taken', { instance: 'r2' }))],
    [
      'one too many of a partner, without saying when to retry',
      get('/v1/customers'),
      answer(429, problem(429, 'too_many_requests')),
    ],
    ['taken, though it was damaged on the way', post({ name: 'North\u{FFFD}wind' }), created],
    ['given without a good token', unsigned, answer(200, { items: [] })],
    [
      'the gateway’s own failure',
      post(named),
      { status: 502, headers: {}, text: '', body: { message: 'Bad Gateway' } },
    ],
    [
      'the gateway’s, where it has nothing to say',
      post(named),
      { status: 413, headers: {}, text: '', body: { message: 'x' } },
    ],
  ])('but not when it is %s', (_what, sent, given) => {
    expect(check(sent, given)).not.toEqual([]);
  });
});

describe('a response shows no internal details', () => {
  test.each([
    'Error\n    at handler (index.mjs:1:1)',
    'ConditionalCheckFailedException',
    'arn:aws:dynamodb:eu-west-2:1:table/x',
    'P#acme#SIM#3',
    'ORD#ord_1',
    'file:///var/task/index.mjs',
    'the-key',
    'of Foreign1',
    'expected number, received NaN',
  ])('%j', (detail) => {
    expect(leaks(post(named), answer(422, problem(422, 'invalid_input', { detail })))).not.toEqual([]);
  });

  test('except content of the request', () => {
    const echo = answer(422, problem(422, 'not_found', { detail: 'There is no customer P#acme#SIM#3.' }));
    expect(leaks(post({ customerId: 'P#acme#SIM#3' }), echo)).toEqual([]);
  });

  test('and has no injected header', () => {
    expect(leaks(post(named), answer(201, customer, { 'x-injected': 'yes' }))).not.toEqual([]);
  });
});

describe('a created resource', () => {
  test('can be read at its location, as it was sent', () => {
    const sent = post({ name: ' Northwind ', tags: [] });
    expect(lostValues(sent, customer)).toEqual([]);
    const [next] = followUps(sent, created);
    expect(next?.request).toMatchObject({ method: 'GET', target: '/v1/customers/cus_1' });
    expect(next?.faults(answer(200, customer))).toEqual([]);
    expect(next?.faults(answer(404, problem(404, 'not_found')))).not.toEqual([]);
    expect(next?.faults(answer(200, { ...customer, name: 'Other' }))).not.toEqual([]);
    expect(next?.faults(answer(200, { ...customer, id: 'cus_2' }))).not.toEqual([]);
  });

  test('is not read again after a replayed response', () => {
    expect(followUps(post(named), answer(201, customer, { 'idempotent-replayed': 'true' }))).toEqual([]);
  });

  test('and a list has its announced next page', () => {
    const link = '</v1/customers?limit=1&cursor=b>; rel="next"';
    const [ofCsv] = followUps(get('/v1/customers'), { ...csv('id\r\n'), headers: { link } });
    expect(ofCsv?.request).toMatchObject({
      target: '/v1/customers?limit=1&cursor=b',
      path: '/v1/customers',
      headers: { accept: 'text/csv' },
    });
    const [next] = followUps(
      get('/v1/customers', [
        ['limit', '1'],
        ['cursor', 'a'],
      ]),
      {
        ...answer(200, { items: [], nextCursor: 'b' }),
        headers: {},
      },
    );
    expect(next?.request.target).toBe('/v1/customers?limit=1&cursor=b');
    expect(next?.faults(answer(400, problem(400, 'invalid_cursor')))).not.toEqual([]);
  });
});

describe('a SIM', () => {
  const sim = { iccid: '8944200000000000017', imsi: '234200000000001', msisdn: '+447700900001', tags: ['North'] };

  test('is found by its IMSI', () => {
    const [next] = followUps(get(`/v1/sims/${sim.iccid}`), { ...answer(200, sim), headers: {} });
    expect(next?.request).toMatchObject({ path: '/v1/sims', target: '/v1/sims?imsi=234200000000001' });
    expect(next?.faults(answer(200, { items: [sim] }))).toEqual([]);
    expect(next?.faults(answer(200, { items: [] }))).toHaveLength(1);
  });

  test.each([
    ['imsi', '234200000000001', '234200000000002'],
    ['msisdn', ' 447700900001', '+447700900002'],
    ['imei', '3569380356438017', '356938035643909'],
    ['iccidEnds', '0017', '0018'],
    ['tag', 'north', 'nort'],
    ['state', 'active', 'in_stock'],
  ])('belongs to the list by %s only if it has the value', (name, own, other) => {
    const found = answer(200, { items: [{ ...sim, imei: '35693803564380', state: 'active' }] });
    expect(wronglyFound(get('/v1/sims', [[name, own]]), found)).toEqual([]);
    expect(wronglyFound(get('/v1/sims', [[name, other]]), found)).toHaveLength(1);
  });
});

test('fields of a SIM can be removed, and their names are data', () => {
  const patch: SentRequest = { ...post({ fields: null }), method: 'PATCH', path: '/v1/sims/8944200000000000017' };
  expect(lostValues(patch, { fields: {} })).toEqual([]);
  expect(lostValues(patch, { fields: { site: 'x' } })).toHaveLength(1);
  const unknown = (pointer: string) =>
    answer(422, problem(422, 'unknown_field', { errors: [{ pointer, code: 'unknown_field', message: 'x' }] }));
  const body = { select: { iccids: ['8944200000000000017'] }, fields: { site: 'x' } };
  const sent = { ...post(body), path: '/v1/sims/label', target: '/v1/sims/label' };
  expect(check(sent, unknown('/fields/site'))).toEqual([]);
  expect(check(sent, unknown('/select'))).toHaveLength(1);
});

describe('what an order shows of a report of the staff', () => {
  const report = (what: string, body: unknown): SentRequest => {
    const path = `/v1/platform/partners/acme/orders/ord_1/${what}`;
    return { ...post(body), caller: 'platform', path, target: path };
  };

  test('may have other names than in the report', () => {
    const accepted = { operatorReference: 'PM-1', estimatedDelivery: { earliest: '2026-03-09', latest: '2026-03-09' } };
    expect(
      lostValues(report('accept', { operatorReference: 'PM-1', expectedDelivery: '2026-03-09' }), accepted),
    ).toEqual([]);
    const cancelled = { state: 'cancelled' };
    expect(lostValues(report('cancel', { outcome: 'cancelled', reason: 'Asked.' }), cancelled)).toEqual([]);
  });

  test('has the same values', () => {
    const accepted = { operatorReference: 'PM-1', estimatedDelivery: { earliest: '2026-03-05', latest: '2026-03-09' } };
    expect(lostValues(report('accept', { operatorReference: 'PM-2' }), accepted)).toHaveLength(1);
    expect(lostValues(report('cancel', { outcome: 'cancelled' }), { state: 'accepted' })).toHaveLength(1);
    expect(lostValues(report('reject', { reason: 'Gone.' }), { failure: { detail: 'Other.' } })).toHaveLength(1);
  });
});
