import { beforeAll, describe, expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import { asId } from '../../../domain/ids.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { type Customer, type CustomerService, is, type PartnerService, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-import');
const platform = cloud.as({ roles: ['platform'] });
const csv = { 'content-type': 'text/csv' };

type ImportedFile = {
  rows: number;
  loaded: number;
  alreadyLoaded: number;
  rejected: number;
  errors: { row: number; code: string; message: string }[];
};

let numbers = 0;
const anIccid = () => {
  numbers += 1;
  return withCheckDigit(`8943010${String(process.pid % 100_000).padStart(5, '0')}${String(numbers).padStart(7, '0')}`);
};
const pathOf = (query = '', partnerId = acme.id) => `/v1/platform/partners/${partnerId}/imports?operatorId=a1${query}`;
const send = async (lines: readonly string[], query = '') =>
  is(200, await platform.post<ImportedFile>(pathOf(query), `${[HEADER, ...lines].join('\r\n')}\r\n`, csv));
const HEADER = 'iccid,state,partnerService,customer,customerService,label,tags,activatedAt,msisdn';

let service: PartnerService;
let owner: { customer: Customer; service: CustomerService };
beforeAll(async () => {
  service = await acme.aPartnerService({ name: 'Fleet import' });
  owner = await acme.aCustomerWithService({ name: 'Northwind Import Ltd' });
});

/** A row in a state, with everything that the state needs. */
function aRow(state: string, iccid = anIccid()): { iccid: string; line: string } {
  const partnerService = state === 'in_holding' ? '' : service.name;
  const [customer, customerService] = ['in_holding', 'in_stock'].includes(state)
    ? ['', '']
    : [owner.customer.name, owner.service.name];
  return { iccid, line: `${iccid},${state},${partnerService},${customer},${customerService},,,,` };
}

