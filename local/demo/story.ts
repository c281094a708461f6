import { poll } from '../poll.ts';
import { ApiProblem, type Client } from './client.ts';
import type { DemoOperator, DemoOperators } from './demo-operators.ts';
import type { DemoView } from './stage.ts';
import { runUsageStory } from './usage-story.ts';

type Order = {
  id: string;
  quantity: number;
  state: string;
  trackingReference?: string;
  estimatedDelivery: { earliest: string; latest: string };
  progress: { received: number; migrated: number; assigned: number; activated: number; failed: number };
  failure?: { detail: string };
};
type Operation = { id: string; action: string; state: string; total?: number; succeeded: number; failed: number };
type Created = { id: string; name: string };
type List<T> = { items: T[]; nextCursor?: string };

const STEP_BY_STEP = 50;
const PLANNED = 40;
/** The number of SIMs that the demo puts into service. */
export const DEMO_SIMS = STEP_BY_STEP + PLANNED;

/**
 * Runs the partner guide: places two orders, creates services while they ship, then migrates, assigns and activates the SIMs
 * (those of one order step by step, those of the other by a plan), and shows their usage.
 *
 * @returns the number of SIMs that are active, and of those that have usage.
 * @throws when anything differs from the guide.
 */
export async function runStory(
  api: Client,
  view: DemoView,
  operators: DemoOperators,
): Promise<{ active: number; withUsage: number }> {
  const { stepByStep, planned, tariffs } = operators;
  view.heading('1. Order');
  await showRefusedQuantity(api, view, stepByStep);
  const manualOrder = await order(api, view, stepByStep.id, STEP_BY_STEP);
  const plannedOrder = await order(api, view, planned.id, PLANNED);

  view.heading('2. While the SIMs ship: create a customer and services');
  const customer = await api.post<Created>('/v1/customers', { name: 'Northwind Meters Ltd' });
  view.line(`Customer ${customer.name}`);
  const service = await api.post<Created>('/v1/customer-services', {
    customerId: customer.id,
    tariffId: tariffs.customer,
  });
  view.line(`Customer service “${service.name}”`);
  const partnerService = await api.post<Created>('/v1/partner-services', { name: 'Meters', tariffId: tariffs.partner });
  view.line(`Partner service “${partnerService.name}”`);
  const targets = { customerId: customer.id, customerServiceId: service.id };
  const plan = { partnerServiceId: partnerService.id, ...targets, activate: true };
  await api.put<Order>(`/v1/orders/${plannedOrder.id}/plan`, plan);
  view.line(`The ${planned.name} order now has a plan: its SIMs are activated automatically after delivery`);

  view.heading('3. Wait for the delivery');
  await operators.handleOrder(manualOrder, stepByStep);
  await operators.handleOrder(plannedOrder, planned);
  const fulfilled = follow(api, view, plannedOrder, planned.name, 'fulfilled');
  await follow(api, view, manualOrder, stepByStep.name, 'delivered');

  view.heading(`4. The ${stepByStep.name} SIMs are in holding`);
  await showEarlyAssignment(api, view, manualOrder.id, targets);
  const select = { orderId: manualOrder.id };
  await operate(api, view, 'migrate', { select, partnerServiceId: partnerService.id });
  await operate(api, view, 'assign', { select, ...targets });
  await operate(api, view, 'activate', { select });
  await fulfilled;

  view.heading("5. The customer's SIMs");
  const sims = await activeSims(api, customer.id);
  view.good(`${sims.length} SIMs of ${customer.name} are active`);

  view.heading('6. The devices send data');
  return { active: sims.length, withUsage: await runUsageStory({ api, view, operators }, service.id, sims) };
}

async function showRefusedQuantity(api: Client, view: DemoView, { id, name }: DemoOperator): Promise<void> {
  try {
    await api.post('/v1/orders', { operatorId: id, quantity: 70 });
    throw new Error(`An order of 70 SIMs of ${name} was accepted, which is not a multiple of 50.`);
  } catch (error) {
    if (!(error instanceof ApiProblem && error.code === 'multiple_of')) {
      throw error;
    }
    view.line(`An order of 70 SIMs is refused: ${error.message}`);
  }
}

async function order(api: Client, view: DemoView, operatorId: string, quantity: number): Promise<Order> {
  const placed = await api.post<Order>('/v1/orders', { operatorId, quantity });
  const { earliest, latest } = placed.estimatedDelivery;
  view.line(`${quantity} SIMs of ${operatorId} ordered, expected from ${earliest} to ${latest}`);
  return placed;
}

/** Shows an order's progress until it reaches the state, and returns the order. */
async function follow(
  api: Client,
  view: DemoView,
  { id, quantity }: Order,
  name: string,
  until: string,
): Promise<Order> {
  const updateBar = view.bar(name, quantity);
  return poll(`order ${id} to be ${until}`, async () => {
    const now = await api.get<Order>(`/v1/orders/${id}`);
    const { received, migrated, assigned, activated } = now.progress;
    updateBar(
      until === 'fulfilled' ? activated : received,
      progressText(now.state, { received, migrated, assigned, activated }),
    );
    if (['failed', 'rejected', 'cancelled'].includes(now.state)) {
      throw new Error(`The order is ${now.state}: ${now.failure?.detail ?? 'no reason given'}`);
    }
    return now.state === until ? now : undefined;
  });
}

function progressText(state: string, counts: Record<string, number>): string {
  const parts = Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  return [state, ...parts].join(', ');
}

/** Shows that SIMs in holding cannot be assigned, and the reason. */
async function showEarlyAssignment(api: Client, view: DemoView, orderId: string, targets: object): Promise<void> {
  const { id } = await api.post<Operation>('/v1/sims/assign', { select: { orderId }, ...targets });
  const operation = await finished(api, id);
  const results = await api.get<List<{ problem?: { code: string; detail: string } }>>(
    `/v1/operations/${id}/results?outcome=failed&limit=1`,
  );
  const problem = results.items[0]?.problem;
  if (operation.state !== 'failed' || problem?.code !== 'in_holding') {
    throw new Error(`Assigning SIMs in holding ended as ${operation.state} instead of failing with in_holding.`);
  }
  view.line(`Assigning the SIMs now fails for all ${operation.failed}: ${problem.detail}`);
}

async function operate(api: Client, view: DemoView, action: string, body: object): Promise<void> {
  const { id, total = 0 } = await api.post<Operation>(`/v1/sims/${action}`, body);
  const updateBar = view.bar(action, total);
  const operation = await finished(api, id, updateBar);
  if (operation.state !== 'succeeded') {
    throw new Error(`${action} ended as ${operation.state}: ${operation.failed} of ${operation.total} SIMs failed.`);
  }
}

async function finished(
  api: Client,
  id: string,
  updateBar: (done: number, state: string) => void = () => undefined,
): Promise<Operation> {
  return poll(`operation ${id} to finish`, async () => {
    const now = await api.get<Operation>(`/v1/operations/${id}`);
    updateBar(now.succeeded + now.failed, now.state);
    return ['queued', 'running'].includes(now.state) ? undefined : now;
  });
}

type Sim = { iccid: string; operatorId: string };

async function activeSims(api: Client, customerId: string): Promise<Sim[]> {
  const sims: Sim[] = [];
  let cursor: string | undefined;
  do {
    const next = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await api.get<List<Sim>>(`/v1/sims?state=active&customerId=${customerId}${next}`);
    sims.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return sims;
}
