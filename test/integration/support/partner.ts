import { expect } from '@jest/globals';
import type * as z from 'zod';
import type { customerSchema } from '../../../contract/customer.ts';
import type { dryRunSchema, operationSchema, resultSchema } from '../../../contract/operation.ts';
import type { orderEventSchema, orderSchema } from '../../../contract/order.ts';
import type { customerServiceSchema, partnerServiceSchema } from '../../../contract/service.ts';
import type { simSchema } from '../../../contract/sim.ts';
import type { serviceUsageSchema, simUsageSchema } from '../../../contract/usage.ts';
import { asId, type PartnerId } from '../../../domain/ids.ts';
import type { SimFilter } from '../../../domain/operation.ts';
import type { ApiClient, ApiResponse } from './api-client.ts';
import { eventually } from './eventually.ts';

export type Order = z.input<typeof orderSchema>;
export type OrderEvent = z.input<typeof orderEventSchema>;
export type Sim = z.input<typeof simSchema>;
export type Operation = z.input<typeof operationSchema>;
export type DryRun = z.input<typeof dryRunSchema>;
export type Result = z.input<typeof resultSchema>;
export type Customer = z.input<typeof customerSchema>;
export type CustomerService = z.input<typeof customerServiceSchema>;
export type PartnerService = z.input<typeof partnerServiceSchema>;
export type SimUsage = z.input<typeof simUsageSchema>;
export type ServiceUsage = z.input<typeof serviceUsageSchema>;
export type Plan = NonNullable<Order['plan']>;
/** A plan with all stages, up to active SIMs. */
export type WholePlan = { partnerServiceId: string; customerId: string; customerServiceId: string; activate: true };
export type Page<T> = { items: T[]; nextCursor?: string };

export type ProblemDocument = {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors?: { pointer: string; code: string; message: string; nearest?: number[] }[];
  nearest?: number[];
  simsByState?: Record<string, number>;
};

type OperatorId = Order['operatorId'];
export type NewOrder = {
  operatorId: OperatorId;
  quantity: number;
  reference?: string;
  deliveryAddress?: Order['deliveryAddress'];
  plan?: Plan;
};

type SimQuery = keyof SimFilter | 'limit';

/** Seeded tariffs of the local cloud that cover every operator. */
const PARTNER_TARIFF = 'trf_partner_all';
const CUSTOMER_TARIFF = 'trf_customer_all';

/** The states of an order on its path, as in the contract. */
export const orderStates: readonly Order['state'][] = [
  'submitted',
  'accepted',
  'processing',
  'dispatched',
  'delivered',
  'fulfilled',
  'cancelled',
  'rejected',
  'failed',
];

/** States that an order does not leave automatically. */
const orderEnds = ['fulfilled', 'cancelled', 'rejected', 'failed'];

/** A partner's admin. Creates the usual resources, and fails the test at once when the API refuses. */
export type Partner = {
  readonly id: PartnerId;
  /** The admin's client. */
  readonly api: ApiClient;
  /** Creates a partner service. Default tariff: one that covers every operator. */
  aPartnerService(fields?: { name?: string; tariffId?: string }): Promise<PartnerService>;
  aCustomer(fields?: { name?: string }): Promise<Customer>;
  aCustomerService(customerId: string, fields?: { name?: string; tariffId?: string }): Promise<CustomerService>;
  /** Creates a customer with one service. Default tariff: one that covers every operator. */
  aCustomerWithService(fields?: { name?: string; tariffId?: string }): Promise<{
    customer: Customer;
    service: CustomerService;
  }>;
  /** A plan with a new partner service, a new customer and its new service. */
  aPlan(): Promise<WholePlan>;
  /** Places an order. */
  orders(order: NewOrder): Promise<Order>;
  order(id: string): Promise<Order>;
  /**
   * Waits until an order is in a state. Fails as soon as the order ends in another state.
   *
   * @param options.onLook receives the order each time it is read
   */
  orderIn(
    id: string,
    state: Order['state'],
    options?: { within?: number; onLook?: (order: Order) => void },
  ): Promise<Order>;
  /** Places an order, and waits until the operator has accepted it. */
  ordersAccepted(order: NewOrder): Promise<Order>;
  eventsOf(orderId: string): Promise<OrderEvent[]>;
  /** The states that an order has reached so far, from its timeline. */
  statesOf(orderId: string): Promise<Order['state'][]>;
  /** All SIMs of a list, page by page. */
  sims(query: Readonly<Partial<Record<SimQuery, string>>>): Promise<Sim[]>;
  /** All items of any list, page by page. */
  all<T>(path: string): Promise<T[]>;
  /** Starts a bulk action, which is answered with 202. */
  bulk(action: string, body: Record<string, unknown>): Promise<Operation>;
  /** Starts a bulk action, and waits until it ends. */
  bulkDone(action: string, body: Record<string, unknown>, options?: { within?: number }): Promise<Operation>;
  /** Waits until an operation ends. */
  operationDone(id: string, options?: { within?: number }): Promise<Operation>;
  resultsOf(operationId: string, outcome?: 'succeeded' | 'failed'): Promise<Result[]>;
  /** Received SIMs of a new order, in holding. The operator should deliver at once. */
  simsInHolding(order: NewOrder): Promise<Sim[]>;
  /** Migrated SIMs of a new order. */
  simsInStock(order: NewOrder): Promise<Sim[]>;
  /** SIMs of a new order that are assigned to a new customer. */
  assignedSims(order: NewOrder): Promise<Sim[]>;
  /** SIMs of a new order that are active for a new customer. */
  activeSims(order: NewOrder): Promise<Sim[]>;
};

