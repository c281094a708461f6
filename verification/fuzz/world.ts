import { randomBytes } from 'node:crypto';
import { roles } from '../../domain/access.ts';
import { type Client, createClient } from '../../local/demo/client.ts';
import { operatorByHand, operatorOneAtATime } from '../../local/operator-settings.ts';
import { poll } from '../../local/poll.ts';
import { withCheckDigit } from './csv-rows.ts';
import type { CallerName } from './request.ts';
import { secretsOf, type Target } from './target.ts';
import { Things } from './things.ts';

/** The state before the first request: the callers, and the ids that requests may contain. */
export type World = {
  tokens: Readonly<Record<CallerName, string | undefined>>;
  things: Things;
  /** Secrets that no response may show. */
  secrets: readonly string[];
  /** The name of another partner's resources. */
  foreign: string;
};

type Made = { id: string };
type Seed = { partnerId: string; things: Things };
type Page<T> = { items: T[] };

/** Creates two partners with SIMs, services and operations. Sets the operators' behaviour. */
export async function makeWorld(target: Target, partnerId: string): Promise<World> {
  const foreign = `Foreign${randomBytes(6).toString('hex')}`;
  const other = `other-${partnerId}`;
  const platform = await tokenOf(target, { roles: ['platform'] });
  const admin = await tokenOf(target, { partnerId, roles: ['admin'] });
  const outsider = await tokenOf(target, { partnerId: other, roles: ['admin'] });
  await behave(target);
  const things = new Things();
  things.add('operator', '3uk', '3ireland', 'orange', 'a1');
  things.add('manualOperator', MANUAL_OPERATOR);
  things.add('owner', partnerId);
  things.add('tag', 'north', 'Water', 'spare');
  things.add('imei', '356938035643809');
  const moments = await times(target);
  things.add('time', ...moments);
  things.add('day', ...moments.slice(-3).map((time) => time.slice(0, 10)));
  await seedPlatform(createClient(target.url, platform), partnerId, things);
  const [customerId, , foreignIds] = await Promise.all([
    seedOwn(createClient(target.url, admin), things),
    seedManualOrders(createClient(target.url, admin), createClient(target.url, platform), { partnerId, things }),
    seedForeign(createClient(target.url, outsider), foreign),
  ]);
  things.add('foreign', ...foreignIds);
  await seedTasks(createClient(target.url, admin), createClient(target.url, platform), { partnerId, things });
  const as = (roles: string[], more = {}) => tokenOf(target, { partnerId, roles, ...more });
  const tokens = {
    admin,
    platform,
    outsider,
    provisioning: await as(['provisioning']),
    deployment: await as(['deployment']),
    support: await as(['support']),
    billing: await as(['billing', 'accounts']),
    customer: await as(['customer_admin'], { customerId }),
    nobody: undefined,
    expired: await as(['admin'], { expiresIn: -60 }),
    garbage: `${admin.slice(0, -8)}AAAAAAAA`,
  };
  return {
    tokens,
    things,
    foreign,
    secrets: [...(await secretsOf(target)), ...Object.values(tokens).filter((token) => token !== undefined)],
  };
}

async function tokenOf({ url }: Target, claims: object): Promise<string> {
  const { access_token } = await createClient(url, '').post<{ access_token: string }>('/_local/token', claims);
  return access_token;
}

/** Two operators deliver immediately. Orders of the others are in transit, so that they can be changed and cancelled. */
async function behave({ url }: Target): Promise<void> {
  const local = createClient(url, '');
  for (const [id, leadTimeDays] of [
    ['3uk', 0],
    ['a1', 0],
    ['orange', 365],
    ['3ireland', 365],
  ] as const) {
    await local.put(`/_local/operators/${id}`, { leadTimeDays });
  }
}

/** Times around the present and around the limits of scheduled operations, by the local cloud's clock. */
async function times({ url }: Target): Promise<string[]> {
  const { now } = await createClient(url, '').get<{ now: string }>('/_local/clock');
  return [-3600, -1, 60, 3600, 86_400, 30 * 86_400, 179 * 86_400, 200 * 86_400].map((seconds) =>
    new Date(Date.parse(now) + seconds * 1000).toISOString(),
  );
}

