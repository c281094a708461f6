import { describe, expect, test } from '@jest/globals';
import { operatorOverApi } from '../../../local/operator-settings.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { is, type Page } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-catalogue');
const platform = cloud.as({ roles: ['platform'] });

type Operator = { id: string; name: string; orderMultiple: number; calendar: string };
type Tariff = { id: string; name: string; operatorIds: string[]; audience: string };
type PartnerShown = { id: string; name: string; shortName: string; deliveryAddress: unknown; version: number };

const terms = {
  name: 'Trackers 50 MB',
  operatorIds: ['orange', 'a1'],
  networks: ['Orange France', 'A1 Austria'],
  allowanceBytes: 50_000_000,
  pooling: 'static_pool',
  minimumTermMonths: 12,
  monthlyPrice: { amount: '1.50', currency: 'EUR' },
  audience: 'customer',
};

const details = {
  name: 'Contoso Mobile Ltd',
  shortName: 'Contoso',
  deliveryAddress: { name: 'Contoso', lines: ['1 Dock Road'], city: 'London', postalCode: 'E16 1AA', country: 'GB' },
  contact: { name: 'Con', email: 'con@contoso.example', phone: '+44 20 7946 0000' },
};

const tariffsOf = async (partnerId: string, query = '') =>
  is(200, await cloud.as({ partnerId, roles: ['billing'] }).get<Page<Tariff>>(`/v1/tariffs${query}`)).items;

describe('operators', () => {
  test('are the four of the contract, each with its multiple, lead time and calendar', async () => {
    const { items } = is(200, await acme.api.get<Page<Operator>>('/v1/operators'));
    const ofTheGuide = items.filter(({ id }) => ['3uk', '3ireland', 'orange', 'a1'].includes(id));
    expect(ofTheGuide.map(({ id, orderMultiple, calendar }) => [id, orderMultiple, calendar])).toEqual([
      ['3uk', 50, 'GB'],
      ['3ireland', 50, 'IE'],
      ['orange', 50, 'FR'],
      ['a1', 20, 'AT'],
    ]);
    for (const operator of ofTheGuide) {
      expect(operator).toEqual({
        id: operator.id,
        name: expect.stringMatching(/\S/),
        orderMultiple: operator.orderMultiple,
        leadTimeWorkingDays: { min: 3, max: 5 },
        calendar: operator.calendar,
        products: [{ id: 'triple', name: 'Triple-cut SIM', formFactor: 'triple', default: true }],
        ...(operator.id === '3ireland' && { testStatus: { limitBytes: 100_000 } }),
      });
      expect(is(200, await acme.api.get(`/v1/operators/${operator.id}`))).toEqual(operator);
    }
    expectProblem(await acme.api.get('/v1/operators/3UK'), 404, 'not_found');
  });
});

