import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { actionOfStage, type Plan, type PlanTargets, planSchema, planViolations, stagesOf } from '../../domain/plan.ts';
import {
  aCustomer,
  aCustomerService,
  aHoldingService,
  anOperator,
  aPartnerService,
  aTariffOf,
  migrateAndAssign,
  migrateOnly,
  on,
  operatorIds,
  wholePlan,
} from './builders.ts';

/** All that `wholePlan` names, there and in order. */
const allThere: PlanTargets = {
  partnerService: on(aPartnerService()),
  customer: aCustomer(),
  customerService: on(aCustomerService()),
};

/** Violations as `pointer code`. */
const violationsOf = (plan: Plan, targets: Partial<PlanTargets> = {}) =>
  planViolations(plan, { ...allThere, ...targets }, anOperator('3uk')).map(({ pointer, code }) => `${pointer} ${code}`);

describe('a plan', () => {
  test.each([
    ['migrates', migrateOnly, ['migrate']],
    ['migrates and assigns', migrateAndAssign, ['migrate', 'assign']],
    ['migrates, assigns and activates', wholePlan, ['migrate', 'assign', 'activate']],
    ['with activate: false has no activation', { ...wholePlan, activate: false }, ['migrate', 'assign']],
  ] as const)('%s, in this order', (_name, plan, stages) => {
    expect(stagesOf(plan)).toEqual(stages);
    expect(violationsOf(plan)).toEqual([]);
  });

  test.each(operatorIds)('is valid for %s when the tariffs cover it', (operatorId) => {
    expect(planViolations(wholePlan, allThere, anOperator(operatorId))).toEqual([]);
  });

  test('that only migrates does not need customers', () => {
    expect(violationsOf(migrateOnly, { customer: undefined, customerService: undefined })).toEqual([]);
  });
});

describe('a plan is refused', () => {
  test.each<[string, Plan, Partial<PlanTargets>, string[]]>([
    [
      'when the partner service is not there',
      migrateOnly,
      { partnerService: undefined },
      ['/partnerServiceId not_found'],
    ],
    [
      'when it would migrate into holding',
      migrateOnly,
      { partnerService: on(aHoldingService(), undefined) },
      ['/partnerServiceId holding_target'],
    ],
    [
      'when the partner service’s tariff does not cover the operator',
      migrateOnly,
      { partnerService: on(aPartnerService(), aTariffOf('a1', 'orange')) },
      ['/partnerServiceId tariff_mismatch'],
    ],
    [
      'when the partner service’s tariff is gone',
      migrateOnly,
      { partnerService: { service: aPartnerService(), tariff: undefined } },
      ['/partnerServiceId tariff_mismatch'],
    ],
    [
      'when it assigns to a customer without a service',
      { ...migrateOnly, customerId: 'cus_meadow' },
      { customerService: undefined },
      ['/customerServiceId required'],
    ],
    [
      'when it assigns to a service without its customer',
      { ...migrateOnly, customerServiceId: 'csv_trackers' },
      { customer: undefined },
      ['/customerId required'],
    ],
    ['when the customer is not there', migrateAndAssign, { customer: undefined }, ['/customerId not_found']],
    [
      'when the customer service is not there',
      migrateAndAssign,
      { customerService: undefined },
      ['/customerServiceId not_found'],
    ],
    [
      'when the service is another customer’s',
      migrateAndAssign,
      { customerService: on(aCustomerService({ customerId: 'cus_harbour' })) },
      ['/customerServiceId service_of_other_customer'],
    ],
    [
      'when the customer service’s tariff does not cover the operator',
      migrateAndAssign,
      { customerService: on(aCustomerService(), aTariffOf('3ireland')) },
      ['/customerServiceId tariff_mismatch'],
    ],
    [
      'when the customer service’s tariff is gone',
      migrateAndAssign,
      { customerService: { service: aCustomerService(), tariff: undefined } },
      ['/customerServiceId tariff_mismatch'],
    ],
    [
      'when it activates without assigning',
      { ...migrateOnly, activate: true },
      {},
      ['/activate activate_needs_assign'],
    ],
    [
      'with everything that is wrong with it at once',
      { ...migrateOnly, customerId: 'cus_meadow', activate: true },
      { partnerService: undefined },
      ['/partnerServiceId not_found', '/customerServiceId required', '/activate activate_needs_assign'],
    ],
    [
      'with everything that is not there at once',
      wholePlan,
      { partnerService: undefined, customer: undefined, customerService: undefined },
      ['/partnerServiceId not_found', '/customerId not_found', '/customerServiceId not_found'],
    ],
  ])('%s', (_name, plan, targets, violations) => {
    expect(violationsOf(plan, targets)).toEqual(violations);
  });

  test('when it ends with test status and the operator has none', () => {
    const plan: Plan = { ...wholePlan, activate: 'test' };
    expect(stagesOf(plan)).toEqual(['migrate', 'assign', 'activate']);
    expect(stagesOf(plan).map((stage) => actionOfStage(plan, stage))).toEqual(['migrate', 'assign', 'test']);
    expect(actionOfStage(wholePlan, 'activate')).toBe('activate');
    expect(planViolations(plan, allThere, anOperator('3ireland'))).toEqual([]);
    expect(planViolations(plan, allThere, anOperator('a1'))).toEqual([
      {
        pointer: '/activate',
        code: 'wrong_operator',
        message: 'SIMs of A1 have no test status. Set activate to true, or omit it.',
      },
    ]);
    expect(planViolations({ ...migrateOnly, activate: 'test' }, allThere, anOperator('3ireland'))).toMatchObject([
      { code: 'activate_needs_assign' },
    ]);
  });

  test('with a message that names the resource', () => {
    const partnerService = on(aPartnerService({ name: 'Meters' }), aTariffOf('a1'));
    expect(planViolations(migrateOnly, { ...allThere, partnerService }, anOperator('3uk'))).toEqual([
      {
        pointer: '/partnerServiceId',
        code: 'tariff_mismatch',
        message: 'The tariff of "Meters" does not cover SIMs of 3UK.',
      },
    ]);
  });

  test('exactly when a stage lacks the one before it, if all its resources exist', () => {
    const plan = fc.record(
      {
        partnerServiceId: fc.constant('psv_fleet'),
        customerId: fc.constant('cus_meadow'),
        customerServiceId: fc.constant('csv_trackers'),
        activate: fc.boolean(),
      },
      { requiredKeys: ['partnerServiceId'] },
    );
    fc.assert(
      fc.property(plan, (planned) => {
        const assigns = planned.customerId !== undefined && planned.customerServiceId !== undefined;
        const half = !assigns && (planned.customerId !== undefined || planned.customerServiceId !== undefined);
        const good = !half && (assigns || !planned.activate);
        expect(violationsOf(planned).length === 0).toBe(good);
        if (good) {
          expect(stagesOf(planned).slice(0, 1 + Number(assigns))).toEqual(
            assigns ? ['migrate', 'assign'] : ['migrate'],
          );
        }
      }),
    );
  });
});

describe('a plan in a request', () => {
  test.each([
    {},
    { partnerServiceId: '' },
    { partnerServiceId: 'psv_fleet', activate: 'yes' },
    { ...wholePlan, resume: true },
  ])('cannot be %j', (body) => {
    expect(planSchema.safeParse(body).success).toBe(false);
  });

  test.each([migrateOnly, migrateAndAssign, wholePlan])('can be %j', (body) => {
    expect(planSchema.parse(body)).toEqual(body);
  });
});