const fuzzTerms = {
  name: 'Fuzz',
  operatorIds: ['a1'],
  networks: ['A1'],
  allowanceBytes: 1,
  pooling: 'per_sim',
  minimumTermMonths: 1,
  monthlyPrice: { amount: '1.00', currency: 'GBP' },
  audience: 'customer',
};

/** Sends push messages. Nobody orders from it. */
const PUSHING_OPERATOR = 'pushing';

async function seedPlatform(api: Client, partnerId: string, things: Things): Promise<void> {
  await api.put(`/v1/platform/operators/${PUSHING_OPERATOR}`, operatorOneAtATime);
  things.add('pushingOperator', PUSHING_OPERATOR);
  await api.put('/v1/platform/tariffs/trf_fuzz_1', fuzzTerms);
  things.add('platformTariff', 'trf_fuzz_1', 'trf_fuzz_2', 'trf_fuzz_3');
  things.add('role', ...roles);
  things.add('partner', partnerId, `${partnerId}-1`, `${partnerId}-2`);
  things.add('tariff', 'trf_partner_all', 'trf_customer_all', 'trf_partner_isles', 'trf_customer_pool');
}

/** @returns the customer whose user is among the callers */
async function seedOwn(api: Client, things: Things): Promise<string> {
  const learnt = async <T extends object>(made: Promise<T>): Promise<T> => {
    const shown = await made;
    things.learn(shown);
    return shown;
  };
  const [{ id: partnerServiceId }, { id: customerId }, { id: orderId }] = await Promise.all([
    learnt(api.post<Made>('/v1/partner-services', { name: 'Meters', tariffId: 'trf_partner_all' })),
    learnt(api.post<Made>('/v1/customers', { name: 'Northwind', tags: ['north'] })),
    learnt(api.post<Made>('/v1/orders', { operatorId: 'a1', quantity: 20 })),
    learnt(api.post<Made>('/v1/orders', { operatorId: 'orange', quantity: 50 })),
  ]);
  const { id: customerServiceId } = await learnt(
    api.post<Made>('/v1/customer-services', { customerId, tariffId: 'trf_customer_all' }),
  );
  await untilState(api, `/v1/orders/${orderId}`, 'delivered');
  const { items } = await learnt(api.get<Page<{ iccid: string }>>(`/v1/orders/${orderId}/sims`));
  const iccids = items.map(({ iccid }) => iccid);
  const operate = async (action: string, body: object) => {
    const { id } = await learnt(api.post<Made>(`/v1/sims/${action}`, body));
    await untilState(api, `/v1/operations/${id}`, 'succeeded');
  };
  await operate('migrate', { select: { orderId }, partnerServiceId });
  await operate('assign', { select: { iccids: iccids.slice(0, 12) }, customerId, customerServiceId });
  await operate('activate', { select: { iccids: iccids.slice(0, 6) } });
  await operate('label', { select: { iccids: iccids.slice(0, 9) }, label: 'Meter', addTags: ['north', 'water'] });
  await learnt(api.get<object>('/v1/sims?limit=20'));
  return customerId;
}

/** Everything is done by hand there. Not among the operators that requests replace, so that it continues to. */
const MANUAL_OPERATOR = 'portal';
const MANUAL_ORDERS = 8;

/** Creates an operator whose orders the staff handle, and orders that they have reported on. */
async function seedManualOrders(admin: Client, staff: Client, { partnerId, things }: Seed): Promise<void> {
  await staff.put(`/v1/platform/operators/${MANUAL_OPERATOR}`, {
    ...operatorByHand,
    products: [{ id: 'triple', name: 'Triple-cut SIM', formFactor: 'triple', default: true }],
  });
  for (let placed = 0; placed < MANUAL_ORDERS; placed += 1) {
    const order = await admin.post<Made>('/v1/orders', { operatorId: MANUAL_OPERATOR, quantity: 10 });
    const path = `/v1/platform/partners/${partnerId}/orders/${order.id}`;
    const accepted = placed % 2 === 0 ? order : await staff.post<Made>(`${path}/accept`, { operatorReference: 'PM-1' });
    things.learn(placed % 4 < 3 ? accepted : await staff.post<Made>(`${path}/dispatch`, { carrier: 'DHL' }));
  }
}

