import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import pMap from 'p-map';
import type { SimFilter } from '../../../domain/operation.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import {
  type Customer,
  is,
  type Page,
  type PartnerService,
  type ProblemDocument,
  type Sim,
} from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-lists');
const { api } = acme;

/** The labels that some SIMs have; the first SIM of the fleet is called after the start of another one's ICCID. */
const labels = ['Meter 17', 'meter 18', 'METRO', 'Zähler 1', 'ZÄHLER 2', '\ud83d\ude97 car', '100% wind', '8', '89'];

let fleet: Sim[];

beforeAll(async () => {
  const [uk, austrian] = await Promise.all([
    acme.activeSims({ operatorId: '3uk', quantity: 50 }),
    acme.assignedSims({ operatorId: 'a1', quantity: 20 }),
    acme.simsInHolding({ operatorId: 'a1', quantity: 20 }),
    acme.simsInStock({ operatorId: 'orange', quantity: 50 }),
    cloud.partner('globex-lists').simsInHolding({ operatorId: 'a1', quantity: 20 }),
  ]);
  const iccids = uk.map(({ iccid }) => iccid);
  const { customerId, id: customerServiceId } = await acme.aCustomerService(austrian[0]?.customerId ?? '');
  const { id: partnerServiceId } = await acme.aPartnerService();
  const some = austrian.slice(0, 8).map(({ iccid }) => iccid);
  await Promise.all([
    acme.bulkDone('suspend', { select: { iccids: iccids.slice(0, 12) } }),
    acme.bulkDone('terminate', { select: { iccids: iccids.slice(12, 20) }, confirm: 8 }),
    acme.bulkDone('migrate', { select: { iccids: some }, partnerServiceId }),
    acme
      .bulkDone('unassign', { select: { iccids: some } })
      .then(() => acme.bulkDone('assign', { select: { iccids: some.slice(0, 5) }, customerId, customerServiceId })),
  ]);
  const another = iccids.at(-1) ?? '';
  for (const [place, label] of [`${another.slice(0, 17)} pump`, another, ...labels].entries()) {
    const tags = place % 3 === 0 ? ['North', `Row #${place}`] : [];
    is(200, await api.patch(`/v1/sims/${iccids[place * 3]}`, { label, tags }));
  }
  for (const { iccid } of austrian.slice(2, 12)) {
    is(200, await api.patch(`/v1/sims/${iccid}`, { tags: ['north', 'North', 'outdoor'] }));
  }
  fleet = await everySim();
});

/** Every SIM, one by one: what lists are held against. */
async function everySim(): Promise<Sim[]> {
  const orders = await acme.all<{ id: string }>('/v1/orders');
  const listed = await Promise.all(orders.map(({ id }) => acme.all<Sim>(`/v1/orders/${id}/sims?limit=200`)));
  const read = await pMap(listed.flat(), async ({ iccid }) => is(200, await api.get<Sim>(`/v1/sims/${iccid}`)), {
    concurrency: 8,
  });
  return read.sort((one, other) => (one.iccid < other.iccid ? -1 : 1));
}

const filters = ['state', 'customerId', 'customerServiceId', 'partnerServiceId', 'operatorId', 'orderId'] as const;
type Filter = Partial<Record<keyof SimFilter, string>>;

/** Whether a text, of any form, finds a SIM. Written from the API guide alone. */
function isFoundBy(text: string, { iccid, imsi, msisdn, label = '', tags }: Sim): boolean {
  const lower = text.toLowerCase();
  return (
    iccid.startsWith(text) ||
    (/^[0-9]{4,8}$/.test(text) && iccid.endsWith(text)) ||
    imsi === text ||
    [msisdn, msisdn?.slice(1)].includes(text) ||
    label.toLowerCase().startsWith(lower) ||
    tags.some((tag) => tag.toLowerCase() === lower)
  );
}

