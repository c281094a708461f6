import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiResponse, useLocalCloud } from '../support/local-cloud.ts';
import { type Customer, is, type Order, type Page, type PartnerService, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-rules');
const { api } = acme;
const globex = cloud.partner('globex-rules');

let sims: Sim[];
/** A SIM of another partner. */
let foreignSim: Sim | undefined;

beforeAll(async () => {
  [sims, [foreignSim]] = await Promise.all([
    acme.simsInHolding({ operatorId: 'a1', quantity: 20 }),
    globex.simsInHolding({ operatorId: 'a1', quantity: 20 }),
  ]);
});

const iccidOf = (place: number) => sims[place]?.iccid ?? '';

describe('a partner that exceeds its limit of requests', () => {
  test('receives Retry-After, while another partner and the platform are served', async () => {
    const partnerId = `acme-eager-${Date.now()}`;
    const eager = cloud.partner(partnerId).api;
    const platform = cloud.as({ roles: ['platform'] });
    const partner = {
      name: 'Eager Ltd',
      shortName: 'Eager',
      deliveryAddress: { name: 'Eager', lines: ['1 Dock Road'], city: 'London', postalCode: 'E16 1AA', country: 'GB' },
      contact: { name: 'Ada', email: 'ada@eager.example' },
      requestsPerSecond: 1,
    };
    is(201, await platform.put(`/v1/platform/partners/${partnerId}`, partner));
    const answers: ApiResponse<unknown>[] = [];
    for (let n = 0; n < 40; n += 1) {
      answers.push(await eager.get('/v1/customers'));
    }
    const refused = answers.find(({ status }) => status === 429);
    if (!refused) {
      throw new Error('No request was refused.');
    }
    expectProblem(refused, 429, 'too_many_requests');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(5);
    for (let n = 0; n < 10; n += 1) {
      is(200, await globex.api.get('/v1/customers'));
      is(200, await platform.get('/v1/platform/set-aside'));
    }
  });
});

describe('a created resource', () => {
  test('is answered with 201, Location, ETag and an id with the prefix of its kind', async () => {
    const customer = await api.post<Customer>('/v1/customers', { name: 'Northwind Meters Ltd' });
    const customerService = await api.post<{ id: string }>('/v1/customer-services', {
      customerId: customer.body.id,
      tariffId: 'trf_customer_all',
    });
    const partnerService = await api.post<{ id: string }>('/v1/partner-services', {
      name: 'Meters',
      tariffId: 'trf_partner_all',
    });
    const order = await api.post<{ id: string }>('/v1/orders', { operatorId: 'a1', quantity: 20 });
    for (const [made, prefix, path] of [
      [customer, 'cus_', '/v1/customers'],
      [customerService, 'csv_', '/v1/customer-services'],
      [partnerService, 'psv_', '/v1/partner-services'],
      [order, 'ord_', '/v1/orders'],
    ] as const) {
      expect(made.status).toBe(201);
      expect(made.body.id).toMatch(new RegExp(`^${prefix}[A-Za-z0-9]+$`));
      expect(made.headers.get('location')).toBe(`${path}/${made.body.id}`);
      expect(made.headers.get('etag')).toMatch(/^"[^"]+"$/);
      expect(made.headers.get('content-type')).toMatch(/^application\/json/);
      expect((await api.get(`${path}/${made.body.id}`)).status).toBe(200);
    }
    const tariffs = is(200, await api.get<Page<{ id: string }>>('/v1/tariffs'));
    expect(tariffs.items.every(({ id }) => id.startsWith('trf_'))).toBe(true);
  });

  test('is the same when it is read, with the same tag', async () => {
    const made = await api.post<Customer>('/v1/customers', { name: 'Fabrikam' });
    const read = await api.get<Customer>(made.headers.get('location') ?? '');
    expect(read.body).toEqual(made.body);
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'));
  });

  test('a long operation is answered with 202, the operation and its location', async () => {
    const { id: partnerServiceId } = await acme.aPartnerService();
    const answer = await api.post<{ id: string }>('/v1/sims/migrate', {
      select: { iccids: [iccidOf(19)] },
      partnerServiceId,
    });
    expect(answer.status).toBe(202);
    expect(answer.body.id).toMatch(/^op_/);
    expect(answer.headers.get('location')).toBe(`/v1/operations/${answer.body.id}`);
    await acme.operationDone(answer.body.id);
  });

  test('a deletion is answered with 204 without a body, and the resource is gone', async () => {
    const { id } = await acme.aCustomer();
    const gone = await api.del(`/v1/customers/${id}`);
    expect(gone.status).toBe(204);
    expect(gone.body).toBeUndefined();
    expect(gone.headers.get('x-request-id')).toMatch(/\S/);
    expectProblem(await api.get(`/v1/customers/${id}`), 404, 'not_found');
    expectProblem(await api.del(`/v1/customers/${id}`), 404, 'not_found');
  });
});

describe('a list', () => {
  const names = Array.from({ length: 7 }, (_, place) => `Paged ${place + 1}`);
  let customers: Customer[];

  beforeAll(async () => {
    customers = [];
    for (const name of names) {
      customers.push(await acme.aCustomer({ name }));
    }
  });

  async function walk<T>(path: string, limit: number): Promise<T[][]> {
    const pages: T[][] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ limit: String(limit), ...(cursor === undefined ? {} : { cursor }) });
      const page = is(200, await api.get<Page<T>>(`${path}${path.includes('?') ? '&' : '?'}${query}`));
      pages.push(page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return pages;
  }

  test.each([1, 2, 3, 7, 8, 200])('has pages of %i items, and no cursor on the last', async (limit) => {
    const pages = await walk<Customer>('/v1/customers?q=paged', limit);
    expect(pages.flat()).toEqual(customers);
    expect(pages.every((page) => page.length <= limit)).toBe(true);
  });

  test('that fits its page exactly has no cursor', async () => {
    const page = is(200, await api.get<Page<Sim>>(`/v1/orders/${sims[0]?.orderId}/sims?limit=20`));
    expect(page.items).toHaveLength(20);
    expect(page).not.toHaveProperty('nextCursor');
  });

  test.each([
    '/v1/operators',
    '/v1/tariffs',
    '/v1/customers',
    '/v1/customer-services',
    '/v1/partner-services',
    '/v1/orders',
    '/v1/sims',
    '/v1/operations',
  ])('of %s has full pages and shows each item once, in order', async (path) => {
    const whole = (await walk<{ id?: string; iccid?: string }>(path, 200)).flat().map(({ id, iccid }) => id ?? iccid);
    expect(new Set(whole).size).toBe(whole.length);
    for (const limit of [1, 3]) {
      const pages = await walk<{ id?: string; iccid?: string }>(path, limit);
      expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(limit);
      expect(pages.flat().map(({ id, iccid }) => id ?? iccid)).toEqual(whole);
    }
  });

  test('has 50 items per page by default', async () => {
    const many = cloud.partner('many-rules');
    await Promise.all(Array.from({ length: 51 }, (_, place) => many.aCustomer({ name: `Customer ${place}` })));
    const first = is(200, await many.api.get<Page<Customer>>('/v1/customers'));
    expect(first.items).toHaveLength(50);
    const rest = is(200, await many.api.get<Page<Customer>>(`/v1/customers?cursor=${first.nextCursor}`));
    expect(rest.items).toHaveLength(1);
    expect(rest).not.toHaveProperty('nextCursor');
  });

  test.each(['0', '-1', '201', '1.5', 'many', '', '1e9', '1,2'])('refuses a limit of "%s"', async (limit) => {
    const problem = expectProblem(await api.get(`/v1/customers?limit=${limit}`), 422);
    expect(problem.errors?.[0]?.pointer).toBe('/query/limit');
  });

  test('continues at its position, even with another limit', async () => {
    const first = is(200, await api.get<Page<Customer>>('/v1/customers?q=Paged&limit=2'));
    const rest = await api.get<Page<Customer>>(`/v1/customers?limit=100&q=Paged&cursor=${first.nextCursor}`);
    expect([...first.items, ...is(200, rest).items]).toEqual(customers);
  });

  test('shows new items on later pages only, and no item twice', async () => {
    const first = is(200, await api.get<Page<Customer>>('/v1/customers?q=Paged&limit=3'));
    const late = await acme.aCustomer({ name: 'Paged late' });
    const rest = is(200, await api.get<Page<Customer>>(`/v1/customers?q=Paged&cursor=${first.nextCursor}`));
    expect([...first.items, ...rest.items]).toEqual([...customers, late]);
    await api.del(`/v1/customers/${late.id}`);
  });

  describe('refuses a cursor', () => {
    let cursor: string;
    let operations: string;

    beforeAll(async () => {
      cursor = is(200, await api.get<Page<Customer>>('/v1/customers?q=Paged&limit=2')).nextCursor ?? '';
      operations = is(200, await api.get<Page<PartnerService>>('/v1/partner-services?limit=2')).nextCursor ?? '';
    });

    const refuse = async (answer: Promise<ApiResponse>) => expectProblem(await answer, 400, 'invalid_cursor');

    test('of another query', async () => {
      await refuse(api.get(`/v1/customers?cursor=${cursor}`));
      await refuse(api.get(`/v1/customers?q=Page&cursor=${cursor}`));
      await refuse(api.get(`/v1/sims?state=in_holding&cursor=${cursor}`));
    });

    test('of another partner', async () => {
      await refuse(globex.api.get(`/v1/customers?q=Paged&limit=2&cursor=${cursor}`));
      await refuse(globex.api.get(`/v1/partner-services?cursor=${operations}`));
    });

    test('of another route, or of the same for another thing', async () => {
      await refuse(api.get(`/v1/orders?cursor=${operations}`));
      await refuse(api.get(`/v1/customer-services?cursor=${operations}`));
      const events = `/v1/sims/${iccidOf(19)}/events`;
      const { nextCursor } = is(200, await api.get<Page<unknown>>(`${events}?limit=1`));
      expect((await api.get(`${events}?limit=1&cursor=${nextCursor}`)).status).toBe(200);
      await refuse(api.get(`/v1/sims/${iccidOf(18)}/events?limit=1&cursor=${nextCursor}`));
    });

    test('that a customer\u2019s user got, or that belongs to the whole partner', async () => {
      const user = (customerId: string) => cloud.as({ partnerId: 'acme-rules', roles: ['customer_user'], customerId });
      const whole = is(200, await api.get<Page<Sim>>('/v1/sims?limit=2')).nextCursor;
      await refuse(user(customers[0]?.id ?? '').get(`/v1/sims?limit=2&cursor=${whole}`));
    });

    test('that was tampered with', async () => {
      const [position = '', seal = ''] = cursor.split('.');
      const other = Buffer.from('CUS#cus_').toString('base64url');
      const flipped = `${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}`;
      for (const tampered of [
        flipped,
        `x${cursor}`,
        `${cursor}x`,
        cursor.slice(1),
        cursor.slice(0, -1),
        position,
        `${position}.`,
        `.${seal}`,
        `${other}.${seal}`,
        `${cursor}.${seal}`,
        `${cursor}=`,
        `${cursor},${cursor}`,
        'nonsense',
        '',
        '%00',
        'a'.repeat(3000),
      ]) {
        await refuse(api.get(`/v1/customers?q=Paged&limit=2&cursor=${tampered}`));
      }
    });
  });
});

