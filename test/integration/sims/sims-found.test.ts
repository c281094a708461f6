import { beforeAll, describe, expect, test } from '@jest/globals';
import { entriesOf } from '../../../adapters/dynamodb/sim-entries.ts';
import { getSim } from '../../../adapters/dynamodb/sims.ts';
import { put } from '../../../adapters/dynamodb/write-requests.ts';
import { write } from '../../../adapters/dynamodb/writes.ts';
import type { Comparison } from '../../../domain/difference.ts';
import { asId } from '../../../domain/ids.ts';
import type { SimFilter } from '../../../domain/operation.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { takeNumbers } from '../../../use-cases/differences/record-comparison.ts';
import { labelSims } from '../../../use-cases/sims/label-sims.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { newIccids } from '../support/operators-by-hand.ts';
import {
  type Customer,
  type CustomerService,
  is,
  type Page,
  type PartnerService,
  type Sim,
} from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-found');
const platform = cloud.as({ roles: ['platform'] });
const csv = { 'content-type': 'text/csv' };

let service: PartnerService;
let owner: { customer: Customer; service: CustomerService };
/** Active SIMs: the first two of the owner's customer, two of another customer. */
let iccids: string[];
let [first, second, third, fourth]: string[] = [];

const numbersOf = (place: number) => ({
  imsi: `23299${first?.slice(-10, -1)}${place}`,
  msisdn: `+43660${first?.slice(-9, -1)}${place}`,
  imei: `3569380${first?.slice(-8, -1)}${place}`,
});

async function found(filter: SimFilter, api = acme.api): Promise<string[]> {
  const query = new URLSearchParams(
    Object.entries(filter).map(([name, value]): [string, string] => [name, `${value}`]),
  );
  return is(200, await api.get<Page<Sim>>(`/v1/sims?${query}`)).items.map(({ iccid }) => iccid);
}

async function imports(rows: readonly string[]): Promise<void> {
  const header = 'iccid,state,partnerService,customer,customerService,label,tags,imsi,msisdn,imei';
  const path = `/v1/platform/partners/${acme.id}/imports?operatorId=a1`;
  const file = is(200, await platform.post<{ errors: object[] }>(path, `${[header, ...rows].join('\r\n')}\r\n`, csv));
  expect(file.errors).toEqual([]);
}

beforeAll(async () => {
  useTableOf(cloud.cloud());
  await acme.api.get('/v1/partner');
  iccids = newIccids(4);
  [first, second, third, fourth] = iccids;
  service = await acme.aPartnerService();
  owner = await acme.aCustomerWithService();
  const other = await acme.aCustomerWithService();
  await imports(
    iccids.map((iccid, place) => {
      const { customer, service: of } = place < 2 ? owner : other;
      const { imsi, msisdn, imei } = numbersOf(place);
      const labels = place % 2 === 0 ? 'Meter,north;Row 1' : 'Pump,south';
      return [iccid, 'active', service.id, customer.id, of.id, labels, imsi, msisdn, imei].join(',');
    }),
  );
});