let names = 0;

/** A name that is unique in the test file. */
function aName(what: string): string {
  names += 1;
  return `${what} ${names}`;
}

export function partnerAtWork(id: string, api: ApiClient): Partner {
  const make = async <T>(path: string, body: unknown): Promise<T> => is(201, await api.post<T>(path, body));
  const read = async <T>(path: string): Promise<T> => is(200, await api.get<T>(path));

  async function all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const next = cursor === undefined ? '' : `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
      const page: Page<T> = await read(path + next);
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return items;
  }

  const aPartnerService: Partner['aPartnerService'] = (fields) =>
    make('/v1/partner-services', { name: aName('Service'), tariffId: PARTNER_TARIFF, ...fields });
  const aCustomer: Partner['aCustomer'] = (fields) => make('/v1/customers', { name: aName('Customer'), ...fields });
  const aCustomerService: Partner['aCustomerService'] = (customerId, fields) =>
    make('/v1/customer-services', { customerId, tariffId: CUSTOMER_TARIFF, name: aName('Fleet'), ...fields });

  async function aCustomerWithService({ name, ...fields }: { name?: string; tariffId?: string } = {}) {
    const customer = await aCustomer(name === undefined ? {} : { name });
    return { customer, service: await aCustomerService(customer.id, fields) };
  }

  async function aPlan(): Promise<WholePlan> {
    const [{ id: partnerServiceId }, { customer, service }] = await Promise.all([
      aPartnerService(),
      aCustomerWithService(),
    ]);
    return { partnerServiceId, customerId: customer.id, customerServiceId: service.id, activate: true };
  }

  const order = (orderId: string) => read<Order>(`/v1/orders/${orderId}`);

  const orderIn: Partner['orderIn'] = async (orderId, state, { onLook, ...options } = {}) => {
    const seen = await eventually(async () => {
      const now = await order(orderId);
      onLook?.(now);
      if (now.state !== state && !orderEnds.includes(now.state)) {
        throw new Error(`Order ${orderId} is ${now.state}, not ${state} yet: ${JSON.stringify(now)}`);
      }
      return now;
    }, options);
    if (seen.state !== state) {
      throw new Error(`Order ${orderId} ended ${seen.state}, not ${state}: ${JSON.stringify(seen)}`);
    }
    return seen;
  };

  const operationDone: Partner['operationDone'] = (operationId, options) =>
    eventually(async () => {
      const operation = await read<Operation>(`/v1/operations/${operationId}`);
      if (['scheduled', 'queued', 'running'].includes(operation.state)) {
        throw new Error(`Operation ${operationId} is not done: ${JSON.stringify(operation)}`);
      }
      return operation;
    }, options);

  const bulk: Partner['bulk'] = async (action, body) => is(202, await api.post<Operation>(`/v1/sims/${action}`, body));
  const bulkDone: Partner['bulkDone'] = async (action, body, options) =>
    operationDone((await bulk(action, body)).id, options);

  const simsOf = (orderId: string) => all<Sim>(`/v1/orders/${orderId}/sims?limit=200`);
  const orders: Partner['orders'] = (placed) => make('/v1/orders', placed);

  async function ordersAccepted(placed: NewOrder): Promise<Order> {
    const { id: orderId } = await orders(placed);
    return eventually(async () => {
      const now = await order(orderId);
      if (now.operatorReference === undefined) {
        throw new Error(`Order ${orderId} is ${now.state}, not accepted yet.`);
      }
      return now;
    });
  }

  const eventsOf = (orderId: string) => all<OrderEvent>(`/v1/orders/${orderId}/events?limit=200`);

  /** SIMs that a plan has taken through its stages. */
  async function simsOfPlan(placed: NewOrder, plan: Plan): Promise<Sim[]> {
    const { id: orderId } = await orders({ ...placed, plan });
    const fulfilled = await orderIn(orderId, 'fulfilled');
    expect(fulfilled.progress.failed).toBe(0);
    return simsOf(orderId);
  }

  return {
    id: asId('partner', id),
    api,
    aPartnerService,
    aCustomer,
    aCustomerService,
    aCustomerWithService,
    aPlan,
    orders,
    order,
    orderIn,
    ordersAccepted,
    eventsOf,
    statesOf: async (orderId) => (await eventsOf(orderId)).flatMap(({ to }) => to ?? []),
    sims: (query) => all(`/v1/sims?${new URLSearchParams({ limit: '200', ...query })}`),
    all,
    bulk,
    bulkDone,
    operationDone,
    resultsOf: (operationId, outcome) =>
      all(`/v1/operations/${operationId}/results?limit=200${outcome === undefined ? '' : `&outcome=${outcome}`}`),
    async simsInHolding(placed) {
      const { id: orderId } = await orders(placed);
      await orderIn(orderId, 'delivered');
      return simsOf(orderId);
    },
    async simsInStock(placed) {
      const { partnerServiceId } = await aPlan();
      return simsOfPlan(placed, { partnerServiceId });
    },
    async assignedSims(placed) {
      return simsOfPlan(placed, { ...(await aPlan()), activate: false });
    },
    async activeSims(placed) {
      return simsOfPlan(placed, await aPlan());
    },
  };
}

/** The body of an answer, which must have this status. */
export function is<T>(status: number, answer: ApiResponse<T>): T {
  if (answer.status !== status) {
    throw new Error(`The API answers ${answer.status}, not ${status}: ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}

/** How many SIMs failed with each problem code. */
export function problemCounts(results: readonly Result[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { problem } of results) {
    if (problem) {
      counts[problem.code] = (counts[problem.code] ?? 0) + 1;
    }
  }
  return counts;
}