describe('a merge patch', () => {
  const contact = { name: 'Nora', email: 'nora@northwind.example', phone: '+44 20 7946 0000' };
  const address = { name: 'Northwind', lines: ['1 Quay'], city: 'Hull', postalCode: 'HU1 1AA', country: 'GB' };

  const aFullCustomer = async () =>
    is(201, await api.post<Customer>('/v1/customers', { name: 'Whole', contact, address, tags: ['north'] }));

  test.each(['application/merge-patch+json', 'application/json', 'application/json; charset=utf-8'])(
    'changes what it names and nothing else, sent as %s',
    async (type) => {
      const customer = await aFullCustomer();
      const answer = await api.patch<Customer>(
        `/v1/customers/${customer.id}`,
        { name: 'Renamed' },
        { 'content-type': type },
      );
      expect(answer.status).toBe(200);
      const { updatedAt, ...changed } = answer.body;
      expect(changed).toEqual({ ...withoutTime(customer), name: 'Renamed', version: customer.version + 1 });
      expect(updatedAt >= customer.updatedAt).toBe(true);
      expect(answer.headers.get('etag')).not.toBeNull();
      expect(is(200, await api.get(`/v1/customers/${customer.id}`))).toEqual(answer.body);
    },
  );

  test('removes fields that are null', async () => {
    const { id } = await aFullCustomer();
    const patched = is(
      200,
      await api.patch<Customer>(`/v1/customers/${id}`, { contact: null, address: null, tags: null }),
    );
    expect(patched).not.toHaveProperty('contact');
    expect(patched).not.toHaveProperty('address');
    expect(patched.tags).toEqual([]);
  });

  test('changes and removes single fields of an object, as RFC 7396 requires', async () => {
    const { id } = await aFullCustomer();
    const path = `/v1/customers/${id}`;
    const named = is(200, await api.patch<Customer>(path, { contact: { name: 'Nadia' } }));
    expect(named.contact).toEqual({ ...contact, name: 'Nadia' });
    const unphoned = is(200, await api.patch<Customer>(path, { contact: { phone: null } }));
    expect(unphoned.contact).toEqual({ name: 'Nadia', email: contact.email });
    const moved = is(200, await api.patch<Customer>(path, { address: { city: 'York', lines: ['2 Gate', 'Shed'] } }));
    expect(moved.address).toEqual({ ...address, city: 'York', lines: ['2 Gate', 'Shed'] });
    expect(moved.contact).toEqual(unphoned.contact);
    expectInvalid(await api.patch(path, { contact: { email: null } }), [['/contact/email', 'invalid_type']]);
    expectInvalid(await api.patch(path, { contact: { fax: '1' } }), [['/contact/fax', 'unknown_field']]);
  });

  test('that creates an object must have all its required fields', async () => {
    const { id } = await acme.aCustomer();
    const path = `/v1/customers/${id}`;
    expectInvalid(await api.patch(path, { contact: { name: 'Nora' } }), [['/contact/email', 'required']]);
    expect(is(200, await api.patch<Customer>(path, { contact })).contact).toEqual(contact);
  });

  test('cannot remove required fields', async () => {
    const { id } = await aFullCustomer();
    expect(expectProblem(await api.patch(`/v1/customers/${id}`, { name: null }), 422).errors?.[0]?.pointer).toBe(
      '/name',
    );
    expect(is(200, await api.get<Customer>(`/v1/customers/${id}`)).name).toBe('Whole');
  });
});