describe('operators as data', () => {
  const fifth = {
    ...operatorOverApi,
    name: 'Fifth Mobile',
    closedDays: ['2026-12-24'],
    leadTimeWorkingDays: { min: 1, max: 2 },
    products: [...operatorOverApi.products, { id: 'chip', name: 'Embedded SIM', formFactor: 'MFF2', default: false }],
  };
  const path = '/v1/platform/operators/fifth';

  test('an operator that is created is ordered from without a release, and its SIMs become active', async () => {
    // The partner exists before the operator does.
    const plan = await acme.aPlan();
    expectInvalid(await acme.api.post('/v1/orders', { operatorId: 'fifth', quantity: 10 }), [
      ['/operatorId', 'invalid_value'],
    ]);
    const made = await platform.put(path, fifth, { 'if-none-match': '*' });
    expect(is(201, made)).toEqual({ id: 'fifth', ...fifth });
    expect(made.headers.get('location')).toBe(path);
    expect(is(200, await acme.api.get('/v1/operators/fifth'))).toEqual({
      id: 'fifth',
      name: fifth.name,
      orderMultiple: 10,
      leadTimeWorkingDays: fifth.leadTimeWorkingDays,
      calendar: 'weekdays',
      products: fifth.products,
    });

    // The tariffs of the plan do not cover the new operator.
    expectInvalid(await acme.api.post('/v1/orders', { operatorId: 'fifth', quantity: 10, plan }), [
      ['/plan/partnerServiceId', 'tariff_mismatch'],
      ['/plan/customerServiceId', 'tariff_mismatch'],
    ]);
    const covering = { ...terms, operatorIds: ['fifth'] };
    for (const audience of ['partner', 'customer'] as const) {
      const tariff = `trf_fifth_${audience}`;
      is(201, await platform.put(`/v1/platform/tariffs/${tariff}`, { ...covering, audience }));
      is(201, await platform.put(`/v1/platform/partners/${acme.id}/tariffs/${tariff}`));
    }
    const partnerService = await acme.aPartnerService({ tariffId: 'trf_fifth_partner' });
    const { customer, service } = await acme.aCustomerWithService({ tariffId: 'trf_fifth_customer' });
    await cloud.operator('fifth').behavesWell();
    const { id: orderId } = await acme.orders({
      operatorId: 'fifth',
      quantity: 30,
      plan: {
        partnerServiceId: partnerService.id,
        customerId: customer.id,
        customerServiceId: service.id,
        activate: true,
      },
    });
    const order = await acme.orderIn(orderId, 'fulfilled');
    expect(order.progress).toEqual({ received: 30, migrated: 30, assigned: 30, activated: 30, failed: 0 });
    expect(await acme.sims({ operatorId: 'fifth', state: 'active' })).toHaveLength(30);
    const services = await acme.all<{ id: string; name: string }>('/v1/partner-services');
    expect(services.find(({ id }) => id === 'psv_holding_fifth')).toMatchObject({
      name: 'Fifth Mobile holding service',
    });
  });

  test('an operator is replaced only as it was read, and new settings hold for the next request', async () => {
    const read = await platform.get<{ orderMultiple: number }>(path);
    const seen = { 'if-match': read.headers.get('etag') ?? '' };
    expect(is(200, await platform.put(path, { ...fifth, orderMultiple: 25 }, seen))).toMatchObject({
      orderMultiple: 25,
    });
    expectProblem(await platform.put(path, fifth, seen), 412, 'precondition_failed');
    expectInvalid(await acme.api.post('/v1/orders', { operatorId: 'fifth', quantity: 10 }), [
      ['/quantity', 'multiple_of'],
      ['/quantity', 'minimum'],
    ]);
    const quoted = await acme.api.post('/v1/orders/quote', { operatorId: 'fifth', quantity: 50 });
    expect(is(200, quoted)).toMatchObject({ valid: true, violations: [] });
  });

  test('an operator of the guide can be replaced, too, and returned to its settings', async () => {
    const own = '/v1/platform/operators/a1';
    const before = await platform.get<Record<string, unknown>>(own);
    const { id: _id, ...settings } = is(200, before);
    const seen = { 'if-match': before.headers.get('etag') ?? '' };
    expect(is(200, await platform.put(own, { ...settings, name: 'A1 Group' }, seen))).toMatchObject({
      name: 'A1 Group',
    });
    expect(is(200, await acme.api.get('/v1/operators/a1'))).toMatchObject({ name: 'A1 Group' });
    is(200, await platform.put(own, settings));
    const { items } = is(200, await platform.get<Page<{ id: string }>>('/v1/platform/operators?limit=3'));
    expect(items.map(({ id }) => id)).toEqual(['3uk', '3ireland', 'orange']);
  });

  test.each<[string, object, readonly (readonly [string, string])[]]>([
    ['no name', { name: undefined }, [['/name', 'required']]],
    ['an unknown country', { country: 'UK' }, [['/country', 'unknown_country']]],
    ['an unknown calendar', { calendar: 'DE' }, [['/calendar', 'invalid_value']]],
    [
      'a lead time that ends before it begins',
      { leadTimeWorkingDays: { min: 3, max: 2 } },
      [['/leadTimeWorkingDays/min', 'maximum']],
    ],
    ['no default product', { products: [{ ...fifth.products[0], default: false }] }, [['/products', 'one_default']]],
    ['an API but no platform', { platform: undefined }, [['/platform', 'required']]],
    [
      'orders over a platform that takes none',
      { platform: { kind: 'control-center' }, usage: 'file' },
      [['/ordering', 'not_supported']],
    ],
  ])('an operator cannot have %s', async (_name, own, errors) => {
    expectInvalid(await platform.put(path, { ...fifth, ...own }), errors);
  });

  test('the id of an operator has a format, and no tariff covers an operator that does not exist', async () => {
    expectInvalid(await platform.put('/v1/platform/operators/Fifth', fifth), [['/path/operatorId', 'invalid_format']]);
    expectProblem(await platform.get('/v1/platform/operators/sixth'), 404, 'not_found');
    expectInvalid(await platform.put('/v1/platform/tariffs/trf_sixth', { ...terms, operatorIds: ['a1', 'sixth'] }), [
      ['/operatorIds/1', 'invalid_value'],
    ]);
  });
});

