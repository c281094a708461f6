import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { type ApiResponse, eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Page, type Sim } from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner(`acme-csv-${process.pid}`);
const { api } = acme;
const csv = { accept: 'text/csv' };

const names = ['Plain', 'With, comma', 'With "quotes"', 'Ünïcödé 😀', '=1+1'];

beforeAll(async () => {
  await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
  for (const name of names) {
    const contact = { name: `Ann of ${name}`, email: 'ann@acme.example' };
    is(
      201,
      await api.post('/v1/customers', { name, tags: ['north', 'two words'], ...(name === 'Plain' ? {} : { contact }) }),
    );
  }
});

const getCsv = (path: string, as = api) => as.get<string>(path, csv);

/** The rows of an answer by their columns. */
function rowsOf(answer: ApiResponse<string>): Record<string, string>[] {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  const [header = [], ...records] = parse(answer.body, { record_delimiter: '\r\n' });
  return records.map((fields) => Object.fromEntries(fields.map((field, at) => [header[at], field])));
}

/** Where the next page is, as the answer says. */
const nextOf = ({ headers }: ApiResponse) => /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];

describe('a list', () => {
  test('is CSV for clients that prefer it, with the same items', async () => {
    const { items } = is(200, await api.get<Page<{ id: string; name: string; version: number }>>('/v1/customers'));
    const rows = rowsOf(await getCsv('/v1/customers'));
    expect(rows.map(({ name }) => name).sort()).toEqual(names.toSorted());
    expect(rows.map(({ id, name, version }) => ({ id, name, version: Number(version) }))).toEqual(
      items.map(({ id, name, version }) => ({ id, name, version })),
    );
    expect(rows.find(({ name }) => name === 'Plain')).toMatchObject({ tags: 'north;two words', 'contact.name': '' });
    expect(rows.find(({ name }) => name === '=1+1')).toMatchObject({ 'contact.name': 'Ann of =1+1' });
  });

  test('is JSON for all others, and varies by Accept', async () => {
    for (const accept of ['*/*', 'application/json', 'text/csv;q=0.5, application/json', 'text/html']) {
      const { status, body, headers } = await api.get<Page<unknown>>('/v1/customers', { accept });
      expect([status, headers.get('content-type'), headers.get('vary')]).toEqual([200, 'application/json', 'accept']);
      expect(body.items).toHaveLength(names.length);
    }
    const { headers } = await getCsv('/v1/customers');
    expect(headers.get('vary')).toBe('accept');
    expect(headers.get('x-request-id')).toMatch(/\S/);
  });

  test('continues with its Link header, with the same filters and columns, to its end', async () => {
    const { items } = is(200, await api.get<Page<Sim>>('/v1/sims?state=in_holding&limit=200'));
    const iccids: string[] = [];
    const headers = new Set<string>();
    let pages = 0;
    for (
      let path: string | undefined = '/v1/sims?state=in_holding&limit=7&operatorId=a1';
      path !== undefined;
      pages += 1
    ) {
      const answer: ApiResponse<string> = await getCsv(path);
      iccids.push(...rowsOf(answer).map(({ iccid = '' }) => iccid));
      headers.add(answer.body.split('\r\n')[0] ?? '');
      path = nextOf(answer);
      expect(path ?? '/v1/sims?state=in_holding&limit=7').toMatch(/^\/v1\/sims\?state=in_holding&limit=7/);
    }
    expect(iccids).toEqual(items.map(({ iccid }) => iccid));
    expect([pages, headers.size]).toEqual([3, 1]);
  });

  test('can continue in CSV after a page in JSON', async () => {
    const { nextCursor } = is(200, await api.get<Page<Sim>>('/v1/sims?limit=12'));
    const answer = await getCsv(`/v1/sims?limit=12&cursor=${nextCursor}`);
    expect(rowsOf(answer)).toHaveLength(8);
    expect(answer.headers.get('link')).toBeNull();
  });

  test('without items has its header row', async () => {
    const { status, body } = await getCsv('/v1/sims?state=terminated');
    expect(status).toBe(200);
    expect(body).toMatch(/^iccid,imsi,msisdn,operatorId,orderId,state,bars,.*,version,nextActions\r\n$/);
  });

  test('that is refused is a problem document', async () => {
    expectProblem(await getCsv('/v1/sims?state=sleeping'), 422);
    expectProblem(await getCsv('/v1/sims?cursor=nonsense'), 400, 'invalid_cursor');
    expectProblem(await getCsv('/v1/customers', cloud.as({ partnerId: 'acme-csv', roles: ['customer_user'] })), 403);
    expectProblem(await getCsv('/v1/orders/ord_none/sims'), 404);
  });

  test.each([
    '/v1/operators',
    '/v1/tariffs',
    '/v1/partner-services',
    '/v1/customer-services',
    '/v1/orders',
    '/v1/operations',
    '/v1/alarms',
    '/v1/webhooks',
    '/v1/journal',
  ])('of %s has a row for each item', async (path) => {
    const { items } = is(200, await api.get<Page<unknown>>(path));
    expect(rowsOf(await getCsv(path))).toHaveLength(items.length);
  });
});

describe('the usage of a SIM', () => {
  test('has a row for each hour, day or month', async () => {
    const [sim] = await acme.sims({});
    const { iccid = '', createdAt = '' } = sim ?? {};
    const hour = Date.parse(`${createdAt.slice(0, 13)}:00:00.000Z`);
    const [from, to] = [hour, hour + 3_600_000].map((ms) => new Date(ms).toISOString());
    const path = `/v1/sims/${iccid}/usage?from=${from}&to=${to}&granularity=hour`;
    await cloud.operator('a1').uses({ iccid, at: createdAt, bytes: 42, network: '23201' });
    const json = await eventually(async () => {
      const answer = await api.get<{ totalBytes: number }>(path);
      expect(is(200, answer).totalBytes).toBe(42);
      return answer;
    });
    const answer = await getCsv(path);
    expect(rowsOf(answer)).toEqual([{ at: from, bytes: '42', network: '23201' }]);
    expect(answer.headers.get('etag')).toMatch(/^"[^"]+"$/);
    expect(answer.headers.get('etag')).not.toBe(json.headers.get('etag'));
  });
});

test('a single resource is JSON, whatever the client prefers', async () => {
  const answer = await api.get('/v1/operators/a1', csv);
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('vary')]).toEqual([
    200,
    'application/json',
    null,
  ]);
});