describe('If-Match', () => {
  type Tagged = { path: string; change: unknown };
  const things: [string, () => Promise<Tagged>][] = [
    ['a customer', async () => ({ path: `/v1/customers/${(await acme.aCustomer()).id}`, change: { name: 'Other' } })],
    [
      'a customer service',
      async () => {
        const { service } = await acme.aCustomerWithService();
        return { path: `/v1/customer-services/${service.id}`, change: { name: 'Other' } };
      },
    ],
    [
      'a partner service',
      async () => ({ path: `/v1/partner-services/${(await acme.aPartnerService()).id}`, change: { name: 'Other' } }),
    ],
    ['a SIM', async () => ({ path: `/v1/sims/${iccidOf(0)}`, change: { label: 'Other' } })],
  ];

  test.each(things)('guards the change of %s', async (_what, make) => {
    const { path, change } = await make();
    const stale = (await api.get(path)).headers.get('etag') ?? '';
    const changed = await api.patch<{ version: number }>(path, change, { 'if-match': stale });
    expect(changed.status).toBe(200);
    const current = changed.headers.get('etag') ?? '';
    expect(current).not.toBe(stale);

    for (const ifMatch of [stale, '"other"', 'nonsense', `W/${stale}`, `"a", ${stale}`]) {
      expectProblem(await api.patch(path, change, { 'if-match': ifMatch }), 412, 'precondition_failed');
    }
    expect(is(200, await api.get<{ version: number }>(path)).version).toBe(changed.body.version);

    const named = await api.patch(path, change, { 'if-match': `"other", ${current}` });
    expect(named.status).toBe(200);
    expect((await api.patch(path, change, { 'if-match': '*' })).status).toBe(200);
  });

  test.each<[string, () => Promise<Tagged>]>([
    ...things,
    [
      'an alarm',
      async () => {
        const { service } = await acme.aCustomerWithService();
        const change = { name: 'Eighty', threshold: { percent: 80 }, action: 'notify' };
        const alarm = { ...change, scope: { customerServiceId: service.id }, measure: 'pool' };
        return { path: `/v1/alarms/${is(201, await api.post<{ id: string }>('/v1/alarms', alarm)).id}`, change };
      },
    ],
    [
      'a webhook',
      async () => {
        const body = { url: 'http://127.0.0.1:9/events', events: ['order.*'] };
        const { id } = is(201, await api.post<{ id: string }>('/v1/webhooks', body));
        return { path: `/v1/webhooks/${id}`, change: { enabled: true, events: ['order.*'] } };
      },
    ],
  ])('keeps the tag of %s when a change has no effect', async (_what, make) => {
    const { path, change } = await make();
    const set = await api.patch<{ version: number }>(path, change);
    const etag = set.headers.get('etag') ?? '';
    expect(etag).not.toBe('');
    for (const same of [{}, change]) {
      const patched = await api.patch<{ version: number }>(path, same, { 'if-match': etag });
      expect(is(200, patched)).toEqual(set.body);
      expect(patched.headers.get('etag')).toBe(etag);
    }
    expect((await api.get(path)).headers.get('etag')).toBe(etag);
  });

  test.each(things.slice(0, 2))('guards the deletion of %s', async (_what, make) => {
    const { path, change } = await make();
    const stale = (await api.get(path)).headers.get('etag') ?? '';
    const current = (await api.patch(path, change)).headers.get('etag') ?? '';
    expectProblem(await api.del(path, { 'if-match': stale }), 412, 'precondition_failed');
    expect((await api.get(path)).headers.get('etag')).toBe(current);
    expect((await api.del(path, { 'if-match': current })).status).toBe(204);
    const { path: other } = await make();
    expect((await api.del(other, { 'if-match': '*' })).status).toBe(204);
  });

  test('is optional', async () => {
    const { id } = await acme.aCustomer();
    expect((await api.patch(`/v1/customers/${id}`, { name: 'Other' })).status).toBe(200);
    expect((await api.del(`/v1/customers/${id}`)).status).toBe(204);
  });

  test('of a missing resource is still 404', async () => {
    expectProblem(await api.patch('/v1/customers/cus_none', { name: 'x' }, { 'if-match': '"a"' }), 404);
  });
});