describe('a partner', () => {
  test('sees itself, with its delivery address', async () => {
    const shown = is(200, await acme.api.get<PartnerShown>('/v1/partner'));
    expect(shown).toMatchObject({
      id: 'acme-catalogue',
      name: expect.stringMatching(/\S/),
      shortName: expect.stringMatching(/\S/),
      deliveryAddress: { lines: expect.any(Array), country: 'GB' },
      contact: { email: expect.any(String) },
    });
  });

  test('is created by the platform once, then replaced', async () => {
    const path = '/v1/platform/partners/contoso-catalogue';
    const made = await platform.put<PartnerShown>(path, details);
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(path);
    expect(made.body).toMatchObject({ id: 'contoso-catalogue', ...details, version: 1 });

    const moved = { ...details, deliveryAddress: { ...details.deliveryAddress, city: 'Leeds' } };
    const replaced = await platform.put<PartnerShown>(path, moved);
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({ ...moved, version: 2 });
    const contoso = cloud.as({ partnerId: 'contoso-catalogue', roles: ['admin'] });
    expect(is(200, await contoso.get('/v1/partner'))).toEqual(replaced.body);

    const order = await contoso.post<{ deliveryAddress: unknown }>('/v1/orders', { operatorId: 'a1', quantity: 20 });
    expect(is(201, order).deliveryAddress).toEqual(moved.deliveryAddress);
  });

  test('is read by the platform, and replaced only as it was read', async () => {
    const path = '/v1/platform/partners/initech-catalogue';
    const once = { 'if-none-match': '*' };
    expectProblem(await platform.put(path, details, { 'if-match': '*' }), 412, 'precondition_failed');
    expectProblem(await platform.get(path), 404, 'not_found');
    is(201, await platform.put(path, details, once));
    expectProblem(await platform.put(path, { ...details, shortName: 'Slip' }, once), 412, 'precondition_failed');
    const read = await platform.get<PartnerShown>(path);
    expect(is(200, read)).toMatchObject({ id: 'initech-catalogue', ...details, version: 1 });
    const seen = { 'if-match': read.headers.get('etag') ?? '' };
    is(200, await platform.put(path, { ...details, shortName: 'Initech' }, seen));
    expectProblem(await platform.put(path, details, seen), 412, 'precondition_failed');

    const grant = `${path}/tariffs/trf_customer_all`;
    expectProblem(await platform.get(grant), 404, 'not_found');
    is(201, await platform.put(grant));
    const granted = await platform.get<Tariff>(grant);
    expect(is(200, granted)).toMatchObject({ id: 'trf_customer_all' });
    const { items } = is(200, await platform.get<Page<Tariff>>(`${path}/tariffs`));
    expect(items).toEqual([granted.body]);
    expectProblem(await platform.get('/v1/platform/partners/nobody-catalogue/tariffs'), 404, 'not_found');
    is(204, await platform.del(grant, { 'if-match': granted.headers.get('etag') ?? '' }));

    const tariff = '/v1/platform/tariffs/trf_catalogue_read';
    is(201, await platform.put(tariff, terms, once));
    expectProblem(await platform.put(tariff, { ...terms, name: 'Slip' }, once), 412, 'precondition_failed');
    expect(is(200, await platform.get(tariff))).toEqual({ id: 'trf_catalogue_read', ...terms });
  });

  test('is in the platform’s list, as is every tariff', async () => {
    for (const [list, id] of [
      ['partners', 'acme-catalogue'],
      ['tariffs', 'trf_customer_all'],
    ]) {
      const ids: string[] = [];
      let query = '?limit=2';
      for (let pages = 0; pages < 200; pages += 1) {
        const page = is(200, await platform.get<Page<{ id: string }>>(`/v1/platform/${list}${query}`));
        ids.push(...page.items.map((item) => item.id));
        if (page.nextCursor === undefined) {
          break;
        }
        query = `?limit=2&cursor=${page.nextCursor}`;
      }
      expect(ids).toContain(id);
      expect(ids).toEqual([...new Set(ids)].sort());
    }
  });

  test('has a holding service for each operator from the start', async () => {
    const fresh = cloud.partner('fresh-catalogue');
    const services = await fresh.all<{ id: string; name: string; holding: boolean }>('/v1/partner-services');
    const operators = await fresh.all<Operator>('/v1/operators');
    expect(services.map(({ id }) => id).sort()).toEqual(operators.map(({ id }) => `psv_holding_${id}`).sort());
    expect(services.every(({ id, holding }) => holding && id.startsWith('psv_'))).toBe(true);
    expect(new Set(services.map(({ name }) => name)).size).toBe(services.length);
  });

  test('is refused with an invalid id or invalid details', async () => {
    for (const id of ['-x', '.x', 'a%20b', 'a%23b', 'a'.repeat(65)]) {
      expectInvalid(await platform.put(`/v1/platform/partners/${id}`, details), [
        ['/path/partnerId', 'invalid_format'],
      ]);
    }
    const { contact: _contact, ...without } = details;
    expectInvalid(await platform.put('/v1/platform/partners/p', without), [['/contact', 'required']]);
    const address = { ...details.deliveryAddress, country: 'gb', lines: [] };
    expectInvalid(await platform.put('/v1/platform/partners/p', { ...details, deliveryAddress: address }), [
      ['/deliveryAddress/country', 'invalid_format'],
      ['/deliveryAddress/lines', 'too_small'],
    ]);
  });
});