const TASKS = 6;
const SIMS_OF_TASK = 2;

/** Imports SIMs of the operator without an API, and requests changes that become tasks of the staff. */
async function seedTasks(admin: Client, staff: Client, { partnerId, things }: Seed): Promise<void> {
  const tariffs = { partner: 'trf_fuzz_by_hand_partner', customer: 'trf_fuzz_by_hand_customer' };
  for (const audience of ['partner', 'customer'] as const) {
    const id = tariffs[audience];
    await staff.put(`/v1/platform/tariffs/${id}`, { ...fuzzTerms, operatorIds: [MANUAL_OPERATOR], audience });
    await staff.put(`/v1/platform/partners/${partnerId}/tariffs/${id}`, {});
  }
  const service = { name: 'By hand', tariffId: tariffs.partner };
  const { id: partnerServiceId } = await admin.post<Made>('/v1/partner-services', service);
  const { id: customerId } = await admin.post<Made>('/v1/customers', { name: 'By hand' });
  const { id: customerServiceId } = await admin.post<Made>('/v1/customer-services', {
    customerId,
    tariffId: tariffs.customer,
  });
  const iccids = Array.from({ length: TASKS * SIMS_OF_TASK }, (_, place) =>
    withCheckDigit(`8989${String(place).padStart(14, '0')}`),
  );
  const rows = iccids.map((iccid) => [iccid, 'active', partnerServiceId, customerId, customerServiceId].join());
  const file = ['iccid,state,partnerService,customer,customerService', ...rows, ''].join('\r\n');
  await staff.postCsv(`/v1/platform/partners/${partnerId}/imports?operatorId=${MANUAL_OPERATOR}`, file);
  things.learn({ items: iccids.map((iccid) => ({ iccid })) });
  for (let place = 0; place < TASKS; place += 1) {
    const select = { iccids: iccids.slice(place * SIMS_OF_TASK, (place + 1) * SIMS_OF_TASK) };
    things.learn(await admin.post<Made>('/v1/sims/suspend', { select }));
  }
  await poll('the tasks of the staff', async () => {
    const path = `/v1/platform/manual-tasks?operatorId=${MANUAL_OPERATOR}&limit=200`;
    const { items } = await staff.get<Page<Made & { count: number }>>(path);
    const tasks = items.filter(({ count }) => count === SIMS_OF_TASK);
    if (tasks.length < TASKS) {
      return undefined;
    }
    things.learn({ items: tasks });
    for (const { id } of tasks) {
      const { items: sims } = await staff.get<Page<{ iccid: string }>>(`/v1/platform/manual-tasks/${id}/sims`);
      things.addSimOfTask(id, sims[0]?.iccid ?? '');
    }
    return tasks;
  });
}

/** Creates another partner's resources, all with one name. */
async function seedForeign(api: Client, name: string): Promise<string[]> {
  const [customer, order, service] = await Promise.all([
    api.post<Made>('/v1/customers', { name, tags: [name] }),
    api.post<Made>('/v1/orders', { operatorId: 'a1', quantity: 20, reference: name }),
    api.post<Made>('/v1/partner-services', { name, tariffId: 'trf_partner_all' }),
  ]);
  const fleet = await api.post<Made>('/v1/customer-services', {
    customerId: customer.id,
    tariffId: 'trf_customer_all',
    name,
  });
  await untilState(api, `/v1/orders/${order.id}`, 'delivered');
  const { items } = await api.get<Page<{ iccid: string }>>(`/v1/orders/${order.id}/sims?limit=2`);
  const operation = await api.post<Made>('/v1/sims/suspend', { select: { orderId: order.id }, reason: name });
  return [customer, order, service, fleet, operation].map(({ id }) => id).concat(items.map(({ iccid }) => iccid));
}

/** Waits until a resource is in a state. @throws PollTimeout when it does not reach it */
async function untilState(api: Client, path: string, wanted: string): Promise<void> {
  await poll(`${path} to be ${wanted}`, async () => {
    const { state } = await api.get<{ state: string }>(path);
    return state === wanted ? state : undefined;
  });
}