/** What the contract says of filters, over all SIMs: by ICCID, those of a customer in one state by service first. */
function expected({ q, tag, iccidEnds, ...filter }: Filter): Sim[] {
  const found = fleet.filter(
    (sim) =>
      [...filters, 'imsi' as const, 'msisdn' as const].every((name) => [undefined, sim[name]].includes(filter[name])) &&
      (q === undefined || isFoundBy(q, sim)) &&
      (tag === undefined || sim.tags.some((each) => each.toLowerCase() === tag.toLowerCase())) &&
      sim.iccid.endsWith(iccidEnds ?? ''),
  );
  const isByService = filter.customerId !== undefined && filter.state !== undefined && filter.orderId === undefined;
  const place = ({ customerServiceId, iccid }: Sim) => `${customerServiceId} ${iccid}`;
  const isDirect = (filter.imsi ?? filter.msisdn ?? iccidEnds) !== undefined;
  return isByService && !isDirect && q === undefined
    ? found.sort((one, other) => (place(one) < place(other) ? -1 : 1))
    : found;
}

const query = (filter: Filter, limit: number) =>
  `/v1/sims?${new URLSearchParams({ ...filter, limit: String(limit) } as Record<string, string>)}`;

async function expectListed(filter: Filter, limit = 200): Promise<void> {
  const found = await acme.all<Sim>(query(filter, limit));
  // A search comes to labels after ICCIDs.
  const listed = filter.q === undefined ? found : found.sort((one, other) => (one.iccid < other.iccid ? -1 : 1));
  expect(new Set(listed.map(({ iccid }) => iccid)).size).toBe(listed.length);
  expect({ filter, iccids: listed.map(({ iccid }) => iccid) }).toEqual({
    filter,
    iccids: expected(filter).map(({ iccid }) => iccid),
  });
  expect(listed).toEqual(expected(filter));
}

