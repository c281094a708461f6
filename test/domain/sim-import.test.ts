import { describe, expect, test } from '@jest/globals';
import { type ImportedRow, importSim, importStates, readMoment } from '../../domain/sim-import.ts';
import {
  aCustomer,
  aCustomerService,
  aHoldingService,
  anIccid,
  anOperator,
  aPartnerService,
  aTariff,
  aTariffOf,
  NOW,
} from './builders.ts';

const operator = anOperator('3uk');
const partnerService = { service: aPartnerService(), tariff: aTariff() };
const customer = aCustomer();
const customerService = { service: aCustomerService(), tariff: aTariff({ audience: 'customer' }) };
const nowhere = { partnerService: undefined, customer: undefined, customerService: undefined };
const complete = { partnerService, customer, customerService };

/** What a state needs. */
const targetsOf = (state: ImportedRow['state']): ImportedRow['targets'] =>
  ({
    in_holding: nowhere,
    in_stock: { ...nowhere, partnerService },
    assigned: complete,
    active: complete,
    suspended: complete,
  })[state];
const read = (row: Partial<ImportedRow> & Pick<ImportedRow, 'state'>) =>
  importSim({ listed: { iccid: anIccid() }, targets: targetsOf(row.state), ...row }, operator, { by: 'ada', at: NOW });
const codeOf = (row: Partial<ImportedRow> & Pick<ImportedRow, 'state'>) => {
  const outcome = read(row);
  return 'code' in outcome ? outcome.code : undefined;
};

describe('an imported SIM', () => {
  test.each(importStates)('that is %s has the bars and services of its state', (state) => {
    const sim = read({ state });
    expect(sim).toMatchObject({ state, operatorId: '3uk', version: 1, imported: { state, by: 'ada' } });
    expect(sim).toMatchObject({ bars: state === 'active' ? [] : [{ type: 'data', since: NOW }] });
    expect('customerId' in sim).toBe(!['in_holding', 'in_stock'].includes(state));
    expect(sim).toMatchObject({
      partnerServiceId: state === 'in_holding' ? 'psv_holding_3uk' : partnerService.service.id,
    });
    expect(sim).not.toHaveProperty('orderId');
  });

  test('that is active changed its state when it was activated', () => {
    const activatedAt = '2025-04-01T08:00:00.000Z';
    expect(read({ state: 'active', activatedAt })).toMatchObject({ stateChangedAt: activatedAt, createdAt: NOW });
    expect(read({ state: 'suspended', activatedAt })).toMatchObject({
      stateChangedAt: NOW,
      termStart: { partner: '2025-04-01', customer: '2025-04-01' },
    });
  });

  test.each<[string, Parameters<typeof codeOf>[0], string]>([
    ['a customer in holding', { state: 'in_holding', targets: { ...nowhere, customer } }, 'in_holding'],
    ['a real service in holding', { state: 'in_holding', targets: { ...nowhere, partnerService } }, 'in_holding'],
    ['no partner service in stock', { state: 'in_stock', targets: nowhere }, 'required'],
    [
      'an unknown partner service',
      { state: 'in_stock', targets: { ...nowhere, partnerService: 'unknown' } },
      'not_found',
    ],
    [
      'the holding service in stock',
      { state: 'in_stock', targets: { ...nowhere, partnerService: { service: aHoldingService(), tariff: undefined } } },
      'holding_target',
    ],
    ['a customer in stock', { state: 'in_stock', targets: { ...nowhere, partnerService, customer } }, 'not_assigned'],
    ['no customer when assigned', { state: 'assigned', targets: { ...complete, customer: undefined } }, 'required'],
    [
      'no service when assigned',
      { state: 'assigned', targets: { ...complete, customerService: undefined } },
      'required',
    ],
    ['an ambiguous customer', { state: 'active', targets: { ...complete, customer: 'ambiguous' } }, 'ambiguous_name'],
    ['an unknown customer', { state: 'active', targets: { ...complete, customer: 'unknown' } }, 'not_found'],
    ['an unknown service', { state: 'active', targets: { ...complete, customerService: 'unknown' } }, 'not_found'],
    [
      'a service of another customer',
      { state: 'active', targets: { ...complete, customer: { id: 'cus_other' } } },
      'service_of_other_customer',
    ],
    [
      'a partner service that does not cover the operator',
      { state: 'active', targets: { ...complete, partnerService: { ...partnerService, tariff: aTariffOf('a1') } } },
      'tariff_mismatch',
    ],
    [
      'a customer service that does not cover the operator',
      { state: 'active', targets: { ...complete, customerService: { ...customerService, tariff: aTariffOf('a1') } } },
      'tariff_mismatch',
    ],
    [
      'an activation in the future',
      { state: 'active', activatedAt: '2099-01-01T00:00:00.000Z' },
      'invalid_activated_at',
    ],
    ['an activation in stock', { state: 'in_stock', activatedAt: '2025-01-01T00:00:00.000Z' }, 'invalid_activated_at'],
  ])('cannot have %s', (_name, row, code) => {
    expect(codeOf(row)).toBe(code);
  });
});

test.each([
  ['2025-04-01', '2025-04-01T00:00:00.000Z'],
  [' 2025-04-01T10:00:00+02:00 ', '2025-04-01T08:00:00.000Z'],
  ['01.04.2025', undefined],
  ['2025-02-30', undefined],
  ['', undefined],
])('the moment %j is %j', (cell, moment) => {
  expect(readMoment(cell)).toBe(moment);
});