describe('an imported SIM', () => {
  test('is found by each of its numbers, its tags and its label', async () => {
    const { imsi, msisdn, imei } = numbersOf(1);
    for (const filter of [{ imsi }, { msisdn }, { q: imsi }, { q: msisdn }, { imei, imsi }, { q: imei, imsi }]) {
      expect({ filter, iccids: await found(filter) }).toEqual({ filter, iccids: [second] });
    }
    expect(await found({ iccidEnds: second?.slice(-8) })).toEqual([second]);
    expect(await found({ tag: 'North' })).toEqual([first, third]);
    expect(await found({ q: 'pu' })).toEqual([second, fourth]);
  });

  test('is found by its IMEI without the check digit, and with the version of the software', async () => {
    const { imei } = numbersOf(2);
    // The last digit is the check digit, in which the SIMs of this file differ.
    expect(await found({ imei: imei.slice(0, 14) })).toEqual(iccids);
    expect(await found({ imei: `${imei.slice(0, 14)}07` })).toEqual(iccids);
    expect(await found({ imei: imei.slice(0, 14), tag: 'south' })).toEqual([second, fourth]);
  });

  test('is found in pages, each SIM once, and a cursor belongs to its filter', async () => {
    const tag = 'north';
    const page = is(200, await acme.api.get<Page<Sim>>(`/v1/sims?tag=${tag}&limit=1`));
    expect(page.items.map(({ iccid }) => iccid)).toEqual([first]);
    const rest = is(200, await acme.api.get<Page<Sim>>(`/v1/sims?tag=${tag}&limit=1&cursor=${page.nextCursor}`));
    expect(rest.items.map(({ iccid }) => iccid)).toEqual([third]);
    for (const other of ['tag=south', 'q=north', 'imsi=234200000000001']) {
      expectProblem(await acme.api.get(`/v1/sims?${other}&limit=1&cursor=${page.nextCursor}`), 400, 'invalid_cursor');
    }
  });

  test('is found in a CSV list', async () => {
    const answer = await acme.api.get<string>('/v1/sims?tag=north', { accept: 'text/csv' });
    expect(
      is(200, answer)
        .split('\r\n')
        .slice(1)
        .map((row) => row.split(',')[0]),
    ).toEqual([first, third, '']);
  });

  test('is found by users of its own customer alone, and by no other partner', async () => {
    const own = cloud.as({ partnerId: acme.id, roles: ['customer_user'], customerId: owner.customer.id });
    for (const filter of [{ tag: 'north' }, { q: 'north' }, { q: 'met' }, { imei: numbersOf(0).imei, tag: 'north' }]) {
      expect({ filter, iccids: await found(filter, own) }).toEqual({ filter, iccids: [first] });
    }
    const foreign = [{ imsi: numbersOf(2).imsi }, { msisdn: numbersOf(2).msisdn }, { iccidEnds: third?.slice(-8) }];
    for (const filter of foreign) {
      expect(await found(filter)).toEqual([third]);
      expect(await found(filter, own)).toEqual([]);
      expect(await found(filter, cloud.partner('globex-found').api)).toEqual([]);
    }
    expect(await found({ q: 'met' }, cloud.partner('globex-found').api)).toEqual([]);
    // A page that ends between SIMs of two customers has no cursor.
    const { imei } = numbersOf(0);
    expect(is(200, await own.get<Page<Sim>>(`/v1/sims?imei=${imei}&limit=2`))).not.toHaveProperty('nextCursor');
    expect(is(200, await own.get<Page<Sim>>('/v1/sims?tag=north&limit=1'))).not.toHaveProperty('nextCursor');
  });

  test('is selected by what finds it', async () => {
    const { imsi, imei } = numbersOf(3);
    for (const [filter, selected] of [
      [{ tag: 'south' }, [second, fourth]],
      [{ imsi }, [fourth]],
      [{ imei: imei.slice(0, 14), iccidEnds: second?.slice(-6) }, [second]],
      [{ q: 'pump', customerId: owner.customer.id }, [second]],
    ] as const) {
      const dryRun = is(
        200,
        await acme.api.post<{ results: { iccid: string }[] }>('/v1/sims/suspend', { select: { filter }, dryRun: true }),
      );
      expect(dryRun.results.map(({ iccid }) => iccid)).toEqual(selected);
      const { id, selection } = await acme.bulkDone('resume', { select: { filter } });
      expect(selection).toEqual({ filter });
      expect((await acme.resultsOf(id)).map(({ iccid }) => iccid).sort()).toEqual(selected);
    }
  });
});