describe('every single resource has a tag', () => {
  test('that is the same until it changes', async () => {
    const { customer, service } = await acme.aCustomerWithService();
    const { id: partnerServiceId } = await acme.aPartnerService();
    const { id: operationId } = await acme.bulkDone('migrate', {
      select: { iccids: [iccidOf(18)] },
      partnerServiceId,
    });
    for (const path of [
      '/v1/partner',
      '/v1/operators/3uk',
      '/v1/tariffs/trf_customer_all',
      `/v1/customers/${customer.id}`,
      `/v1/customer-services/${service.id}`,
      `/v1/partner-services/${partnerServiceId}`,
      `/v1/orders/${sims[0]?.orderId}`,
      `/v1/sims/${iccidOf(1)}`,
      `/v1/operations/${operationId}`,
    ]) {
      const [one, other] = [await api.get(path), await api.get(path)];
      expect([path, one.headers.get('etag')]).toEqual([path, expect.stringMatching(/^"[^"]+"$/)]);
      expect(other.headers.get('etag')).toBe(one.headers.get('etag'));
    }
    expect((await api.get('/v1/customers')).headers.get('etag')).toBeNull();
  });
});

describe('X-Request-Id', () => {
  test('is unique on every response of the API', async () => {
    const { id } = await acme.aCustomer();
    const answers = [
      await api.get('/health'),
      await api.get('/openapi.json'),
      await api.get('/v1/customers'),
      await api.get(`/v1/customers/${id}`),
      await api.post('/v1/customers', { name: 'Requested' }),
      await api.post('/v1/customers', {}),
      await api.post('/v1/customers', '{'),
      await api.patch(`/v1/customers/${id}`, { name: 'x' }),
      await api.del(`/v1/customers/${id}`),
      await api.get(`/v1/customers/${id}`),
      await api.get('/v1/nothing'),
      await api.post('/v1/sims/activate', { select: { iccids: [] } }),
      await api.get('/v1/customers?cursor=x'),
      await api.put('/v1/platform/tariffs/trf_x', {}),
    ];
    const ids = answers.map(({ headers }) => headers.get('x-request-id'));
    expect(ids).toEqual(ids.map(() => expect.stringMatching(/\S/)));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('an invalid request', () => {
  test.each([
    ['nothing at all', ''],
    ['half an object', '{"name":'],
    ['a bare word', 'name'],
    ['two values', '{} {}'],
    ['a comma too many', '{"name":"x",}'],
    ['single quotes', "{'name':'x'}"],
    ['a comment', '{"name":"x"/*y*/}'],
    ['NaN', '{"name":NaN}'],
  ])('bad JSON is 400: %s', async (_what, body) => {
    const answer = await api.post('/v1/customers', body);
    expectProblem(answer, 400, 'invalid_json');
  });

  test('an empty body is 400, whatever content type it has', async () => {
    expectProblem(await api.post('/v1/customers'), 400);
    expectProblem(await api.post('/v1/customers', '', { 'content-type': 'application/json' }), 400);
    expectProblem(await api.patch(`/v1/sims/${iccidOf(0)}`, ''), 400);
  });

  test('a rule of the input is 422, each with its pointer and code', async () => {
    expectInvalid(await api.post('/v1/customers', {}), [['/name', 'required']]);
    expectInvalid(await api.post('/v1/customers', { name: '' }), [['/name', 'too_small']]);
    expectInvalid(await api.post('/v1/customers', { name: '   ' }), [['/name', 'too_small']]);
    expectInvalid(await api.post('/v1/customers', { name: 'x'.repeat(101) }), [['/name', 'too_big']]);
    expectInvalid(await api.post('/v1/customers', { name: 7 }), [['/name', 'invalid_type']]);
    expectInvalid(await api.post('/v1/customers', { name: null }), [['/name', 'invalid_type']]);
    expectInvalid(await api.post('/v1/customers', { name: 'x', tags: ['a', 7, ''] }), [
      ['/tags/1', 'invalid_type'],
      ['/tags/2', 'too_small'],
    ]);
    expectInvalid(await api.post('/v1/customers', { name: 'x', contact: { email: 'no' }, address: {} }), [
      ['/contact/name', 'required'],
      ['/contact/email', 'invalid_format'],
      ['/address/name', 'required'],
      ['/address/lines', 'required'],
      ['/address/city', 'required'],
      ['/address/country', 'required'],
    ]);
    // Whether there are postal codes depends on the country.
    const address = { name: 'Acme', lines: ['1 Dock Road'], city: 'London', country: 'GB' };
    expectInvalid(await api.post('/v1/customers', { name: 'x', address }), [
      ['/address/postalCode', 'postal_code_required'],
    ]);
    expectInvalid(await api.post('/v1/orders', { operatorId: 'vodafone', quantity: 50 }), [
      ['/operatorId', 'invalid_value'],
    ]);
    expectInvalid(await api.post('/v1/orders', { operatorId: '3uk', quantity: '50' }), [['/quantity', 'invalid_type']]);
    const wrong = expectProblem(await api.post('/v1/orders', { operatorId: '3uk', quantity: 120 }), 422, 'multiple_of');
    expect(wrong.errors?.[0]).toMatchObject({ pointer: '/quantity', code: 'multiple_of' });
  });

  test('an unknown field is named, at any depth', async () => {
    expectInvalid(await api.post('/v1/customers', { name: 'x', nmae: 'y', colour: 'red' }), [
      ['/nmae', 'unknown_field'],
      ['/colour', 'unknown_field'],
    ]);
    expectInvalid(await api.post('/v1/customers', { name: 'x', contact: { name: 'n', email: 'a@b.co', 'a/b~c': 1 } }), [
      ['/contact/a~1b~0c', 'unknown_field'],
    ]);
    expectInvalid(await api.post('/v1/sims/activate', { select: { iccids: [], orderID: 'x' } }), [
      ['/select/orderID', 'unknown_field'],
    ]);
    expectInvalid(await api.post(`/v1/orders/${sims[0]?.orderId}/cancel`, { why: 'x' }), [['/why', 'unknown_field']]);
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expectInvalid(await api.post('/v1/customers', `{"name":"x","${name}":{"a":1}}`), [[`/${name}`, 'unknown_field']]);
      expectInvalid(await api.post('/v1/sims/activate', `{"select":{"filter":{"${name}":{}}}}`), [
        [`/select/filter/${name}`, 'unknown_field'],
      ]);
    }
  });

  test('an unknown query parameter is named, even for a single resource', async () => {
    expectInvalid(await api.get('/v1/sims?colour=red'), [['/query/colour', 'unknown_field']]);
    expectInvalid(await api.get(`/v1/sims/${iccidOf(0)}?verbose=1`), [['/query/verbose', 'unknown_field']]);
    expectInvalid(await api.get('/v1/sims?state=sold'), [['/query/state', 'invalid_value']]);
    expectInvalid(await api.get('/v1/tariffs?operatorId=o2'), [['/query/operatorId', 'invalid_value']]);
    expectInvalid(await api.get('/v1/sims?state=active&state=active'), [['/query/state', 'invalid_value']]);
    expectInvalid(await api.get('/v1/orders?limit=1&limit=2'), [['/query/limit', 'invalid_type']]);
  });

  test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/jsonp', 'json', ''])(
    'the content type "%s" is 415',
    async (type) => {
      const answer = await api.post('/v1/customers', '{"name":"x"}', { 'content-type': type });
      expectProblem(answer, 415, 'unsupported_media_type');
    },
  );

  test('a merge patch is accepted for PATCH only', async () => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    expectProblem(await api.post('/v1/customers', { name: 'x' }, headers), 415, 'unsupported_media_type');
  });

  test('a body over 1 MiB is 413, one just below it is read', async () => {
    const filled = (bytes: number) => {
      const empty = JSON.stringify({ name: '' }).length;
      return JSON.stringify({ name: 'x'.repeat(bytes - empty) });
    };
    expectProblem(await api.post('/v1/customers', filled(1_048_577)), 413, 'body_too_large');
    expectProblem(await api.patch(`/v1/sims/${iccidOf(0)}`, filled(2_000_000)), 413, 'body_too_large');
    expectInvalid(await api.post('/v1/customers', filled(1_048_576)), [['/name', 'too_big']]);
    // What is more than a function can be given, the gateway refuses by itself.
    expect((await api.post('/v1/customers', filled(11_000_000))).status).toBe(413);
  });

  test('an unknown path is 404, with and without a token', async () => {
    const paths = ['/v1', '/v1/', '/v2/sims', '/v1/simz', '/v1/sims/', '/v1/sims/x/y/z', '/v1/orders/x/nothing'];
    for (const client of [api, cloud.api(), cloud.api('garbage')]) {
      for (const path of paths) {
        expectProblem(await client.get(path), 404, 'not_found');
      }
      expectProblem(await client.post('/v1/nothing', { a: 1 }), 404, 'not_found');
      expectProblem(await client.del('/v1/customers'), 404, 'not_found');
      expectProblem(await client.put('/v1/customers', {}), 404, 'not_found');
    }
  });

  test('a missing resource is 404', async () => {
    for (const path of [
      '/v1/operators/o2',
      '/v1/tariffs/trf_none',
      '/v1/customers/cus_none',
      '/v1/customer-services/csv_none',
      '/v1/partner-services/psv_none',
      '/v1/orders/ord_none',
      '/v1/orders/ord_none/events',
      '/v1/orders/ord_none/sims',
      '/v1/sims/8943010000000000018',
      '/v1/sims/8943010000000000018/events',
      '/v1/operations/op_none',
      '/v1/operations/op_none/results',
    ]) {
      expectProblem(await api.get(path), 404, 'not_found');
    }
    expectProblem(await api.patch('/v1/sims/8943010000000000018', { label: 'x' }), 404, 'not_found');
    expectProblem(await api.post('/v1/orders/ord_none/cancel'), 404, 'not_found');
    expectProblem(await api.put('/v1/orders/ord_none/plan', { partnerServiceId: 'psv_none' }), 404, 'not_found');
    expectProblem(await api.del('/v1/orders/ord_none/plan'), 404, 'not_found');
    expectProblem(await api.post('/v1/operations/op_none/retry'), 404, 'not_found');
  });

  test('a resource of another partner is 404 in a path', async () => {
    const { customer, service } = await globex.aCustomerWithService();
    const { id: partnerServiceId } = await globex.aPartnerService();
    const orderId = foreignSim?.orderId ?? '';
    const { id: operationId } = await globex.bulkDone('activate', { select: { orderId } });
    const foreign = {
      customer: `/v1/customers/${customer.id}`,
      customerService: `/v1/customer-services/${service.id}`,
      partnerService: `/v1/partner-services/${partnerServiceId}`,
      order: `/v1/orders/${orderId}`,
      sim: `/v1/sims/${foreignSim?.iccid}`,
      operation: `/v1/operations/${operationId}`,
    };
    for (const path of Object.values(foreign)) {
      expect((await globex.api.get(path)).status).toBe(200);
      expectProblem(await api.get(path), 404, 'not_found');
    }
    for (const path of [
      `${foreign.order}/events`,
      `${foreign.order}/sims`,
      `${foreign.sim}/events`,
      `${foreign.operation}/results`,
    ]) {
      expect((await globex.api.get(path)).status).toBe(200);
      expectProblem(await api.get(path), 404, 'not_found');
    }
    for (const path of [foreign.customer, foreign.customerService, foreign.partnerService]) {
      expectProblem(await api.patch(path, { name: 'Taken' }), 404, 'not_found');
    }
    expectProblem(await api.patch(foreign.sim, { label: 'Taken' }), 404, 'not_found');
    expectProblem(await api.del(foreign.customer), 404, 'not_found');
    expectProblem(await api.del(foreign.customerService), 404, 'not_found');
    expectProblem(await api.post(`${foreign.order}/cancel`), 404, 'not_found');
    expectProblem(await api.post(`${foreign.order}/resume`), 404, 'not_found');
    expectProblem(await api.put(`${foreign.order}/plan`, { partnerServiceId }), 404, 'not_found');
    expectProblem(await api.del(`${foreign.order}/plan`), 404, 'not_found');
    expectProblem(await api.post(`${foreign.operation}/cancel`), 404, 'not_found');
    expectProblem(await api.post(`${foreign.operation}/retry`), 404, 'not_found');
    expect(is(200, await globex.api.get<Customer>(foreign.customer))).toEqual(customer);
    expect(is(200, await globex.api.get<Sim>(foreign.sim))).toEqual(foreignSim);
  });

  test('a resource of another partner, or a missing one, is 422 not_found in a body', async () => {
    const [own, foreign] = [await acme.aPlan(), await globex.aPlan()];
    const none = { customerId: 'cus_none', customerServiceId: 'csv_none', partnerServiceId: 'psv_none' };
    const select = { iccids: [iccidOf(0)] };
    for (const { customerId, customerServiceId, partnerServiceId } of [foreign, none]) {
      const notFound = (...pointers: string[]) => pointers.map((pointer) => [pointer, 'not_found'] as const);
      expectInvalid(await api.post('/v1/customer-services', { customerId, tariffId: 'trf_customer_all' }), [
        ['/customerId', 'not_found'],
      ]);
      expectInvalid(await api.post('/v1/sims/migrate', { select, partnerServiceId }), notFound('/partnerServiceId'));
      expectInvalid(
        await api.post('/v1/sims/assign', { select, customerId, customerServiceId }),
        notFound('/customerId', '/customerServiceId'),
      );
      expectInvalid(
        await api.post('/v1/sims/assign', { select, customerId: own.customerId, customerServiceId, dryRun: true }),
        notFound('/customerServiceId'),
      );
      const order = { operatorId: 'a1', quantity: 20 };
      expectInvalid(
        await api.post('/v1/orders', { ...order, plan: { partnerServiceId, customerId, customerServiceId } }),
        notFound('/plan/partnerServiceId', '/plan/customerId', '/plan/customerServiceId'),
      );
    }
    for (const orderId of [foreignSim?.orderId, 'ord_none']) {
      expectInvalid(await api.post('/v1/sims/activate', { select: { orderId } }), [['/select/orderId', 'not_found']]);
    }
    for (const tariffId of ['trf_none', 'trf_nobody_has']) {
      expectInvalid(await api.post('/v1/partner-services', { name: 'x', tariffId }), [['/tariffId', 'not_found']]);
    }
    expect(is(200, await api.get<Page<Order>>('/v1/orders?state=failed')).items).toEqual([]);
  });
});

function withoutTime({ updatedAt: _updatedAt, ...rest }: Customer) {
  return rest;
}
