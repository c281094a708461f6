import { setTimeout as pause } from 'node:timers/promises';
import { withCheckDigit } from '../../domain/iccid.ts';
import { DAY_MS, HOUR_MS } from '../../domain/time-units.ts';
import { type Client, createClient } from '../../local/demo/client.ts';
import { operatorByHand } from '../../local/operator-settings.ts';
import { poll } from '../../local/poll.ts';
import { seedUsers } from '../../local/seed-users.ts';
import { createCustomers, createOperatorByHand, type Targets } from './customers.ts';

/** What a seeded cloud has, by the parameters that the paths of the console's pages have. */
export type World = {
  orderId: string;
  iccid: string;
  operationId: string;
  customerId: string;
  customerServiceId: string;
  partnerServiceId: string;
  alarmId: string;
  webhookId: string;
  userId: string;
  customerUserId: string;
  manualOrderId: string;
  taskId: string;
  platformUserId: string;
};

/** The clients with which a cloud is seeded: of the demo partner, of the platform, and of the cloud's own routes. */
export type Clients = { partner: Client; platform: Client; local: Client };

type Created = { id: string };
type List<Item> = { items: Item[] };
type Order = { id: string; state: string };
type Operation = { id: string; state: string };
type Sim = { iccid: string; operatorId: string };

/** Numbers of SIMs. Tests take small ones. */
export type Sizes = {
  fleet: number;
  usageDays: number;
  /** Whether operators deliver the first orders at once, which takes less time than their usual days. */
  isDeliveredAtOnce?: boolean;
};

/** The seed of tests: something of each kind. */
export const smallWorld = { fleet: 50, usageDays: 2, isDeliveredAtOnce: true } as const satisfies Sizes;

/**
 * Seeds a local cloud over HTTP: a partner with customers, orders in several states, SIMs with usage, an alarm that fired, and work at
 * the desk. The clock stands still except when this lets time pass, so that the same calls give the same dates.
 */
export async function seedWorld(url: string, { fleet, usageDays, isDeliveredAtOnce = false }: Sizes): Promise<World> {
  const clients = await openClients(url);
  const { partner, platform, local } = clients;
  await local.put('/_local/clock', { held: true });
  // The first request of a partner creates it on a local cloud.
  await partner.get('/v1/partner');
  await createOperatorByHand(platform);
  const targets = await createCustomers(partner);
  await createUsers(platform, targets.northwind.customerId);

  await setLeadTimes(local, isDeliveredAtOnce ? { leadTimeDays: 0 } : {});
  const orders = await placeOrders(clients, targets, fleet);
  await untilOrder(clients, orders.northwind, 'fulfilled');
  await untilOrder(clients, orders.lifts, 'fulfilled');
  await untilOrder(clients, orders.waiting, 'delivered');
  const taskId = await fulfilByHand(clients, orders.byHand);

  const operationId = await actOnSims(clients, orders, targets);
  const alarmId = await createAlarm(partner, targets.northwind.customerServiceId);
  const sims = await partner.get<List<Sim>>(
    `/v1/sims?orderId=${orders.northwind}&state=active&limit=${Math.min(200, fleet)}`,
  );
  // Before the usage, because it may take days, and this month's usage is shown.
  await differAtOperator(clients, sims.items.at(-1));
  await useData(clients, sims.items, usageDays, alarmId);
  await untilFired(clients, alarmId);

  const webhook = await partner.post<Created>('/v1/webhooks', {
    url: 'https://hooks.demo.example/sims',
    events: ['order.*', 'operation.finished'],
  });
  await partner.post('/v1/clients', { name: 'Order desk', roles: ['admin'] });
  await setLeadTimes(local, {});
  await placeLatestOrders(clients, targets);
  const manualOrderId = await orderByHand(partner, targets, 40, 'Depot Hamburg');
  const users = await platform.get<List<{ id: string; email: string }>>('/v1/platform/users');
  const userOf = (email: string) => users.items.find((user) => user.email === email)?.id ?? '';
  return {
    orderId: orders.northwind,
    iccid: sims.items[0]?.iccid ?? '',
    operationId,
    ...targets.northwind,
    alarmId,
    webhookId: webhook.id,
    userId: userOf(seedUsers.support.email),
    customerUserId: userOf(seedUsers.customer.email),
    manualOrderId,
    taskId,
    platformUserId: userOf(seedUsers.platform.email),
  };
}

async function openClients(url: string): Promise<Clients> {
  const local = createClient(url, '');
  const as = async (claims: object) => {
    const { access_token: token } = await local.post<{ access_token: string }>('/_local/token', claims);
    return createClient(url, token);
  };
  return {
    partner: await as({ partnerId: 'demo', roles: ['admin'] }),
    platform: await as({ roles: ['platform'] }),
    local,
  };
}