describe('a SIM that changes', () => {
  let iccid: string;
  const marked = (name: string) => `${name} ${iccid.slice(-8)}`;
  beforeAll(async () => {
    [iccid = ''] = newIccids(1);
    await imports([
      `${iccid},active,${service.id},${owner.customer.id},${owner.service.id},${marked('a')},${marked('old')},,,`,
    ]);
  });

  test('is found by its new tags and label, and no longer by its former ones', async () => {
    expect(await found({ tag: marked('old') })).toEqual([iccid]);
    is(200, await acme.api.patch(`/v1/sims/${iccid}`, { label: marked('B'), tags: [marked('new'), marked('kept')] }));
    expect(await found({ tag: marked('old') })).toEqual([]);
    expect(await found({ q: marked('a') })).toEqual([]);
    expect(await found({ q: marked('b') })).toEqual([iccid]);
    const rows = `iccid,label,tags\r\n${iccid},${marked('c')},${marked('kept')}\r\n`;
    is(200, await acme.api.post('/v1/sims/labels', rows, csv));
    expect(await found({ tag: marked('new') })).toEqual([]);
    expect(await found({ q: marked('b') })).toEqual([]);
    expect(await found({ tag: marked('kept'), q: marked('c') })).toEqual([iccid]);
  });

  test('is found by the numbers that its operator gives it, and no longer by its former ones', async () => {
    const [imsi, later] = [`23298${iccid.slice(-11, -1)}`, `23297${iccid.slice(-11, -1)}`];
    const msisdn = `+4366${iccid.slice(-11, -1)}`;
    const take = async (numbers: Comparison['numbers'], added: Comparison['added']) => {
      const sim = await getSim(acme.id, iccid);
      expect(sim).toBeDefined();
      return sim && takeNumbers(acme.id, sim, { seen: [], numbers, added }, new Date());
    };
    await take([], { imsi, msisdn });
    expect(await found({ imsi })).toEqual([iccid]);
    expect(await found({ msisdn })).toEqual([iccid]);
    await take([{ field: 'imsi', ours: imsi, theirs: later }], {});
    expect(await found({ imsi })).toEqual([]);
    expect(await found({ imsi: later })).toEqual([iccid]);
    expect(await found({ msisdn })).toEqual([iccid]);
  });

  test('is not found by an entry that was left over', async () => {
    const former = { iccid, tags: ['left over'], label: `${marked('c')} and more`, imsi: '234209999999999' };
    for (const entry of entriesOf(acme.id, former)) {
      await write(put(entry));
    }
    expect(await found({ tag: 'left over' })).toEqual([]);
    expect(await found({ imsi: '234209999999999' })).toEqual([]);
    // Its label starts in the same way: it is still listed once.
    expect(await found({ q: marked('c') })).toEqual([iccid]);
  });

  test('loses the tags of its customer when it is assigned to another one', async () => {
    [iccid = ''] = newIccids(1);
    const names = `${marked('d')},${marked('theirs')}`;
    await imports([`${iccid},assigned,${service.id},${owner.customer.id},${owner.service.id},${names},,,`]);
    await acme.bulkDone('unassign', { select: { filter: { tag: marked('theirs') } } });
    expect(await found({ tag: marked('theirs') })).toEqual([iccid]);
    const next = await acme.aCustomerWithService();
    await acme.bulkDone('assign', {
      select: { iccids: [iccid] },
      customerId: next.customer.id,
      customerServiceId: next.service.id,
    });
    expect(await found({ tag: marked('theirs') })).toEqual([]);
    expect(await found({ q: marked('d') })).toEqual([]);
  });
});

test('a file of labels for which there is no time reports its rows, and can be sent again', async () => {
  const caller = { kind: 'partner', userId: 'ada', partnerId: asId('partner', acme.id), roles: ['admin'] } as const;
  const [iccid = '', unchanged = ''] = newIccids(2);
  await imports([`${iccid},in_stock,${service.id},,,before,,,,`, `${unchanged},in_stock,${service.id},,,after,,,,`]);
  const rows = [iccid, unchanged].map((each) => ({ iccid: each, label: 'after' }));
  const now = new Date();
  expect(await labelSims(caller, rows, { now, isDryRun: false, savesWithinMs: -1 })).toMatchObject({
    ...{ rows: 2, loaded: 0, alreadyLoaded: 1, rejected: 1 },
    errors: [{ row: 2, iccid, code: 'not_processed' }],
  });
  expect(is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`)).label).toBe('before');
  expect(await labelSims(caller, rows, { now, isDryRun: false })).toMatchObject({ loaded: 1, alreadyLoaded: 1 });
  expect(is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`)).label).toBe('after');
});