describe('the list of SIMs', () => {
  test('has all SIMs of the partner, by ICCID', async () => {
    expect(fleet).toHaveLength(140);
    await expectListed({});
    expect(new Set(fleet.map(({ state }) => state))).toEqual(
      new Set(['in_holding', 'in_stock', 'assigned', 'active', 'suspended', 'terminated']),
    );
  });

  test('is the same in pages of any size', async () => {
    for (const limit of [13, 139, 140]) {
      await expectListed({}, limit);
    }
    const orderId = fleet[0]?.orderId ?? '';
    const order = is(200, await api.get<Page<Sim>>(`/v1/orders/${orderId}/sims?limit=200`));
    expect(order.items).toEqual(fleet.filter((sim) => sim.orderId === orderId));
    for (const limit of [3, 20]) {
      expect(await acme.all<Sim>(`/v1/orders/${orderId}/sims?limit=${limit}`)).toEqual(order.items);
    }
  });

  test.each(filters)('is filtered by %s', async (name) => {
    const values = [...new Set(fleet.flatMap((sim) => sim[name] ?? []))];
    expect(values.length).toBeGreaterThan(1);
    await expectListed({ [name]: values[0] ?? '' }, 11);
    for (const value of values) {
      expect(expected({ [name]: value }).length).toBeGreaterThan(0);
      await expectListed({ [name]: value });
    }
  });

  test('is by customer service, then by ICCID, for the SIMs of a customer in one state', async () => {
    const pairs = new Map(fleet.map(({ customerId, state }) => [`${customerId} ${state}`, { customerId, state }]));
    const services = [...pairs.values()].map(async ({ customerId, state }) => {
      if (customerId === undefined) {
        return 0;
      }
      for (const limit of [3, 200]) {
        await expectListed({ customerId, state }, limit);
      }
      return new Set(expected({ customerId, state }).map(({ customerServiceId }) => customerServiceId)).size;
    });
    // Some customer has SIMs in one state on more than one service.
    expect(Math.max(...(await Promise.all(services)))).toBeGreaterThan(1);
  });

  test('is empty when nothing matches', async () => {
    for (const name of ['customerId', 'customerServiceId', 'partnerServiceId', 'orderId', 'q'] as const) {
      expect(is(200, await api.get(`/v1/sims?${name}=none`))).toEqual({ items: [] });
    }
    expect(is(200, await api.get('/v1/sims?state=activating'))).toEqual({ items: [] });
    expect(is(200, await api.get('/v1/sims?operatorId=3ireland'))).toEqual({ items: [] });
  });

  test('is searched by the start of an ICCID', async () => {
    for (const length of [1, 2, 4, 5, 12, 17, 20]) {
      for (const sim of [fleet[0], fleet.at(-1)]) {
        await expectListed({ q: sim?.iccid.slice(0, length) ?? '' });
      }
    }
  });

  test('is searched by the start of a label, whatever the case', async () => {
    for (const q of ['Meter 17', 'meter', 'MET', 'm', 'zähler', 'ZÄHLER 2', '\ud83d\ude97', '100%', '8', '89']) {
      expect(expected({ q }).length).toBeGreaterThan(0);
      await expectListed({ q });
    }
    for (const q of ['eter', '17', ' %', 'pump']) {
      expect(expected({ q: q.trim() })).toEqual([]);
      await expectListed({ q: q.trim() });
    }
  });

  test('is searched by the start of a label that looks like an ICCID', async () => {
    const label = fleet.find((sim) => sim.label?.endsWith(' pump'))?.label ?? '';
    for (const q of [
      label,
      label.slice(0, 17),
      label.slice(0, 5),
      fleet.find((sim) => sim.label?.length === 19)?.label,
    ]) {
      const found = expected({ q: q ?? 'none' });
      expect(found.some((sim) => sim.label?.startsWith(q ?? 'none'))).toBe(true);
      await expectListed({ q: q ?? 'none' });
      await expectListed({ q: q ?? 'none', operatorId: '3uk' }, 20);
    }
  });

  test('is found by its numbers, and by the end of its ICCID', async () => {
    for (const sim of [fleet[0], fleet[70], fleet.at(-1)].flatMap((found) => found ?? [])) {
      for (const digits of [4, 5, 6, 7, 8]) {
        expect(expected({ iccidEnds: sim.iccid.slice(-digits) })).toContainEqual(sim);
        await expectListed({ iccidEnds: sim.iccid.slice(-digits) });
        await expectListed({ q: sim.iccid.slice(-digits) }, 1);
      }
      await expectListed({ imsi: sim.imsi ?? 'none' });
      await expectListed({ q: sim.imsi ?? 'none' });
      await expectListed({ imsi: sim.imsi ?? 'none', iccidEnds: sim.iccid.slice(-4), state: sim.state });
      await expectListed({ imsi: sim.imsi ?? 'none', state: sim.state === 'active' ? 'assigned' : 'active' });
    }
    const withNumber = fleet.filter(({ msisdn }) => msisdn !== undefined);
    expect(withNumber.length).toBeGreaterThan(50);
    const { msisdn = '' } = withNumber[7] ?? {};
    await expectListed({ msisdn });
    await expectListed({ q: msisdn });
    await expectListed({ q: msisdn.slice(1) });
    for (const q of [`00${msisdn.slice(1)}`, `${msisdn.slice(0, 3)} ${msisdn.slice(3, 7)} ${msisdn.slice(7)}`]) {
      const { items } = is(200, await api.get<Page<Sim>>(`/v1/sims?${new URLSearchParams({ q })}`));
      expect({ q, items }).toEqual({ q, items: expected({ msisdn }) });
    }
  });

  test('is filtered and searched by tag, whatever the case, in pages of any size', async () => {
    for (const tag of ['north', 'NORTH', 'outdoor', 'Row #3', 'row #0']) {
      expect(expected({ tag }).length).toBeGreaterThan(0);
      for (const limit of [1, 3, 200]) {
        await expectListed({ tag }, limit);
      }
      await expectListed({ q: tag }, 2);
    }
    for (const tag of ['nort', 'row']) {
      await expectListed({ tag });
    }
    for (const { customerId, state, orderId, operatorId, iccid } of expected({ tag: 'north' })) {
      await expectListed({ tag: 'north', customerId: customerId ?? 'none' });
      await expectListed({ tag: 'north', customerId: customerId ?? 'none', state });
      await expectListed({ tag: 'north', state, operatorId }, 3);
      await expectListed({ tag: 'north', orderId: orderId ?? 'none' });
      await expectListed({ tag: 'north', q: iccid.slice(0, 15) });
      await expectListed({ tag: 'north', q: 'met' });
    }
  });

  test.each([
    { imsi: '2342' },
    { imsi: '23420000000000a' },
    { msisdn: 'none' },
    { imei: '123' },
    { iccidEnds: '123' },
    { iccidEnds: '123456789' },
    { iccidEnds: '12a4' },
    { tag: '' },
    { tag: 'x'.repeat(31) },
  ])('rejects %j', async (filter) => {
    const [name = ''] = Object.keys(filter);
    const listed = await api.get<ProblemDocument>(query(filter, 10));
    expect(expectProblem(listed, 422).errors).toMatchObject([{ pointer: `/query/${name}` }]);
    const selected = expectProblem(await api.post('/v1/sims/suspend', { select: { filter } }), 422);
    expect(selected.errors).toMatchObject([{ pointer: `/select/filter/${name}` }]);
  });

  test('combines all its filters', async () => {
    const oneOf = (...values: string[]) => fc.option(fc.constantFrom(...new Set(values)), { nil: undefined, freq: 2 });
    const combination = fc.record({
      ...Object.fromEntries(filters.map((name) => [name, oneOf(...fleet.flatMap((sim) => sim[name] ?? []))])),
      q: oneOf('8', '89', '8943', fleet[0]?.iccid.slice(0, 12) ?? '', 'me', 'METER 1', 'north', 'none'),
      tag: oneOf('north', 'outdoor', 'none'),
      iccidEnds: oneOf(...fleet.slice(0, 3).map(({ iccid }) => iccid.slice(-4))),
    });
    const some = fc.sample(combination, { numRuns: 40, seed: 7 });
    await pMap(
      some,
      async (chosen) => {
        const filter: Filter = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
        await expectListed(filter);
      },
      { concurrency: 4 },
    );
    // Chance alone rarely meets SIMs: the filters of one that is there always do.
    const like = fc.record({ sim: fc.constantFrom(...fleet), names: fc.subarray([...filters]), digits: fc.nat(20) });
    await pMap(
      fc.sample(like, { numRuns: 30, seed: 7 }),
      async ({ sim, names, digits }) => {
        const filter: Filter = {
          ...Object.fromEntries(names.flatMap((name) => (sim[name] === undefined ? [] : [[name, sim[name]]]))),
          ...(digits > 0 ? { q: sim.iccid.slice(0, digits) } : {}),
        };
        expect(expected(filter).length).toBeGreaterThan(0);
        await expectListed(filter);
      },
      { concurrency: 4 },
    );
  });

  test('selects for a bulk action the SIMs that it shows', async () => {
    const like = fc.record({ sim: fc.constantFrom(...fleet), names: fc.subarray([...filters], { minLength: 1 }) });
    for (const { sim, names } of fc.sample(like, { numRuns: 8, seed: 11 })) {
      const filter: Filter = Object.fromEntries(names.flatMap((name) => (sim[name] ? [[name, sim[name]]] : [])));
      const dry = await api.post<{ results: { iccid: string }[] }>('/v1/sims/resume', {
        select: { filter },
        dryRun: true,
      });
      expect(is(200, dry).results.map(({ iccid }) => iccid)).toEqual(expected(filter).map(({ iccid }) => iccid));
    }
  });

  test('refuses invalid filters', async () => {
    expectInvalid(await api.get('/v1/sims?status=active'), [['/query/status', 'unknown_field']]);
    expectInvalid(await api.get('/v1/sims?state=ACTIVE'), [['/query/state', 'invalid_value']]);
    expectInvalid(await api.get('/v1/sims?operatorId=o2'), [['/query/operatorId', 'invalid_value']]);
  });
});

