import { pickFrom } from './command.ts';
import { checkPlan, checkTimeline } from './finish-order.ts';
import { type ManualOrder, mayHaveFailed, type Report, take, verdictOn } from './manual-orders.ts';
import { completeTasks, tasksOf } from './manual-tasks.ts';
import { isUnderWay, type Model, type Order } from './model.ts';
import { finishSlowChange } from './slow-changes.ts';
import {
  ensure,
  expectStatus,
  formatAnswer,
  type SeenOrder,
  type SeenProblem,
  type SeenSim,
  type World,
} from './world.ts';

// Reports of the staff on manual orders, compared with the model.

export type Manual = { order: Order; manual: ManualOrder };

export const manualOrders = (model: Model): Manual[] =>
  [...model.orders.values()].flatMap((order) => (order.manual ? [{ order, manual: order.manual }] : []));

/** Manual orders, mostly those under way. */
export function pickManual(model: Model, number: number): Manual {
  const underWay = manualOrders(model).filter(({ order }) => isUnderWay(order));
  return pickFrom(underWay.length > 0 && number % 4 > 0 ? underWay : manualOrders(model), number);
}

/** The SIMs of an order that is delivered with a plan are changed, so none may be in an activation. */
export const canReport = (model: Model) => manualOrders(model).length > 0 && model.slowChanges.size === 0;

export const pathOf = (world: World, { id }: Order, last = '') =>
  `/v1/platform/partners/${world.partnerId}/orders/${id}${last}`;

export const DAY_MS = 86_400_000;
/** Sends a report, and checks that the order takes it, shows it already or refuses it. */
export async function sendReport(
  model: Model,
  world: World,
  { order, manual }: Manual,
  sent: Report,
  twice: boolean,
): Promise<void> {
  const { what, body } = sent;
  world.log(`${what} ${world.nameOf(order.id)} with ${JSON.stringify(body)}${twice ? ', twice' : ''}`);
  const before = await readOrder(world, order);
  const verdict = verdictOn(manual, sent);
  const answer = await world.staff.post<SeenOrder & SeenProblem>(pathOf(world, order, `/${what}`), body);
  expectStatus(typeof verdict === 'number' ? verdict : 200, answer);
  if (verdict !== 'taken') {
    const after = await readOrder(world, order);
    ensure(
      isSameOrder(before, after),
      () => `${what} was ${formatAnswer(answer)}, but changed ${JSON.stringify(after)}`,
    );
    return;
  }
  take(manual, sent);
  ensure(answer.body.state === manual.state, () => `${what} is answered with ${formatAnswer(answer)}`);
  if (twice && verdictOn(manual, sent) === 'known') {
    const again = expectStatus(200, await world.staff.post<SeenOrder>(pathOf(world, order, `/${what}`), body));
    ensure(again.version >= answer.body.version && again.id === order.id, () => JSON.stringify(again));
  }
  await checkTasks(model, world);
  if (manual.state === 'delivered') {
    await finishDelivery(model, world, { order, manual });
  } else if (manual.state === 'rejected' || manual.state === 'cancelled') {
    order.end = manual.state;
    await checkTimeline(world, order.id);
  }
}

async function readOrder(world: World, order: Order): Promise<SeenOrder> {
  return expectStatus(200, await world.staff.get<SeenOrder>(pathOf(world, order)));
}

/** The execution of an order may store its token meanwhile, which counts as a version. */
function isSameOrder({ version: _before, ...before }: SeenOrder, { version: _after, ...after }: SeenOrder): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

/** Waits for the plan of a delivered order, and checks its SIMs and results. */
async function finishDelivery(model: Model, world: World, { order, manual }: Manual): Promise<void> {
  const name = world.nameOf(order.id);
  const end = order.plan ? 'fulfilled' : 'delivered';
  const seen = await world.until(`${name} to be ${end}`, async () => {
    const now = await world.read<SeenOrder>(`/v1/orders/${order.id}`);
    if (now.state === end) {
      return now;
    }
    if (model.connectivity === 'manual') {
      await completeTasks(model, world);
    }
    return undefined;
  });
  manual.state = end;
  const sims = await world.all<SeenSim>(`/v1/orders/${order.id}/sims`);
  const isWhole =
    seen.receivedQuantity === manual.loaded.length &&
    `${sims.map(({ iccid }) => iccid).sort()}` === `${[...manual.loaded].sort()}`;
  ensure(
    isWhole,
    () => `${name} should have the SIMs ${manual.loaded}, and has ${sims.length}: ${JSON.stringify(seen)}`,
  );
  await checkTimeline(world, order.id);
  await checkPlan(model, world, order, seen, manual.loaded);
  order.end = end;
  world.log(`   ${name} is ${end}, with ${sims.length} SIMs`);
}

/** The open tasks about orders are the cancellations that await an answer. Their list may lag. */
export async function checkTasks(model: Model, world: World): Promise<void> {
  const wanted = manualOrders(model)
    .filter(({ manual }) => manual.cancelAsked)
    .map(({ order }) => order.id);
  await world.until('the tasks of the staff', async () => {
    const open = (await tasksOf(world, 'open')).filter(({ action }) => action === 'cancel_order');
    return `${open.map(({ orderId }) => orderId).sort()}` === `${wanted.sort()}` ? open : undefined;
  });
}

/** Orders are ended before they fail, because a step of a busy machine can take many days. */
const MAX_WAIT_DAYS = 45;

/** Ends manual orders that have waited for long. */
export async function endOldOrders(model: Model, world: World): Promise<void> {
  const waiting = manualOrders(model).filter(({ order }) => isUnderWay(order));
  if (waiting.length === 0) {
    return;
  }
  const before = (await world.now()).getTime() - MAX_WAIT_DAYS * DAY_MS;
  for (const { order, manual } of waiting) {
    if (manual.waitsSince < before) {
      for (const id of [...model.slowChanges.keys()]) {
        await finishSlowChange(model, world, id);
      }
      await finishManualOrder(model, world, order, manual);
    }
  }
}

/** On a busy machine, a step can take longer than an order waits. The partner resumes an order that has failed meanwhile. */
async function resumeIfFailed(world: World, { order, manual }: Manual): Promise<void> {
  const { state } = await readOrder(world, order);
  if (state !== 'failed') {
    return;
  }
  const now = await world.now();
  ensure(mayHaveFailed(manual, now), () => `${world.nameOf(order.id)} failed before ninety days`);
  world.log(`resume ${world.nameOf(order.id)}, which has failed`);
  const resumed = expectStatus(200, await world.post<SeenOrder>(`/v1/orders/${order.id}/resume`, undefined));
  ensure(resumed.state === manual.state, () => `The resumed order is ${resumed.state}, not ${manual.state}`);
  manual.waitsSince = now.getTime();
}

/** Ends a manual order: the partner cancels it, or the staff deliver what was loaded. */
export async function finishManualOrder(model: Model, world: World, order: Order, manual: ManualOrder): Promise<void> {
  if (!isUnderWay(order)) {
    return;
  }
  await resumeIfFailed(world, { order, manual });
  if (manual.state === 'submitted') {
    await sendReport(model, world, { order, manual }, { what: 'reject', body: { reason: 'The end.' } }, false);
    return;
  }
  if (manual.cancelAsked) {
    await sendReport(model, world, { order, manual }, { what: 'cancel', body: { outcome: 'refused' } }, false);
  }
  await sendReport(model, world, { order, manual }, { what: 'deliver', body: {} }, false);
}
