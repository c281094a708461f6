import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useLocalCloud } from '../support/local-cloud.ts';
import { is, type Page } from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const partnerId = `acme-journal-${process.pid}`;
const acme = cloud.partner(partnerId);
const support = cloud.as({ partnerId, roles: ['support'] });

type Entry = {
  at: string;
  actor: string;
  method: string;
  route: string;
  resource: string;
  sourceIp: string;
  requestId: string;
  status: number;
  actorEmail?: string;
  changes: { field: string; before?: unknown; after?: unknown; withheld?: true }[];
};

const journal = (query = '') => acme.all<Entry>(`/v1/journal${query}`);
let customer: string;
let requestId: string | null;

beforeAll(async () => {
  const key = { 'idempotency-key': randomUUID() };
  const body = { name: 'Northwind' };
  const made = await acme.api.post<{ id: string }>('/v1/customers', body, key);
  customer = is(201, made).id;
  requestId = made.headers.get('x-request-id');
  is(201, await acme.api.post('/v1/customers', body, key));
  is(200, await acme.api.patch(`/v1/customers/${customer}`, { tags: ['a'] }));
  is(200, await acme.api.post('/v1/orders/quote', { operatorId: '3uk', quantity: 50 }));
  is(200, await acme.api.post('/v1/sims/terminate', { select: { filter: {} }, confirm: 0, dryRun: true }));
  is(422, await acme.api.post('/v1/customers', { nothing: 'of the kind' }));
  is(204, await acme.api.del(`/v1/customers/${customer}`));
});

describe('the journal', () => {
  test('has every accepted write once, newest first, and nothing else', async () => {
    const entries = await journal();
    expect(entries.map(({ method, route, status }) => `${method} ${route} ${status}`)).toEqual([
      'DELETE /v1/customers/{id} 204',
      'PATCH /v1/customers/{id} 200',
      'POST /v1/customers 201',
    ]);
    expect(entries.map(({ resource }) => resource)).toEqual(entries.map(() => `/v1/customers/${customer}`));
    expect(entries.map(({ changes }) => changes.find(({ field }) => field === 'tags' || field === 'name'))).toEqual([
      { field: 'name', withheld: true },
      { field: 'tags', withheld: true },
      { field: 'name', withheld: true },
    ]);
    expect(JSON.stringify(entries)).not.toContain('Northwind');
    expect(entries.at(-1)).toMatchObject({
      requestId,
      sourceIp: '127.0.0.1',
      actor: expect.any(String),
      at: expect.stringMatching(/Z$/),
    });
  });

  test('is filtered by time, actor and resource, page by page', async () => {
    const [last, middle, first] = await journal();
    expect(await journal(`?from=${middle?.at}&to=${middle?.at}`)).toEqual([middle]);
    expect(await journal(`?from=${middle?.at}`)).toEqual([last, middle]);
    expect(await journal(`?to=${middle?.at}`)).toEqual([middle, first]);
    expect(await journal('?limit=1')).toEqual([last, middle, first]);
    expect(await journal(`?actor=${encodeURIComponent(first?.actor ?? '')}`)).toHaveLength(3);
    expect(await journal('?actor=somebody')).toEqual([]);
    expect(await journal(`?resource=${customer}`)).toHaveLength(3);
    expect(await journal('?resource=cus_other')).toEqual([]);
    expectProblem(await acme.api.get(`/v1/journal?from=${last?.at}&to=2000-01-01T00:00:00Z`), 422);
  });

  test('of the platform has the platform\u2019s writes with their changes', async () => {
    const platform = cloud.as({ roles: ['platform'] });
    const path = `/v1/platform/partners/${partnerId}`;
    const {
      id: _id,
      createdAt: _at,
      updatedAt: _then,
      version: _version,
      ...details
    } = is(200, await platform.get<Record<string, unknown>>(path));
    is(200, await platform.put(path, { ...details, holdingDays: 9 }));
    const { items } = is(200, await platform.get<Page<Entry>>(`/v1/journal?resource=${partnerId}&limit=1`));
    expect(items).toMatchObject([{ method: 'PUT', resource: path, changes: [{ field: 'holdingDays', after: 9 }] }]);
    expect(await journal(`?resource=${partnerId}`)).toEqual([]);
  });

  test('is only visible to its partner', async () => {
    expect(is(200, await support.get<Page<Entry>>('/v1/journal')).items).toHaveLength(3);
    expect(is(200, await cloud.partner('globex-journal').api.get<Page<Entry>>('/v1/journal')).items).toEqual([]);
  });
});