/** Time that passes at once. Operators and schedules do their work in between. */
const STEP_MS = 2 * HOUR_MS;
/** Time that passes at once when nothing else is under way. */
const LONG_STEP_MS = 12 * HOUR_MS;
const PAUSE_MS = 250;

/** Lets time pass until something is found. */
async function until<Found>(
  { local }: Clients,
  what: string,
  find: () => Promise<Found | undefined>,
  stepMs = STEP_MS,
): Promise<Found> {
  return poll(
    what,
    async () => {
      const found = await find();
      if (found === undefined) {
        await moveClock(local, stepMs);
      }
      return found;
    },
    { everyMs: PAUSE_MS },
  );
}

async function moveClock(local: Client, ms: number): Promise<void> {
  const { now } = await local.get<{ now: string }>('/_local/clock');
  await local.put('/_local/clock', { now: new Date(Date.parse(now) + ms).toISOString() });
}

/** Lets time pass until the next month begins, so that usage counts towards one month. */
async function startMonth(local: Client): Promise<void> {
  const { now } = await local.get<{ now: string }>('/_local/clock');
  const [year = 0, month = 0] = now.split('-').map(Number);
  await local.put('/_local/clock', { now: new Date(Date.UTC(year, month, 1, 8)).toISOString() });
}

async function untilOrder(clients: Clients, id: string, state: string): Promise<void> {
  await until(clients, `order ${id} to be ${state}`, async () => {
    const order = await clients.partner.get<Order>(`/v1/orders/${id}`);
    return order.state === state ? order : undefined;
  });
}

async function finished(clients: Clients, { id }: Created): Promise<string> {
  await until(clients, `operation ${id} to finish`, async () => {
    const { state } = await clients.partner.get<Operation>(`/v1/operations/${id}`);
    return ['queued', 'running'].includes(state) ? undefined : state;
  });
  return id;
}

/** The users that the sign-in page offers, the customer user with a customer that has SIMs. */
async function createUsers(platform: Client, customerId: string): Promise<void> {
  for (const [kind, user] of Object.entries(seedUsers)) {
    await platform.post('/v1/platform/users', { ...user, ...(kind === 'customer' && { customerId }) });
  }
}

/** Sets after how many days the operators of the first orders deliver. */
async function setLeadTimes(local: Client, behaviour: { leadTimeDays?: number }): Promise<void> {
  await Promise.all(['3uk', 'a1', '3ireland'].map((operator) => local.put(`/_local/operators/${operator}`, behaviour)));
}

type Orders = Record<'northwind' | 'lifts' | 'waiting' | 'byHand', string>;

async function placeOrders({ partner, local }: Clients, targets: Targets, fleet: number): Promise<Orders> {
  const place = async (body: object) => (await partner.post<Created>('/v1/orders', body)).id;
  const planOf = ({ partnerServiceId, customerId, customerServiceId }: Targets[keyof Targets], activate = true) => ({
    partnerServiceId,
    customerId,
    customerServiceId,
    activate,
  });
  await local.put('/_local/operators/orange', { rejectOrders: true });
  await place({ operatorId: 'orange', quantity: 100, reference: 'Lyon pilot' });
  const northwind = await place({
    operatorId: '3uk',
    quantity: fleet,
    reference: 'Northwind roll-out',
    plan: planOf(targets.northwind),
  });
  const lifts = await place({
    operatorId: 'a1',
    quantity: fleet >= 1000 ? 400 : 20,
    reference: 'Lifts Tyrol',
    plan: planOf(targets.lifts, false),
  });
  const waiting = await place({
    operatorId: '3ireland',
    quantity: fleet >= 1000 ? 300 : 50,
    reference: 'Dublin stock',
  });
  return { northwind, lifts, waiting, byHand: await orderByHand(partner, targets, 20, 'Depot Bremen') };
}

/** Orders that are under way when the seed ends. */
async function placeLatestOrders({ partner, local }: Clients, { harbour, lifts }: Targets): Promise<void> {
  await local.put('/_local/operators/orange', { rejectOrders: false });
  await partner.post('/v1/orders', { operatorId: 'orange', quantity: 150, reference: 'Lyon' });
  const plan = { ...harbour, activate: true };
  await partner.post('/v1/orders', { operatorId: '3uk', quantity: 100, reference: 'Harbour pumps', plan });
  const cancelled = await partner.post<Created>('/v1/orders', {
    operatorId: 'a1',
    quantity: 20,
    reference: 'Duplicate',
  });
  await partner.post(`/v1/orders/${cancelled.id}/cancel`, {});
  await partner.post('/v1/orders', {
    operatorId: 'a1',
    quantity: 60,
    reference: 'Lifts Salzburg',
    plan: { ...lifts, activate: true },
  });
}

