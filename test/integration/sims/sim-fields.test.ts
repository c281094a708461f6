import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { useLocalCloud } from '../support/local-cloud.ts';
import { is, type ProblemDocument, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

type Names = { names: string[]; formerNames: string[] };
type Loaded = {
  rows: number;
  loaded: number;
  alreadyLoaded: number;
  rejected: number;
  errors: { row: number; code: string }[];
};

const cloud = useLocalCloud();
const acme = cloud.partner(`fields-${process.pid}`);
const globex = cloud.partner(`fields-others-${process.pid}`);
const { api } = acme;
const CSV = { 'content-type': 'text/csv' };

let iccids: string[];
let customer: string;

const read = async (iccid: string | undefined) => is(200, await api.get<Sim>(`/v1/sims/${iccid}`));
const set = async (iccid: string | undefined, fields: unknown) =>
  is(200, await api.patch<Sim>(`/v1/sims/${iccid}`, { fields })).fields;
const choose = async (...names: string[]) => is(200, await api.put<Names>('/v1/sim-fields', { names }));

beforeAll(async () => {
  const [sims] = await Promise.all([
    acme.assignedSims({ operatorId: 'a1', quantity: 20 }),
    globex.simsInHolding({ operatorId: 'a1', quantity: 20 }),
  ]);
  iccids = sims.map(({ iccid }) => iccid);
  customer = sims[0]?.customerId ?? '';
});

describe('the names of the fields', () => {
  test('are none at first, and are chosen by an admin alone', async () => {
    expect(is(200, await globex.api.get<Names>('/v1/sim-fields'))).toEqual({ names: [], formerNames: [] });
    expect(await choose('site', 'contract')).toEqual({ names: ['site', 'contract'], formerNames: [] });
    expect(is(200, await globex.api.get<Names>('/v1/sim-fields')).names).toEqual([]);
    for (const role of ['provisioning', 'deployment', 'support', 'accounts', 'billing'] as const) {
      const as = cloud.as({ partnerId: acme.id, roles: [role] });
      expect(is(200, await as.get<Names>('/v1/sim-fields')).names).toEqual(['site', 'contract']);
      expectProblem(await as.put('/v1/sim-fields', { names: [] }), 403);
    }
  });

  test('are checked', async () => {
    expectInvalid(await api.put('/v1/sim-fields', { names: ['site', 'Site'] }), [['/names/1', 'duplicate']]);
    expectInvalid(await api.put('/v1/sim-fields', { names: ['a\nb'] }), [['/names/0', 'invalid_format']]);
    for (const name of ['__proto__', 'constructor']) {
      expectInvalid(await api.put('/v1/sim-fields', { names: [name] }), [['/names/0', 'invalid_value']]);
    }
    const eleven = Array.from({ length: 11 }, (_, place) => `name ${place}`);
    expectInvalid(await api.put('/v1/sim-fields', { names: eleven }), [['/names', 'too_big']]);
  });

  test('honour If-Match', async () => {
    const { headers } = await api.get('/v1/sim-fields');
    const stale = { 'if-match': '"stale"' };
    expectProblem(await api.put('/v1/sim-fields', { names: ['depot'] }, stale), 412);
    is(
      200,
      await api.put('/v1/sim-fields', { names: ['site', 'contract'] }, { 'if-match': headers.get('etag') ?? '' }),
    );
  });
});

describe('the fields of a SIM', () => {
  test('can have names that objects have by nature', async () => {
    const names = ['toString', 'valueOf', 'toJSON', 'then', 'length', 'name', 'entries', 'size', 'hasOwnProperty'];
    const before = is(200, await api.get<Names>('/v1/sim-fields')).names;
    await choose(...names);
    const texts = Object.fromEntries(names.map((name) => [name, `the ${name}`]));
    expect(await set(iccids[1], texts)).toEqual(texts);
    expect((await read(iccids[1])).fields).toEqual(texts);
    await set(iccids[1], Object.fromEntries(names.map((name) => [name, null])));
    await choose(...before);
  });

  test('are set, kept and removed one by one', async () => {
    const [iccid] = iccids;
    expect((await read(iccid)).fields).toEqual({});
    expect(await set(iccid, { site: ' Leeds 4 ', contract: 'C-17' })).toEqual({ site: 'Leeds 4', contract: 'C-17' });
    expect(await set(iccid, { contract: null })).toEqual({ site: 'Leeds 4' });
    const { version } = await read(iccid);
    expect(await set(iccid, { site: 'Leeds 4' })).toEqual({ site: 'Leeds 4' });
    expect((await read(iccid)).version).toBe(version);
    expect(await set(iccid, null)).toEqual({});
  });

  test('of unknown names are refused, with the names that exist', async () => {
    const answer = await api.patch<ProblemDocument>(`/v1/sims/${iccids[1]}`, {
      label: 'Gate',
      fields: { depot: 'York' },
    });
    expectInvalid(answer, [['/fields/depot', 'unknown_field']]);
    expect(answer.body.errors?.[0]?.message).toMatch(/Your fields are site, contract\..*PUT \/v1\/sim-fields/);
    expect(await read(iccids[1])).not.toHaveProperty('label');
  });

  test('are limited together', async () => {
    expectInvalid(await api.patch(`/v1/sims/${iccids[1]}`, { fields: { site: 'x'.repeat(61) } }), [
      ['/fields/site', 'too_big'],
    ]);
    const wide = '😀'.repeat(30);
    expect(await set(iccids[1], { site: wide, contract: wide })).toEqual({ site: wide, contract: wide });
    await choose('site', 'contract', 'third', 'fourth');
    expectInvalid(await api.patch(`/v1/sims/${iccids[1]}`, { fields: { third: wide, fourth: wide } }), [
      ['/fields', 'limit_exceeded'],
    ]);
    await choose('site', 'contract');
  });

  test('of a removed name stay until they are removed', async () => {
    const [, , iccid] = iccids;
    await choose('site', 'contract', 'meter');
    await set(iccid, { meter: 'M-1', site: 'York' });
    expect((await choose('site', 'contract')).formerNames).toContain('meter');
    expect((await read(iccid)).fields).toEqual({ meter: 'M-1', site: 'York' });
    const answer = await api.patch<ProblemDocument>(`/v1/sims/${iccid}`, { fields: { meter: 'M-2' } });
    expectInvalid(answer, [['/fields/meter', 'unknown_field']]);
    expect(answer.body.errors?.[0]?.message).toMatch(/was removed/);
    expect(await set(iccid, { meter: null })).toEqual({ site: 'York' });
  });

  test('are seen by the customer, and changed only by roles that change SIMs', async () => {
    const [, , , iccid] = iccids;
    await set(iccid, { site: 'Hull' });
    const user = cloud.as({ partnerId: acme.id, customerId: customer, roles: ['customer_user'] });
    expect(is(200, await user.get<Sim>(`/v1/sims/${iccid}`)).fields).toEqual({ site: 'Hull' });
    expectProblem(await user.get('/v1/sim-fields'), 403);
    expectProblem(await user.patch(`/v1/sims/${iccid}`, { fields: { site: 'York' } }), 403);
    const support = cloud.as({ partnerId: acme.id, roles: ['support'] });
    is(200, await support.patch(`/v1/sims/${iccid}`, { fields: { contract: 'C-1' } }));
    expectProblem(await cloud.as({ partnerId: acme.id, roles: ['billing'] }).patch(`/v1/sims/${iccid}`, {}), 403);
    expectProblem(await globex.api.patch(`/v1/sims/${iccid}`, { fields: null }), 404);
  });

  test('of a former customer are cleared for the next one; later ones stay', async () => {
    const [, , , , iccid = ''] = iccids;
    await set(iccid, { site: 'Of the first' });
    await acme.bulkDone('unassign', { select: { iccids: [iccid] } });
    await set(iccid, { contract: 'Of stock' });
    const { customer: next, service } = await acme.aCustomerWithService();
    await acme.bulkDone('assign', { select: { iccids: [iccid] }, customerId: next.id, customerServiceId: service.id });
    expect((await read(iccid)).fields).toEqual({ contract: 'Of stock' });
    const events = await acme.all<{ type: string; cleared?: unknown }>(`/v1/sims/${iccid}/events`);
    expect(events.at(-1)).toMatchObject({ type: 'sim.assigned', cleared: { fields: { site: 'Of the first' } } });
  });

  test('are in the journal by name, without their texts', async () => {
    await choose('site', 'contract', 'state');
    await set(iccids[5], { state: 'secret text', site: 'secret text' });
    const entries = await acme.all<{ resource: string; changes: unknown[] }>('/v1/journal');
    const own = entries.filter(({ resource }) => resource === `/v1/sims/${iccids[5]}`);
    expect(own.map(({ changes }) => changes)).toEqual([
      expect.arrayContaining([
        { field: 'fields.state', withheld: true },
        { field: 'fields.site', withheld: true },
      ]),
    ]);
    expect(JSON.stringify(entries)).not.toContain('secret text');
    await choose('site', 'contract');
  });
});

describe('fields in CSV', () => {
  test('are columns of the lists of SIMs', async () => {
    await set(iccids[6], { site: 'Bath, "old"', contract: null });
    const { orderId } = await read(iccids[6]);
    for (const path of ['/v1/sims?limit=200', `/v1/orders/${orderId}/sims?limit=200`]) {
      const { body } = await api.get<string>(path, { accept: 'text/csv' });
      const rows: Record<string, string>[] = parse(body, { columns: true });
      expect(Object.keys(rows[0] ?? {}).filter((name) => name.includes('field'))).toEqual([
        'field:site',
        'field:contract',
      ]);
      expect(rows.find(({ iccid }) => iccid === iccids[6])).toMatchObject({
        'field:site': 'Bath, "old"',
        'field:contract': '',
      });
    }
    const { body } = await globex.api.get<string>('/v1/sims?limit=1', { accept: 'text/csv' });
    expect(body.split('\r\n')[0]).not.toContain('field');
  });

  test('are set from a file, row by row', async () => {
    const [a, b, c] = iccids.slice(7);
    const rows = [
      'iccid,field:site,label,field:contract',
      `${a},Leeds,Meter 1,C-1`,
      `${b},,Meter 2,`,
      `${c},${'x'.repeat(61)},Meter 3,C-3`,
    ].join('\r\n');
    const dry = is(200, await api.post<Loaded>('/v1/sims/labels?dryRun=true', rows, CSV));
    expect(dry).toMatchObject({
      rows: 3,
      loaded: 2,
      alreadyLoaded: 0,
      rejected: 1,
      errors: [{ row: 4, code: 'invalid_field' }],
    });
    expect((await read(a)).fields).toEqual({});
    expect(is(200, await api.post<Loaded>('/v1/sims/labels', rows, CSV))).toEqual(dry);
    expect(await read(a)).toMatchObject({ label: 'Meter 1', fields: { site: 'Leeds', contract: 'C-1' } });
    expect(await read(b)).toMatchObject({ label: 'Meter 2', fields: {} });
    expect(await read(c)).toMatchObject({ fields: {} });
    const again = is(200, await api.post<Loaded>('/v1/sims/labels', rows, CSV));
    expect(again).toMatchObject({ loaded: 0, alreadyLoaded: 2, rejected: 1 });
  });

  test('of unknown names are refused for the whole file', async () => {
    const rows = `iccid,field:depot,field:site\r\n${iccids[0]},York,York\r\n`;
    expectInvalid(await api.post('/v1/sims/labels', rows, CSV), [['/columns/field:depot', 'unknown_field']]);
    expectInvalid(await api.post('/v1/sims/labels', `iccid,field:\r\n${iccids[0]},York\r\n`, CSV), [
      ['/columns/field:', 'unknown_field'],
    ]);
    expect((await read(iccids[0])).fields).toEqual({});
  });
});
