import { request as httpRequest } from 'node:http';
import { beforeAll, describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { allRoutes } from '../../../functions/api/routes.ts';
import type { Route } from '../../../functions/http/route.ts';
import { type ApiResponse, useLocalCloud } from '../support/local-cloud.ts';
import { is } from '../support/partner.ts';
import { expectGatewayMessage, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-hostile');
const platform = cloud.as({ roles: ['platform'] });
const client = ({ access }: Pick<Route, 'access'>) => (access === 'platform' ? platform : acme.api);

const routes = allRoutes.filter(({ access }) => access !== 'public');
const writing = routes.filter(({ method }) => method === 'POST' || method === 'PUT' || method === 'PATCH');
const named = (some: readonly Route[]) =>
  some.map((route, turn) => [`${route.method} ${route.path}`, route, turn] as const);

/** Things that are there, so that requests get as far as they can. */
let real: Record<string, string>;
let failedBefore: unknown[];

beforeAll(async () => {
  failedBefore = await failures();
  const plan = await acme.aPlan();
  const [sim] = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
  const { id: operationId } = await acme.bulkDone('activate', { select: { iccids: [sim?.iccid] } });
  real = {
    '/v1/customers/{id}': plan.customerId,
    '/v1/customer-services/{id}': plan.customerServiceId,
    '/v1/partner-services/{id}': plan.partnerServiceId,
    '/v1/orders/{id}': sim?.orderId ?? '',
    '/v1/sims/{iccid}': sim?.iccid ?? '',
    '/v1/operations/{id}': operationId,
    '/v1/operators/{id}': 'a1',
    '/v1/tariffs/{id}': 'trf_customer_all',
    '/v1/platform/partners/{partnerId}': 'acme-hostile',
    '/v1/platform/tariffs/{tariffId}': 'trf_hostile',
  };
});

/** Events that came to nothing, in the whole cloud. */
const failures = async () => is(200, await cloud.api().get<{ items: unknown[] }>('/_local/failures')).items;

/** A route's path with things that are there, or with `id` in the place of each. */
function pathOf({ path }: Route, id?: string): string {
  const found = Object.entries(real).find(([pattern]) => path === pattern || path.startsWith(`${pattern}/`));
  const filled = id === undefined && found ? path.replace(/\{\w+\}/, found[1]) : path;
  return filled.replaceAll(/\{\w+\}/g, id ?? 'trf_none');
}

function send(route: Route, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiResponse> {
  const api = client(route);
  switch (route.method) {
    case 'GET':
      return api.get(path, headers);
    case 'DELETE':
      return api.del(path, headers);
    case 'PATCH':
      return api.patch(path, body, headers);
    case 'PUT':
      return api.put(path, body, headers);
    default:
      return api.post(path, body, headers);
  }
}

/** Nothing that a client sends is our fault: it is taken, or refused with a problem document. */
function expectTakenOrRefused(answer: ApiResponse, sent: string): void {
  if (answer.status >= 500) {
    throw new Error(`${sent} is answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  if (answer.status >= 400) {
    expectProblem(answer, answer.status);
  }
}

const IN_FLIGHT = 6;
const each = <T>(all: readonly T[], ask: (one: T) => Promise<void>) => pMap(all, ask, { concurrency: IN_FLIGHT });

const short = (text: unknown) => String(JSON.stringify(text)).slice(0, 160);

const deep = (open: string, close: string, levels: number) => `${open.repeat(levels)}${close.repeat(levels)}`;

/**
 * A fifth of what could be sent, and another fifth for the next field or route. Everything everywhere is for `npm run fuzz`,
 * which has a hundred thousand calls for it.
 */
const inTurn = <T>(all: readonly T[], turn: number) => all.filter((_one, place) => place % 5 === turn % 5);

/** Values that no field expects, or that few do. */
const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  'x',
  'x'.repeat(3_000),
  '\u0000',
  'a\nb\u001b[31m',
  '\ud800',
  'a\udfffb',
  '\ud83d\ude00'.repeat(60),
  '\u202e\u200b\ufeff',
  '#',
  '../../etc/passwd',
  '%00',
  "'; DROP TABLE sims; --",
  '{{7*7}}',
  '__proto__',
  'constructor',
  'psv_holding_3uk',
  [],
  [[]],
  [null],
  ['\ud800'],
  {},
  { a: { b: { c: [] } } },
  { iccids: null },
  { iccids: [null, 7, {}, '\ud800', '8'.repeat(1000)] },
  { orderId: '\ud800' },
  { filter: { customerId: '\ud800', q: 'x' } },
  { filter: { orderId: '\udc00' } },
  { filter: { q: '\u0000' } },
  { name: '\ud800', lines: ['\ud800'], email: 'a@b.co\u0000' },
];

/** Whole bodies that are no good, as they are sent. */
const bodies: readonly string[] = [
  'null',
  'true',
  '7',
  '-0',
  '1e999',
  '"text"',
  '"\\ud800"',
  '[]',
  '[{}]',
  '{"":""}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"toString":null,"valueOf":1,"hasOwnProperty":2}',
  '{"\\ud800":1}',
  deep('[', ']', 500),
  `{"select":${deep('{"filter":', '}', 200).replace('{"filter":}', '{}')}}`,
  '\u0000',
  '{"name":"\u0000"}',
  '\ufeff{}',
];

/** As large or as deep as a body can be: how it is read is the same for all routes. */
const hugeBodies: readonly string[] = [
  `{"${'k'.repeat(200_000)}":1}`,
  `{${Array.from({ length: 20_000 }, (_, n) => `"k${n}":${n}`).join()}}`,
  `{"name":"${'x'.repeat(500_000)}"}`,
  `{"name":"x","tags":[${'"a",'.repeat(100_000)}"a"]}`,
  deep('[', ']', 500_000),
  deep('{"a":', '}', 100_000).replace('{"a":}', '{"a":1}'),
  `{"name":${deep('[', ']', 200_000)}}`,
];

/** Parts of a path that are no id, as they are written there. */
const ids: readonly string[] = [
  'x',
  '0',
  '-1',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  'x'.repeat(100),
  'x'.repeat(101),
  'x'.repeat(4_000),
  '%00',
  '%20',
  '%2F',
  '%2e%2e%2f%2e%2e',
  '..%2f..',
  '%23',
  '%25',
  '%2500',
  '%EF%BF%BF',
  '%F0%9F%98%80'.repeat(40),
  '%E2%80%AE',
  'PARTNER',
  'CUS%23x',
  'a+b',
  "'%20OR%201=1",
  '*',
  '{id}',
  '8943010000000000018',
];

describe('no request causes an internal error', () => {
  test.each(named(writing))('%s: bodies by turns', async (_name, route, turn) => {
    const path = pathOf(route);
    await each(inTurn(bodies, turn), async (body) => {
      expectTakenOrRefused(await send(route, path, body), `${route.path} with ${short(body)}`);
    });
  });

  test.each(named(writing.filter(({ path }) => path.startsWith('/v1/customers'))))(
    '%s: a huge body',
    async (_n, route) => {
      for (const body of hugeBodies) {
        expectProblem(await send(route, pathOf(route), body), 422);
      }
    },
  );

  test.each(named(writing.filter(({ body }) => body !== undefined)))(
    '%s: values by turns in its fields',
    async (_n, route, turn) => {
      const path = pathOf(route);
      const good = exampleOf(route);
      const changes = placesIn(good).flatMap((place, at) =>
        inTurn(values, turn + at).map((value) => ({ place, value })),
      );
      await each(changes, async ({ place, value }) => {
        const answer = await send(route, path, replaced(good, place, value));
        expectTakenOrRefused(answer, `${route.path} with ${place.join('.')} = ${short(value)}`);
      });
    },
  );

  test.each(named(routes.filter(({ path }) => path.includes('{'))))(
    '%s: ids by turns in its path',
    async (_name, route, turn) => {
      const body = route.body ? exampleOf(route) : undefined;
      await each(inTurn(ids, turn), async (id) => {
        const answer = await send(route, pathOf(route, id), body);
        expectTakenOrRefused(answer, `${route.method} ${route.path} with ${short(id)}`);
      });
    },
  );

  test.each(named(routes))('%s: queries by turns', async (_name, route, turn) => {
    const path = pathOf(route);
    const own = [...Object.keys(route.query?.().shape ?? {}), ...(route.paged ? ['limit', 'cursor'] : [])];
    const queries = [
      '?',
      '?&&=&',
      '?=x',
      '?__proto__=x',
      '?constructor=1&toString=2',
      '?%00=%00',
      '?a[]=1&a[b]=2',
      `?${'z'.repeat(3_000)}=1`,
      ...own.flatMap((name) =>
        [
          '',
          'x',
          `x&${name}=y`,
          '%00',
          '%ED%A0%80',
          '%FF',
          '%',
          '%F0%9F%98%80',
          'x'.repeat(3_000),
          '__proto__',
          '-1',
        ].map((value) => `?${name}=${value}`),
      ),
    ];
    // The query is looked at first: writing routes are asked with a body that is no good.
    const body = route.method === 'GET' || route.method === 'DELETE' ? undefined : '[]';
    const asked = route.method === 'DELETE' ? queries.filter((one) => one.includes('=1')) : queries;
    await each(inTurn(asked, turn), async (query) => {
      expectTakenOrRefused(await send(route, path + query, body), `${route.method} ${route.path}${query}`);
    });
  });

  test.each(named(routes.filter(({ method }) => method !== 'GET')))('%s: any header', async (_name, route) => {
    const path = pathOf(route, 'none');
    for (const headers of [
      { 'if-match': '"' },
      { 'if-match': ',,,' },
      { 'if-match': 'x'.repeat(3_000) },
      { 'content-type': 'application/json;charset=x;;;' },
      { 'content-type': 'a'.repeat(2_000) },
      { 'content-type': 'multipart/form-data' },
      { 'content-encoding': 'gzip' },
      { accept: 'text/html' },
      { 'idempotency-key': 'x'.repeat(300) },
      { 'x-forwarded-proto': 'javascript' },
    ]) {
      expectTakenOrRefused(await send(route, path, '[]', headers), `${route.path} with ${short(headers)}`);
    }
  });

  test('a path that cannot be decoded is 400, in the gateway\u2019s own words', async () => {
    for (const path of ['/v1/sims/%', '/v1/sims/%FF', '/v1/sims/%E0%A4%A', '/v1/customers/%C0%AF', '/%ZZ']) {
      expectGatewayMessage(await acme.api.get(path), 400, 'Bad Request');
    }
  });

  test('a body that is not UTF-8, or is compressed, is refused', async () => {
    const token = await cloud.tokenFor({ partnerId: 'acme-hostile', roles: ['admin'] });
    for (const [type, bytes] of [
      ['application/json', Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])],
      ['application/json', Buffer.from([0x1f, 0x8b, 0x08, 0x00])],
      ['application/octet-stream', Buffer.from([0, 1, 2, 3])],
      ['application/merge-patch+json', Buffer.from([0x7b, 0xff, 0x7d])],
    ] as const) {
      for (const [method, path] of [
        ['POST', '/v1/customers'],
        ['PATCH', `/v1/sims/${real['/v1/sims/{iccid}']}`],
      ] as const) {
        const answer = await bare(method, path, bytes, { authorization: `Bearer ${token}`, 'content-type': type });
        expect([400, 415]).toContain(answer.status);
        expect(answer.type).toMatch(/^application\/problem\+json/);
      }
    }
  });

  test('all requests together have broken nothing', async () => {
    expect(await failures()).toEqual(failedBefore);
    expect((await acme.api.get('/v1/partner')).status).toBe(200);
    for (const list of ['/v1/customers', '/v1/sims', '/v1/orders', '/v1/operations', '/v1/customer-services']) {
      expect((await acme.all(`${list}?limit=200`)).length).toBeGreaterThan(0);
    }
  });
});

/** A body that is right, as the reference page shows it, or made from what else is known of the route. */
function exampleOf({ path, example }: Route): unknown {
  const others: Record<string, unknown> = {
    '/v1/customers/{id}': {
      name: 'Northwind',
      shortName: 'North',
      contact: { name: 'Nora', email: 'nora@northwind.example', phone: '+44 1' },
      address: { name: 'N', lines: ['1'], city: 'Hull', postalCode: 'HU1', country: 'GB' },
      tags: ['north'],
    },
    '/v1/customer-services/{id}': { name: 'Fleet' },
    '/v1/partner-services/{id}': { name: 'Meters' },
    '/v1/sims/{iccid}': { label: 'Meter 17', tags: ['north'] },
    '/v1/platform/tariffs/{tariffId}': {
      name: 'Hostile',
      operatorIds: ['a1'],
      networks: ['A1'],
      allowanceBytes: 1,
      pooling: 'per_sim',
      minimumTermMonths: 1,
      monthlyPrice: { amount: '1.00', currency: 'GBP' },
      audience: 'customer',
    },
    '/v1/customers': {
      name: 'Northwind',
      shortName: 'North',
      contact: { name: 'Nora', email: 'nora@northwind.example', phone: '+44 1' },
      address: { name: 'N', lines: ['1'], city: 'Hull', postalCode: 'HU1', country: 'GB' },
      tags: ['north'],
    },
    // Wrong by one, so that nobody sends SIMs for what happens to be right.
    '/v1/orders': { operatorId: 'a1', quantity: 21, reference: 'PO', deliveryAddress: {}, plan: {} },
    '/v1/orders/{id}/plan': {
      partnerServiceId: 'psv_none',
      customerId: 'cus_none',
      customerServiceId: 'csv_none',
      activate: true,
    },
    '/v1/customer-services': { customerId: real['/v1/customers/{id}'], tariffId: 'trf_customer_all', name: 'Fleet' },
  };
  // A bulk action is asked for as a dry run: what is wrong with it is found all the same, and nothing is started.
  return others[path] ?? (path.startsWith('/v1/sims/') ? { ...Object(example), dryRun: true } : example);
}

type Place = readonly string[];

/** Every place in a value, its own outermost one left out. */
function placesIn(value: unknown, at: Place = []): Place[] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => [[...at, name], ...placesIn(inner, [...at, name])])
    : [];
}

function replaced(value: unknown, [name, ...rest]: Place, by: unknown): unknown {
  if (name === undefined) {
    return by;
  }
  if (Array.isArray(value)) {
    return value.map((item, place) => (String(place) === name ? replaced(item, rest, by) : item));
  }
  const fields = new Map(Object.entries(Object(value)));
  return Object.fromEntries([...fields, [name, replaced(fields.get(name), rest, by)]]);
}

/** Sends bytes as they are, which fetch's callers cannot in every case. */
function bare(method: string, path: string, bytes: Buffer, headers: Record<string, string>) {
  return new Promise<{ status: number; type: string }>((resolve, reject) => {
    const request = httpRequest(cloud.url() + path, { method, headers }, (response) => {
      response.resume();
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '' }),
      );
    });
    request.on('error', reject);
    request.end(bytes);
  });
}
