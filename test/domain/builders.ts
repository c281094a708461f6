import type { Customer } from '../../domain/customer.ts';
import { type Iccid, withCheckDigit } from '../../domain/iccid.ts';
import { asId, type OperationId, type OperatorId } from '../../domain/ids.ts';
import type { Operation } from '../../domain/operation.ts';
import { type Operator, seedOperators } from '../../domain/operator.ts';
import { noProgress, type Order, type OrderState } from '../../domain/order.ts';
import type { Plan } from '../../domain/plan.ts';
import type { CustomerService, PartnerService } from '../../domain/service.ts';
import type { Bar, Sim, SimState } from '../../domain/sim.ts';
import type { Tariff } from '../../domain/tariff.ts';

/*
 * Things of the domain as tests need them: whole and valid, so that a test names only what it is about. By default
 * everything is 3UK's, Meadow Farms' and on services whose tariffs cover every operator.
 */

/** When everything that is built was made. */
export const LONG_AGO = '2026-01-05T09:00:00.000Z';

/** A moment after it, for the step under test. */
export const NOW = '2026-03-02T10:30:00.000Z';

const record = { createdAt: LONG_AGO, updatedAt: LONG_AGO, version: 3 };

/** The ids of the guide's operators. */
export const operatorIds = seedOperators.map(({ id }) => id);

/** An operator of the guide, with some settings of the test's own. */
export function anOperator(id = '3uk', own: Partial<Operator> = {}): Operator {
  const seed = seedOperators.find((operator) => operator.id === id);
  if (!seed) {
    throw new Error(`${id} is not an operator of the guide`);
  }
  return { ...seed, ...own };
}

/** A right ICCID, another for each number. */
export function anIccid(number = 1): Iccid {
  return withCheckDigit(`894420${String(number).padStart(12, '0')}`);
}

export function aTariff(own: Partial<Tariff> = {}): Tariff {
  return {
    id: 'trf_everywhere',
    name: 'Everywhere 1 GB',
    operatorIds: [...operatorIds],
    networks: ['3UK', 'Orange F'],
    allowanceBytes: 1_000_000_000,
    pooling: 'per_sim',
    minimumTermMonths: 12,
    monthlyPrice: { amount: '1.50', currency: 'GBP' },
    audience: 'partner',
    ...own,
  };
}

/** A tariff that covers these operators and no others. */
export function aTariffOf(...covered: string[]): Tariff {
  return aTariff({ id: `trf_${covered.join('_')}`, operatorIds: covered.map((id) => asId('operator', id)) });
}

export function aCustomer(own: Partial<Customer> = {}): Customer {
  return { id: 'cus_meadow', name: 'Meadow Farms Ltd', shortName: 'Meadow Farms', tags: [], ...record, ...own };
}

export function aPartnerService(own: Partial<PartnerService> = {}): PartnerService {
  return { id: 'psv_fleet', name: 'Fleet', tariffId: 'trf_everywhere', holding: false, ...record, ...own };
}

/** The service in which an operator's SIMs arrive. */
export function aHoldingService(operatorId = '3uk'): PartnerService {
  return { id: `psv_holding_${operatorId}`, name: `Holding ${operatorId}`, holding: true, ...record };
}

export function aCustomerService(own: Partial<CustomerService> = {}): CustomerService {
  return {
    id: 'csv_trackers',
    customerId: 'cus_meadow',
    tariffId: 'trf_everywhere',
    name: 'Meadow Farms – Trackers',
    ...record,
    ...own,
  };
}

/** A service as actions and plans load it: with its tariff, when that is still there. */
export function on<Service>(service: Service, tariff: Tariff | undefined = aTariff()) {
  return { service, tariff };
}