describe('a file of labels', () => {
  const csv = { 'content-type': 'text/csv' };
  const send = async (text: string, query = '') =>
    is(200, await api.post<{ errors: unknown[] }>(`/v1/sims/labels${query}`, text, csv));

  test('labels its good rows, names what is wrong with the others, and can be sent again', async () => {
    const labelled = cloud.partner('acme-labels');
    const sims = await labelled.simsInHolding({ operatorId: 'a1', quantity: 20 });
    const [one, two, three] = sims as [Sim, Sim, Sim];
    const own = async (text: string, query = '') =>
      is(200, await labelled.api.post<{ errors: unknown[] }>(`/v1/sims/labels${query}`, text, csv));
    const text = [
      'iccid,label,tags',
      `${one.iccid},Meter 1,"north;a\\;b"`,
      `${two.iccid},,south`,
      `${one.iccid},Meter 2,`,
      `8999999999999999999,Meter 3,`,
      `${three.iccid},${'x'.repeat(61)},`,
      '',
    ].join('\r\n');
    const expectedFile = {
      rows: 5,
      loaded: 2,
      alreadyLoaded: 0,
      rejected: 3,
      errors: [
        expect.objectContaining({ row: 4, code: 'duplicate_in_file' }),
        expect.objectContaining({ row: 5, code: 'not_found' }),
        expect.objectContaining({ row: 6, code: 'invalid_label' }),
      ],
    };
    expect(await own(text, '?dryRun=true')).toEqual(expectedFile);
    expect(is(200, await labelled.api.get<Sim>(`/v1/sims/${one.iccid}`))).not.toHaveProperty('label');
    expect(await own(text)).toEqual(expectedFile);
    expect(is(200, await labelled.api.get<Sim>(`/v1/sims/${one.iccid}`))).toMatchObject({
      label: 'Meter 1',
      tags: ['north', 'a;b'],
    });
    expect(is(200, await labelled.api.get<Sim>(`/v1/sims/${two.iccid}`))).toMatchObject({ tags: ['south'] });
    expect(await own(text)).toMatchObject({ loaded: 0, alreadyLoaded: 2, rejected: 3 });
  });

  test('cannot label SIMs of another partner', async () => {
    const [theirs] = fleet;
    const outsider = cloud.partner('globex-labels');
    await outsider.aCustomer();
    const answer = await outsider.api.post('/v1/sims/labels', `iccid,label\r\n${theirs?.iccid},Mine\r\n`, csv);
    expect(is(200, answer)).toMatchObject({ loaded: 0, errors: [{ row: 2, code: 'not_found' }] });
    expect(await send(`iccid,label\r\n${theirs?.iccid},${theirs?.label ?? ''}\r\n`)).toMatchObject({ rejected: 0 });
  });
});

describe('the lists that belong to SIMs', () => {
  test('name the services and customers that they have', async () => {
    const customers = new Set((await acme.all<Customer>('/v1/customers')).map(({ id }) => id));
    const services = new Map(
      (await acme.all<PartnerService>('/v1/partner-services')).map((service) => [service.id, service.holding]),
    );
    for (const sim of fleet) {
      expect(services.get(sim.partnerServiceId)).toBe(sim.holding);
      expect(sim.holding).toBe(sim.state === 'in_holding');
      expect(sim.customerId === undefined || customers.has(sim.customerId)).toBe(true);
      expect(sim.bars.length === 0).toBe(sim.state === 'active');
    }
  });
});
