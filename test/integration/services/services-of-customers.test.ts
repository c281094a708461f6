import { describe, expect, test } from '@jest/globals';
import { useLocalCloud } from '../support/local-cloud.ts';
import { type Customer, type CustomerService, is, type Page, type PartnerService } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const PARTNER = 'acme-services';
const acme = cloud.partner(PARTNER);
const { api } = acme;

describe('a customer', () => {
  test.each([
    ['Northwind Meters Ltd', 'Northwind Meters'],
    ['Contoso GmbH', 'Contoso'],
    ['Société Générale des Eaux et de la Mer', 'Société Générale des'],
    ['A&B Telematics PLC.', 'A&B Telematics'],
    ['Donaudampfschifffahrtsgesellschaft', 'Donaudampfschifffahr'],
    ['Ltd', 'Ltd'],
    ['!!!', '!!!'],
  ])('with the name %s has the short name %s', async (name, shortName) => {
    expect(await acme.aCustomer({ name })).toMatchObject({ name, shortName });
  });

  test('keeps a given short name', async () => {
    const given = await api.post<Customer>('/v1/customers', { name: 'Northwind Meters Ltd', shortName: 'NWM' });
    expect(is(201, given).shortName).toBe('NWM');
  });

  test('is returned as it was created', async () => {
    const fields = {
      name: 'Fabrikam',
      shortName: 'Fab',
      contact: { name: 'Fay', email: 'fay@fabrikam.example', phone: '+353 1 234' },
      address: { name: 'Fabrikam', lines: ['1 Quay', 'Unit 2'], city: 'Cork', postalCode: 'T12', country: 'IE' },
      registrationNumber: 'IE 123456',
      addresses: {
        delivery: { name: 'Depot', lines: ['2 Quay'], city: 'Cork', postalCode: 'T12', country: 'IE' },
        invoicing: { name: 'Accounts', lines: ['3 Quay'], city: 'Cork', postalCode: 'T12', country: 'IE' },
      },
      contacts: [
        { name: 'Finn', email: 'finn@fabrikam.example' },
        { name: 'Fern', email: 'fern@fabrikam.example', phone: '+353 1 235' },
      ],
      tags: ['south', 'water'],
    };
    const made = is(201, await api.post<Customer>('/v1/customers', fields));
    expect(made).toEqual({
      id: made.id,
      ...fields,
      createdAt: made.createdAt,
      updatedAt: made.createdAt,
      version: 1,
    });
    expect(made.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  });

  test('has addresses and contacts that a merge patch changes, each for itself', async () => {
    const address = (city: string) => ({ name: 'Depot', lines: ['2 Quay'], city, postalCode: 'T12', country: 'IE' });
    const contacts = [{ name: 'Finn', email: 'finn@fabrikam.example' }];
    const { id } = is(201, await api.post<Customer>('/v1/customers', { name: 'Patched' }));
    const path = `/v1/customers/${id}`;
    const patch = async (change: object) => is(200, await api.patch<Customer>(path, change));

    expect(is(200, await api.get<Customer>(path)).contacts).toEqual([]);
    const addresses = { delivery: address('Cork'), invoicing: address('Dublin') };
    expect(await patch({ addresses, contacts, registrationNumber: '1' })).toMatchObject({
      ...{ addresses, contacts, registrationNumber: '1' },
    });
    expect((await patch({ addresses: { delivery: { city: 'Sligo' } } })).addresses).toEqual({
      ...{ delivery: address('Sligo'), invoicing: address('Dublin') },
    });
    expect((await patch({ addresses: { invoicing: null } })).addresses).toEqual({ delivery: address('Sligo') });
    const cleared = await patch({ addresses: null, contacts: null, registrationNumber: null });
    expect(cleared).toMatchObject({ contacts: [], name: 'Patched' });
    expect(Object.keys(cleared)).not.toContain('addresses');
    expect(Object.keys(cleared)).not.toContain('registrationNumber');

    expectInvalid(await api.patch(path, { addresses: { delivery: { city: 'Sligo' } } }), [
      ['/addresses/delivery/name', 'required'],
      ['/addresses/delivery/lines', 'required'],
      ['/addresses/delivery/country', 'required'],
    ]);
    expectInvalid(await api.patch(path, { addresses: { home: null } }), [['/addresses/home', 'unknown_field']]);
    const eleven = Array.from({ length: 11 }, () => contacts[0]);
    expectInvalid(await api.patch(path, { contacts: eleven }), [['/contacts', 'too_big']]);
    expectInvalid(await api.post('/v1/customers', { name: 'x', contacts: [{ name: 'Finn' }] }), [
      ['/contacts/0/email', 'required'],
    ]);
    const noCode = { ...address('Cork'), country: 'GB', postalCode: '' };
    expectInvalid(await api.post('/v1/customers', { name: 'x', addresses: { invoicing: noCode } }), [
      ['/addresses/invoicing/postalCode', 'postal_code_required'],
    ]);
  });

  test('is read by its own users, without the tags of the partner', async () => {
    const { tags: _tags, ...made } = is(
      201,
      await api.post<Customer>('/v1/customers', {
        name: 'Own',
        registrationNumber: '08123456',
        contact: { name: 'Olga', email: 'olga@own.example' },
        contacts: [{ name: 'Omar', email: 'omar@own.example' }],
        tags: ['pays late'],
      }),
    );
    const other = await acme.aCustomer();
    const as = (customerId: string, role: string) => cloud.as({ partnerId: PARTNER, customerId, roles: [role] });
    for (const role of ['customer_admin', 'customer_user']) {
      expect(is(200, await as(made.id, role).get('/v1/customer'))).toEqual(made);
      expect(is(200, await as(other.id, role).get('/v1/customer'))).toMatchObject({ id: other.id });
      expectProblem(await as(made.id, role).get(`/v1/customers/${made.id}`), 403, 'forbidden');
    }
    expectProblem(await api.get('/v1/customer'), 403, 'forbidden');
    expectProblem(await as(made.id, 'admin').get('/v1/customer'), 403, 'forbidden');
  });

  test('is found by a tag, also with a part of its name', async () => {
    const finder = cloud.partner('tags-services');
    const make = async (name: string, tags: string[]) =>
      is(201, await finder.api.post<Customer>('/v1/customers', { name, tags }));
    await make('Alpine Water', ['north', 'water']);
    await make('Nordsee Water', ['water']);
    await make('Alpine Gas', ['north']);
    await make('Untagged', []);
    const found = async (query: string) =>
      (await finder.all<Customer>(`/v1/customers?limit=1&${query}`)).map(({ name }) => name);
    expect(await found('tag=north')).toEqual(['Alpine Water', 'Alpine Gas']);
    expect(await found('tag=Water&q=alp')).toEqual(['Alpine Water']);
    expect(await found('tag=wat')).toEqual([]);
    expectInvalid(await finder.api.get('/v1/customers?tag='), [['/query/tag', 'too_small']]);
  });

  test('is found by a part of its name, whatever the case', async () => {
    const finder = cloud.partner('finder-services');
    const names = ['Alpine Water', 'Water Alpine', 'ALPINE GAS', 'Überlandwerk', 'Nordsee (50% Wind)'];
    for (const name of names) {
      await finder.aCustomer({ name });
    }
    const found = async (q: string) =>
      (await finder.all<Customer>(`/v1/customers?q=${encodeURIComponent(q)}`)).map(({ name }) => name);
    expect(await found('alpine')).toEqual(['Alpine Water', 'Water Alpine', 'ALPINE GAS']);
    expect(await found('Alpine W')).toEqual(['Alpine Water']);
    expect(await found('über')).toEqual(['Überlandwerk']);
    expect(await found('50%')).toEqual(['Nordsee (50% Wind)']);
    expect(await found('none of them')).toEqual([]);
  });

  test('with a service cannot be deleted; without any it can', async () => {
    const { customer, service } = await acme.aCustomerWithService();
    expectProblem(await api.del(`/v1/customers/${customer.id}`), 409, 'in_use');
    expect((await api.del(`/v1/customer-services/${service.id}`)).status).toBe(204);
    expect((await api.del(`/v1/customers/${customer.id}`)).status).toBe(204);
    expectProblem(await api.get(`/v1/customers/${customer.id}`), 404, 'not_found');
    const late = { customerId: customer.id, tariffId: 'trf_customer_all' };
    expectInvalid(await api.post('/v1/customer-services', late), [['/customerId', 'not_found']]);
  });
});

describe('a partner service', () => {
  test('is created with a tariff for partners, and can be renamed', async () => {
    const made = await acme.aPartnerService({ name: 'Meters' });
    expect(made).toMatchObject({ name: 'Meters', tariffId: 'trf_partner_all', holding: false, version: 1 });
    const renamed = is(200, await api.patch<PartnerService>(`/v1/partner-services/${made.id}`, { name: 'Cars' }));
    expect(renamed).toMatchObject({ id: made.id, name: 'Cars', version: 2 });
    expect(await acme.all<PartnerService>('/v1/partner-services')).toContainEqual(renamed);
  });

  test('has a granted tariff for partners', async () => {
    const make = (tariffId: string) => api.post('/v1/partner-services', { name: 'x', tariffId });
    expectInvalid(await make('trf_none'), [['/tariffId', 'not_found']]);
    expectInvalid(await make('trf_customer_all'), [['/tariffId', 'wrong_audience']]);
  });

  test('cannot become a holding service', async () => {
    const { id } = await acme.aPartnerService();
    expectInvalid(await api.patch(`/v1/partner-services/${id}`, { holding: true }), [['/holding', 'unknown_field']]);
    expectInvalid(await api.post('/v1/partner-services', { name: 'x', tariffId: 'trf_partner_all', holding: true }), [
      ['/holding', 'unknown_field'],
    ]);
  });

  test('that is a holding service is listed and cannot be edited', async () => {
    const services = await acme.all<PartnerService>('/v1/partner-services');
    const holding = services.filter((service) => service.holding);
    expect(holding.length).toBeGreaterThanOrEqual(4);
    for (const service of holding) {
      const path = `/v1/partner-services/${service.id}`;
      expectProblem(await api.patch(path, { name: 'Mine' }), 409, 'holding_service');
      expectProblem(await api.patch(path, {}), 409, 'holding_service');
      expect(is(200, await api.get(path))).toEqual(service);
    }
  });
});

describe('a customer service', () => {
  test('is called by the customer\u2019s short name and the tariff\u2019s, unless it has a name', async () => {
    const customer = is(201, await api.post<Customer>('/v1/customers', { name: 'Northwind Meters Ltd' }));
    const fields = { customerId: customer.id, tariffId: 'trf_customer_all' };
    const made = await api.post<CustomerService>('/v1/customer-services', fields);
    expect(is(201, made)).toMatchObject({ ...fields, name: 'Northwind Meters \u2013 Fleet 1 GB', version: 1 });
    const named = await api.post<CustomerService>('/v1/customer-services', { ...fields, name: 'Cars' });
    expect(is(201, named).name).toBe('Cars');
  });

  test('has a unique name within its customer, regardless of case', async () => {
    const { customer, service } = await acme.aCustomerWithService();
    const make = (name: string | undefined, customerId = customer.id) =>
      api.post<CustomerService>('/v1/customer-services', { customerId, tariffId: 'trf_customer_all', name });
    for (const name of [service.name, service.name.toUpperCase(), ` ${service.name} `]) {
      expectProblem(await make(name), 409, 'name_taken');
    }
    is(201, await make(undefined));
    expectProblem(await make(undefined), 409, 'name_taken');
    const { id: otherCustomer } = await acme.aCustomer();
    expect((await make(service.name, otherCustomer)).status).toBe(201);

    const other = is(201, await make('Second'));
    expectProblem(await api.patch(`/v1/customer-services/${other.id}`, { name: service.name }), 409, 'name_taken');
    const renamed = await api.patch<CustomerService>(`/v1/customer-services/${other.id}`, { name: 'SECOND' });
    expect(is(200, renamed).name).toBe('SECOND');
    is(200, await api.patch(`/v1/customer-services/${other.id}`, { name: 'Third' }));
    // The name that it had is free again.
    const second = is(201, await make('Second'));
    expect((await api.del(`/v1/customer-services/${second.id}`)).status).toBe(204);
    expect((await make('Second')).status).toBe(201);
  });

  test('is created once by concurrent requests with the same name', async () => {
    const { id: customerId } = await acme.aCustomer();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => api.post('/v1/customer-services', { customerId, tariffId: 'trf_customer_all' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    expect(await acme.all(`/v1/customer-services?customerId=${customerId}`)).toHaveLength(1);
  });

  test('has a granted tariff for customers and an existing customer', async () => {
    const { id: customerId } = await acme.aCustomer();
    const make = (body: object) => api.post('/v1/customer-services', body);
    expectInvalid(await make({ customerId, tariffId: 'trf_none' }), [['/tariffId', 'not_found']]);
    expectInvalid(await make({ customerId, tariffId: 'trf_partner_all' }), [['/tariffId', 'wrong_audience']]);
    expectInvalid(await make({ customerId: 'cus_none', tariffId: 'trf_customer_all' }), [['/customerId', 'not_found']]);
    expectInvalid(await make({}), [
      ['/customerId', 'required'],
      ['/tariffId', 'required'],
    ]);
  });

  test('is listed, all of the partner\u2019s or one customer\u2019s', async () => {
    const [one, other] = [await acme.aCustomerWithService(), await acme.aCustomerWithService()];
    const second = await acme.aCustomerService(one.customer.id);
    const all = await acme.all<CustomerService>('/v1/customer-services?limit=3');
    for (const service of [one.service, second, other.service]) {
      expect(all).toContainEqual(service);
    }
    const ofOne = await acme.all<CustomerService>(`/v1/customer-services?customerId=${one.customer.id}&limit=1`);
    expect(ofOne.map(({ id }) => id).sort()).toEqual([one.service.id, second.id].sort());
    const none = await api.get<Page<CustomerService>>('/v1/customer-services?customerId=cus_none');
    expect(is(200, none)).toEqual({ items: [] });
  });

  test('cannot be deleted while SIMs use it, and can afterwards', async () => {
    const [sim, ...others] = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
    const path = `/v1/customer-services/${sim?.customerServiceId}`;
    const all = [sim, ...others].map((one) => one?.iccid);
    expectProblem(await api.del(path), 409, 'in_use');
    expectProblem(await api.del(`/v1/customers/${sim?.customerId}`), 409, 'in_use');

    expect(await acme.bulkDone('suspend', { select: { iccids: all } })).toMatchObject({ state: 'succeeded' });
    expect(await acme.bulkDone('unassign', { select: { iccids: all.slice(1) } })).toMatchObject({ succeeded: 19 });
    expectProblem(await api.del(path), 409, 'in_use');
    expect(await acme.bulkDone('unassign', { select: { iccids: all } })).toMatchObject({ succeeded: 20 });
    expect((await api.del(path)).status).toBe(204);
    expectProblem(await api.get(path), 404, 'not_found');
    expect((await api.del(`/v1/customers/${sim?.customerId}`)).status).toBe(204);
  });

  test('is not used by terminated SIMs, which keep its id and their customer as history', async () => {
    const sims = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
    const { customerId, customerServiceId, partnerServiceId } = sims[0] ?? {};
    const iccids = sims.map(({ iccid }) => iccid);
    const simsOn = async (service: string) => is(200, await api.get<{ sims: number }>(`/v1/${service}/usage`)).sims;
    const both = async () => [
      await simsOn(`customer-services/${customerServiceId}`),
      await simsOn(`partner-services/${partnerServiceId}`),
    ];

    expect(await both()).toEqual([20, 20]);
    await acme.bulkDone('terminate', { select: { iccids: iccids.slice(1) }, confirm: 19 });
    expect(await both()).toEqual([1, 1]);
    await acme.bulkDone('terminate', { select: { iccids }, confirm: 20 });
    expect(await both()).toEqual([0, 0]);
    expect((await api.del(`/v1/customer-services/${customerServiceId}`)).status).toBe(204);
    expect((await api.del(`/v1/customers/${customerId}`)).status).toBe(204);
    expect(is(200, await api.get(`/v1/sims/${iccids[0]}`))).toMatchObject({
      ...{ state: 'terminated', customerId, customerServiceId, partnerServiceId },
    });

    // They are found by these ids; others are not found, and neither are they in another state.
    const found = async (filter: string) => {
      const { items } = is(200, await api.get<{ items: { iccid: string }[] }>(`/v1/sims?limit=200&${filter}`));
      return items.map(({ iccid }) => iccid);
    };
    const ofService = `customerServiceId=${customerServiceId}`;
    for (const more of [
      '',
      '&state=terminated',
      `&customerId=${customerId}`,
      `&partnerServiceId=${partnerServiceId}`,
    ]) {
      expect(await found(`${ofService}${more}`)).toEqual(iccids);
    }
    for (const more of ['&state=active', '&customerId=cus_other']) {
      expect(await found(`${ofService}${more}`)).toEqual([]);
    }
  });

  test('is no longer used by SIMs that changed to another service', async () => {
    const sims = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
    const { customerId = '', customerServiceId } = sims[0] ?? {};
    const other = await acme.aCustomerService(customerId, { tariffId: 'trf_customer_a1' });
    const select = { customerServiceId };
    await acme.bulkDone('assign', { select: { filter: select }, customerId, customerServiceId: other.id });
    expect((await api.del(`/v1/customer-services/${customerServiceId}`)).status).toBe(204);
    expectProblem(await api.del(`/v1/customer-services/${other.id}`), 409, 'in_use');
  });
});