describe('a tariff', () => {
  test('is created by the platform once, then changed', async () => {
    const path = '/v1/platform/tariffs/trf_trackers';
    const made = await platform.put<Tariff>(path, terms);
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(path);
    expect(made.body).toEqual({ id: 'trf_trackers', ...terms });
    const dearer = {
      ...terms,
      monthlyPrice: { amount: '1.75', currency: 'EUR' },
      operatorIds: ['3uk', 'orange', 'a1'],
    };
    const changed = await platform.put<Tariff>(path, dearer);
    expect(changed.status).toBe(200);
    expect(changed.body).toEqual({ id: 'trf_trackers', ...dearer });
  });

  test('keeps its operators, which SIMs may need, and its audience', async () => {
    const path = '/v1/platform/tariffs/trf_kept';
    is(201, await platform.put(path, terms));
    expectProblem(await platform.put(path, { ...terms, operatorIds: ['a1'] }), 409, 'tariff_in_use');
    expectProblem(await platform.put(path, { ...terms, audience: 'partner' }), 409, 'tariff_in_use');
  });

  test.each<[string, object, string]>([
    ['no operator', { operatorIds: [] }, '/operatorIds'],
    ['an operator that is none', { operatorIds: ['o2'] }, '/operatorIds/0'],
    ['a price with a third decimal', { monthlyPrice: { amount: '1.505', currency: 'EUR' } }, '/monthlyPrice/amount'],
    ['a price that is a number', { monthlyPrice: { amount: 1.5, currency: 'EUR' } }, '/monthlyPrice/amount'],
    ['half a byte', { allowanceBytes: 0.5 }, '/allowanceBytes'],
    ['bytes above the largest safe integer', { allowanceBytes: 2 ** 60 }, '/allowanceBytes'],
    ['a pooling that is none', { pooling: 'shared' }, '/pooling'],
    ['an audience that is none', { audience: 'everybody' }, '/audience'],
    ['a term that is none', { minimumTermMonths: -1 }, '/minimumTermMonths'],
  ])('cannot have %s', async (_what, change, pointer) => {
    const problem = expectProblem(await platform.put('/v1/platform/tariffs/trf_wrong', { ...terms, ...change }), 422);
    expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  test('has an id with its prefix', async () => {
    for (const id of ['trackers', 'trf_', 'trf_a%20b', 'TRF_a']) {
      expectInvalid(await platform.put(`/v1/platform/tariffs/${id}`, terms), [['/path/tariffId', 'invalid_format']]);
    }
  });

  test('is visible only to partners to which it was granted', async () => {
    await Promise.all(
      ['own-catalogue', 'other-catalogue'].map((id) => platform.put(`/v1/platform/partners/${id}`, details)),
    );
    is(201, await platform.put('/v1/platform/tariffs/trf_exclusive', { ...terms, audience: 'partner' }));
    const ids = async (partnerId: string) => (await tariffsOf(partnerId)).map(({ id }) => id);
    const own = cloud.as({ partnerId: 'own-catalogue', roles: ['admin'] });
    const other = cloud.as({ partnerId: 'other-catalogue', roles: ['admin'] });
    expect(await ids('own-catalogue')).not.toContain('trf_exclusive');

    const grant = '/v1/platform/partners/own-catalogue/tariffs/trf_exclusive';
    expect((await platform.put(grant)).status).toBe(201);
    expect((await platform.put(grant)).status).toBe(200);
    expect(await ids('own-catalogue')).toContain('trf_exclusive');
    expect(await ids('other-catalogue')).not.toContain('trf_exclusive');
    expect((await own.get('/v1/tariffs/trf_exclusive')).status).toBe(200);
    expectProblem(await other.get('/v1/tariffs/trf_exclusive'), 404, 'not_found');
    const service = { name: 'Exclusive', tariffId: 'trf_exclusive' };
    expectInvalid(await other.post('/v1/partner-services', service), [['/tariffId', 'not_found']]);
    const made = is(201, await own.post<{ id: string }>('/v1/partner-services', service));

    expectProblem(await platform.del(grant, { 'if-match': '"stale"' }), 412, 'precondition_failed');
    const { headers } = await platform.put(grant);
    expect((await platform.del(grant, { 'if-match': headers.get('etag') ?? '' })).status).toBe(204);
    expectProblem(await platform.del(grant), 404, 'not_found');
    expectProblem(await own.get('/v1/tariffs/trf_exclusive'), 404, 'not_found');
    expectInvalid(await own.post('/v1/partner-services', service), [['/tariffId', 'not_found']]);
    expect((await own.get(`/v1/partner-services/${made.id}`)).status).toBe(200);
  });

  test('can only be granted if partner and tariff exist', async () => {
    expectProblem(await platform.put('/v1/platform/partners/none/tariffs/trf_customer_all'), 404, 'not_found');
    expectProblem(await platform.put('/v1/platform/partners/acme-catalogue/tariffs/trf_none'), 404, 'not_found');
    expectProblem(await platform.del('/v1/platform/partners/none/tariffs/trf_customer_all'), 404, 'not_found');
  });

  test('is listed by the operator that it covers', async () => {
    const all = await tariffsOf('acme-catalogue');
    expect(all.length).toBeGreaterThan(4);
    for (const operatorId of ['3uk', '3ireland', 'orange', 'a1']) {
      const covering = all.filter(({ operatorIds }) => operatorIds.includes(operatorId));
      expect(await tariffsOf('acme-catalogue', `?operatorId=${operatorId}`)).toEqual(covering);
    }
  });
});