async function orderByHand(partner: Client, { depot }: Targets, quantity: number, reference: string): Promise<string> {
  const plan = { ...depot, activate: true };
  const order = await partner.post<Created>('/v1/orders', { operatorId: 'portal', quantity, reference, plan });
  return order.id;
}

/** Does what the wholesaler's staff do for an order, until the plan brings a task. @returns the task's id */
async function fulfilByHand(clients: Clients, orderId: string): Promise<string> {
  const { platform } = clients;
  const path = `/v1/platform/partners/demo/orders/${orderId}`;
  await platform.post(`${path}/accept`, { operatorReference: 'PM-4711' });
  await platform.post(`${path}/dispatch`, { trackingReference: '1Z 999 AA1 01 2345 6784', carrier: 'UPS' });
  const iccids = Array.from({ length: 20 }, (_, index) =>
    withCheckDigit(`8949777990001${String(index).padStart(5, '0')}`),
  );
  await platform.postCsv(`${path}/sims`, ['iccid', ...iccids].join('\n'));
  await platform.post(`${path}/deliver`, {});
  return until(clients, `a task at ${operatorByHand.name}`, async () => {
    const { items } = await platform.get<List<Created>>('/v1/platform/manual-tasks');
    return items[0]?.id;
  });
}

/** Labels and suspends SIMs, and assigns some too early, which fails. @returns the id of the suspension */
async function actOnSims(clients: Clients, orders: Orders, { northwind, harbour }: Targets): Promise<string> {
  const { partner } = clients;
  const act = async (action: string, body: object) =>
    finished(clients, await partner.post<Created>(`/v1/sims/${action}`, body));
  await act('label', { select: { orderId: orders.northwind }, label: 'Pumping station', addTags: ['north'] });
  await act('label', { select: { orderId: orders.lifts }, label: 'Lift', addTags: ['alps'] });
  await act('assign', {
    select: { orderId: orders.waiting },
    customerId: harbour.customerId,
    customerServiceId: harbour.customerServiceId,
  });
  const { items } = await partner.get<List<Sim>>(`/v1/sims?customerId=${northwind.customerId}&limit=15`);
  return act('suspend', { select: { iccids: items.map(({ iccid }) => iccid) }, reason: 'Winter break' });
}

async function createAlarm(partner: Client, customerServiceId: string): Promise<string> {
  const alarm = await partner.post<Created>('/v1/alarms', {
    name: 'Pool at 80 %',
    scope: { customerServiceId },
    measure: 'pool',
    threshold: { percent: 80 },
    action: 'notify',
  });
  return alarm.id;
}

/** Devices send data on at most this many days, so that a month counts them all. */
const MAX_USAGE_DAYS = 24;
/** Collectors run in this time, so that the alarm fires on the day on which the usage reaches it. */
const COLLECTOR_MS = 1000;

/** Lets the devices send data, day by day, until the pool is nearly used and the alarm has fired. */
async function useData(clients: Clients, sims: readonly Sim[], days: number, alarmId: string): Promise<void> {
  const { local, partner } = clients;
  await startMonth(local);
  const { allowanceBytes } = await partner.get<{ allowanceBytes: number }>(
    `/v1/customer-services/${await serviceOf(partner, sims)}/usage`,
  );
  const perSim = (allowanceBytes * 0.86) / days / sims.length;
  const hasFired = async () => (await partner.get<List<object>>(`/v1/alarms/${alarmId}/firings`)).items.length > 0;
  for (let day = 0; day < MAX_USAGE_DAYS && (day < days || !(await hasFired())); day += 1) {
    await moveClock(local, DAY_MS);
    await pause(COLLECTOR_MS);
    await Promise.all(
      sims.map(({ iccid, operatorId }, index) => {
        // Between half and one and a half times the average, differently on each day.
        const bytes = Math.round(perSim * (0.5 + ((index * 7 + day * 3) % 11) / 10));
        return local.post(`/_local/operators/${operatorId}/usage`, { iccid, bytes });
      }),
    );
  }
}

async function serviceOf(partner: Client, [first]: readonly Sim[]): Promise<string> {
  const sim = await partner.get<{ customerServiceId: string }>(`/v1/sims/${first?.iccid}`);
  return sim.customerServiceId;
}

async function untilFired(clients: Clients, alarmId: string): Promise<void> {
  await until(clients, 'the alarm to fire', async () => {
    const { items } = await clients.partner.get<List<object>>(`/v1/alarms/${alarmId}/firings`);
    return items[0];
  });
}

/** The operator bars a SIM without a request. The daily comparison finds it. */
async function differAtOperator(clients: Clients, sim: Sim | undefined): Promise<void> {
  await clients.local.post(`/_local/operators/${sim?.operatorId}/sims/${sim?.iccid}`, { status: 'barred' });
  const find = async () => (await clients.platform.get<List<object>>('/v1/platform/differences')).items[0];
  await until(clients, 'a difference', find, LONG_STEP_MS);
}