describe('an import', () => {
  test('brings SIMs in any state with their services and customers, and bulk actions go on with them', async () => {
    const states = ['in_holding', 'in_stock', 'assigned', 'active', 'suspended'] as const;
    const rows = new Map(states.map((state) => [state, aRow(state)]));
    const lines = [...rows.values()].map(({ line }) => line);
    expect(await send(lines, '&dryRun=true')).toMatchObject({ rows: 5, loaded: 5, rejected: 0, errors: [] });
    expect(await acme.sims({ operatorId: 'a1' })).toEqual([]);
    expect(await send(lines)).toEqual({ rows: 5, loaded: 5, alreadyLoaded: 0, rejected: 0, errors: [] });
    for (const state of states) {
      const sim = is(200, await acme.api.get<Sim>(`/v1/sims/${rows.get(state)?.iccid}`));
      expect(sim).toMatchObject({ state, operatorId: 'a1', holding: state === 'in_holding' });
      expect(sim.bars.length).toBe(state === 'active' ? 0 : 1);
      expect(sim).not.toHaveProperty('orderId');
      expect(sim.customerId).toBe(['in_holding', 'in_stock'].includes(state) ? undefined : owner.customer.id);
    }
    expect(await send(lines)).toMatchObject({ loaded: 0, alreadyLoaded: 5, rejected: 0 });

    const active = rows.get('active')?.iccid ?? '';
    const timeline = await acme.all<{ type: string; to?: string; actor: string }>(`/v1/sims/${active}/events`);
    expect(timeline).toMatchObject([
      {
        type: 'sim.imported',
        to: 'active',
        partnerServiceName: service.name,
        customerName: owner.customer.name,
        customerServiceName: owner.service.name,
      },
    ]);
    // The services count the SIMs: they cannot be deleted.
    expectProblem(await acme.api.del(`/v1/customer-services/${owner.service.id}`), 409, 'in_use');

    const migrated = await acme.bulkDone('migrate', {
      select: { iccids: [rows.get('in_holding')?.iccid] },
      partnerServiceId: service.id,
    });
    expect(migrated).toMatchObject({ state: 'succeeded' });
    const everything = await acme.api.post('/v1/sims/unassign', { select: { filter: {} }, confirm: 4 });
    expectInvalid(everything, [['/confirm', 'confirm_mismatch']]);
    expect(JSON.stringify(everything.body)).toMatch(/\b5\b/);
  });

  test('attributes usage to the imported services', async () => {
    const { iccid, line } = aRow('active');
    await send([line]);
    const at = (await cloud.clock.now()).toISOString();
    const usage = `recordId,iccid,at,bytes,network\r\nimport-${iccid},${iccid},${at},4096,23201\r\n`;
    expect(is(200, await platform.post('/v1/platform/operators/a1/usage', usage, csv))).toMatchObject({ counted: 1 });
    const period = at.slice(0, 7);
    await eventually(async () => {
      const used = await acme.api.get<{ usedBytes: number }>(
        `/v1/customer-services/${owner.service.id}/usage?period=${period}`,
      );
      expect(is(200, used).usedBytes).toBe(4096);
    });
  });

  test('keeps label, tags, phone number and the date of the activation', async () => {
    const iccid = anIccid();
    const cells = [
      service.id,
      owner.customer.id,
      owner.service.id,
      'Meter 1',
      'north;south',
      '2025-04-01',
      '0043664123456',
    ];
    await send([`${iccid},active,${cells.join(',')}`]);
    expect(is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`))).toMatchObject({
      label: 'Meter 1',
      tags: ['north', 'south'],
      msisdn: '+43664123456',
      stateChangedAt: '2025-04-01T00:00:00.000Z',
    });
  });

  test('names what is wrong with each bad row', async () => {
    const other = await acme.aCustomerWithService();
    const foreign = anIccid();
    await cloud.partner('globex-import').aCustomer();
    const theirs = `${HEADER}\r\n${foreign},in_holding,,,,,,,\r\n`;
    is(200, await platform.post(pathOf('', asId('partner', 'globex-import')), theirs, csv));
    const { name } = owner.customer;
    const rows: [cells: string, code: string][] = [
      ['terminated,,,,,,,', 'invalid_state'],
      [`in_holding,${service.name},,,,,,`, 'in_holding'],
      ['in_stock,,,,,,,', 'required'],
      ['in_stock,No such service,,,,,,', 'not_found'],
      // Too long for a key of the table.
      [`in_stock,${'x'.repeat(2_000)},,,,,,`, 'not_found'],
      ['in_stock,psv_holding_a1,,,,,,', 'holding_target'],
      [`in_stock,${service.name},${name},,,,,`, 'not_assigned'],
      [`assigned,${service.name},,,,,,`, 'required'],
      [`assigned,${service.name},Nobody Ltd,x,,,,`, 'not_found'],
      [`assigned,${service.name},${name},x,,,,`, 'not_found'],
      [`assigned,${service.name},${name},${other.service.id},,,,`, 'service_of_other_customer'],
      [`active,${service.name},${name},${owner.service.name},,,yesterday,`, 'invalid_activated_at'],
      [`active,${service.name},${name},${owner.service.name},,,2199-01-01,`, 'invalid_activated_at'],
      [`in_holding,,,,${'x'.repeat(61)},,,`, 'invalid_label'],
    ];
    const lines = [...rows.map(([cells]) => `${anIccid()},${cells}`), `${foreign},in_holding,,,,,,,`];
    const file = await send(lines);
    expect(file).toMatchObject({ rows: rows.length + 1, loaded: 0, rejected: rows.length + 1 });
    const codes = [...rows.map(([, code]) => code), 'owned_by_other_partner'];
    expect(file.errors.map(({ row, code }) => [row, code])).toEqual(codes.map((code, index) => [index + 2, code]));
  });

  test('needs a partner and an operator', async () => {
    const text = `${HEADER}\r\n`;
    expectProblem(await platform.post(pathOf('', asId('partner', 'nobody-import')), text, csv), 404, 'not_found');
    expectInvalid(await platform.post('/v1/platform/partners/acme-import/imports', text, csv), [
      ['/query/operatorId', 'required'],
    ]);
    expectInvalid(await platform.post('/v1/platform/partners/acme-import/imports?operatorId=none', text, csv), [
      ['/query/operatorId', 'invalid_value'],
    ]);
  });
});