/** A SIM in the state that the last call names: `aSim().inStock()`, `aSim({ operatorId: 'a1' }).active()`. */
export function aSim({
  operatorId: operator = '3uk',
  ...own
}: Partial<Omit<Sim, 'operatorId'>> & { operatorId?: string } = {}) {
  const operatorId = asId('operator', operator);
  const sim = (state: SimState, place: Pick<Sim, 'partnerServiceId' | 'bars'> & Partial<Sim>): Sim => ({
    iccid: anIccid(),
    imsi: '234200000000001',
    operatorId,
    orderId: 'ord_first',
    tags: [],
    stateChangedAt: LONG_AGO,
    ...record,
    state,
    ...place,
    ...own,
  });
  const stocked = { partnerServiceId: 'psv_fleet', bars: [barredFor('not_activated')] } as const;
  const given = { ...stocked, customerId: 'cus_meadow', customerServiceId: 'csv_trackers' } as const;
  const inState = {
    in_holding: () => sim('in_holding', { ...stocked, partnerServiceId: `psv_holding_${operatorId}` }),
    in_stock: () => sim('in_stock', stocked),
    assigned: () => sim('assigned', given),
    activating: () => sim('activating', given),
    testing: () => sim('testing', { ...given, bars: [] }),
    active: () => sim('active', { ...given, bars: [] }),
    suspended: () => sim('suspended', { ...given, bars: [barredFor('suspended_on_request')] }),
    terminated: () => sim('terminated', { ...given, bars: [barredFor('terminated')] }),
  } satisfies Record<SimState, () => Sim>;
  return {
    inHolding: inState.in_holding,
    inStock: inState.in_stock,
    assigned: inState.assigned,
    activating: inState.activating,
    testing: inState.testing,
    active: inState.active,
    suspended: inState.suspended,
    terminated: inState.terminated,
    /** For tables of every state. */
    in: (state: SimState) => inState[state](),
  };
}

/** The operators with a test status. */
export const testOperators: ReadonlySet<OperatorId> = new Set([asId('operator', '3ireland')]);

/** For next actions of SIMs that no replacement is running for. */
export const noneRunning = { testOperators, running: new Set<OperationId>() };

function barredFor(reason: string): Bar {
  return { type: 'data', reason, since: LONG_AGO };
}

export const migrateOnly: Plan = { partnerServiceId: 'psv_fleet' };

export const migrateAndAssign: Plan = {
  partnerServiceId: 'psv_fleet',
  customerId: 'cus_meadow',
  customerServiceId: 'csv_trackers',
};

/** A plan that carries the SIMs all the way. */
export const wholePlan: Plan = { ...migrateAndAssign, activate: true };

/** An order of 50 SIMs of 3UK; without a plan unless one is given. */
export function anOrder(own: Partial<Order> = {}) {
  const order = (state: OrderState, reached: Partial<Order> = {}): Order => ({
    id: 'ord_first',
    operatorId: asId('operator', '3uk'),
    quantity: 50,
    receivedQuantity: 0,
    state,
    deliveryAddress: { name: 'Stores', lines: ['1 High Street'], city: 'Leeds', postalCode: 'LS1 1AA', country: 'GB' },
    estimatedDelivery: { earliest: '2026-01-08', latest: '2026-01-12' },
    progress: noProgress,
    operations: [],
    requestedBy: 'ann',
    ...record,
    ...reached,
    ...own,
  });
  const taken = { operatorReference: '3UK-77' };
  const arrived = { ...taken, arrivedAt: LONG_AGO };
  const received = { ...arrived, receivedQuantity: 50, progress: { ...noProgress, received: 50 } };
  const inState = {
    submitted: () => order('submitted'),
    accepted: () => order('accepted', taken),
    processing: () => order('processing', taken),
    dispatched: () => order('dispatched', taken),
    delivered: () => order('delivered', received),
    fulfilled: () => order('fulfilled', received),
    cancelled: () => order('cancelled'),
    rejected: () => order('rejected', { failure: { code: 'operator_rejected', detail: 'Out of cards.' } }),
    failed: () =>
      order('failed', { failure: { code: 'internal_error', detail: 'It broke.' }, failedFrom: 'dispatched' }),
  } satisfies Record<OrderState, () => Order>;
  return {
    ...inState,
    /** The operator said that the SIMs are there; they have not been received yet. */
    arrived: () => order('dispatched', arrived),
    in: (state: OrderState) => inState[state](),
  };
}

/** An activation of ten SIMs. By default it has succeeded. */
export function anOperation(own: Partial<Operation> = {}): Operation {
  return {
    id: 'op_first',
    action: 'activate',
    target: {},
    selection: { kind: 'list' },
    state: 'succeeded',
    total: 10,
    pages: 1,
    succeeded: 10,
    failed: 0,
    requestedBy: 'ann',
    startedAt: LONG_AGO,
    finishedAt: LONG_AGO,
    ...record,
    ...own,
  };
}
