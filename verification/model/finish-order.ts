import { behaviourOf, setBehaviour } from './command.ts';
import { completeTasks } from './manual-tasks.ts';
import { type ActionRequest, type Model, type Order, type Plan, type Stage, stagesOf, wellBehaved } from './model.ts';
import { applyResults, nameOperation } from './results.ts';
import { ensure, type SeenOperation, type SeenOrder, type SeenSim, type World } from './world.ts';

// Compares finished orders and their plans with the model.

/** Waits until an order has finished and checks its results. First makes an unreliable operator reliable. */
export async function finishOrder(model: Model, world: World, order: Order): Promise<void> {
  const { id, operator } = order;
  const name = world.nameOf(id);
  world.log(`wait for ${name}`);
  if (behaviourOf(model, operator).failureRate > 0) {
    await setBehaviour(model, world, operator, wellBehaved);
  }
  const seen = await world.until(`${name} to end`, async () => {
    const now = await world.read<SeenOrder>(`/v1/orders/${id}`);
    const ends = ['fulfilled', 'cancelled', 'rejected', 'failed', ...(order.plan ? [] : ['delivered'])];
    if (ends.includes(now.state)) {
      return now;
    }
    if (operator === world.ownOperator && model.connectivity === 'manual') {
      await completeTasks(model, world);
    }
    return undefined;
  });
  const delivered = order.plan ? 'fulfilled' : 'delivered';
  const ends = { no: [order.rejected ? 'rejected' : delivered], perhaps: ['cancelled', delivered], yes: ['cancelled'] };
  ensure(
    ends[order.cancelled].includes(seen.state),
    () => `${name} ended as ${seen.state}, not ${ends[order.cancelled].join(' or ')}`,
  );
  const received = seen.state === delivered ? order.ships : 0;
  const sims = await world.all<SeenSim>(`/v1/orders/${id}/sims`);
  const isWhole = seen.receivedQuantity === received && sims.length === received && seen.progress.received === received;
  ensure(isWhole, () => `${name} should have ${received} SIMs and has ${sims.length}: ${JSON.stringify(seen)}`);
  for (const [index, { iccid }] of sims
    .map((sim) => sim)
    .sort((one, other) => (one.iccid < other.iccid ? -1 : 1))
    .entries()) {
    world.setName(iccid, `${name.replace('order ', '')}/${index + 1}`);
    model.sims.set(iccid, [
      { iccid, operator, order: id, state: 'in_holding', version: 0, isChanged: true, unsure: false },
    ]);
  }
  await checkTimeline(world, id);
  await checkPlan(
    model,
    world,
    order,
    seen,
    sims.map(({ iccid }) => iccid),
  );
  delete order.behaviours;
  order.end = seen.state;
  world.log(`   ${name} is ${seen.state}, with ${received} SIMs`);
}

const requestsOfStages: Record<Stage, (plan: Plan) => ActionRequest> = {
  migrate: ({ partnerServiceId }) => ({ action: 'migrate', stock: partnerServiceId }),
  assign: ({ customerId, customerServiceId }) => ({
    action: 'assign',
    ...(customerId && { customer: customerId }),
    ...(customerServiceId && { service: customerServiceId }),
  }),
  activate: ({ activate }) => ({ action: activate === 'test' ? 'test' : 'activate' }),
};

/** Checks that the plan ran for every received SIM, stage by stage, and that the progress counts its results. */
export async function checkPlan(
  model: Model,
  world: World,
  order: Order,
  seen: SeenOrder,
  iccids: readonly string[],
): Promise<void> {
  const stages = seen.state === 'fulfilled' ? stagesOf(order.plan) : [];
  const stagesRun = seen.operations.map(({ stage }) => stage);
  ensure(`${stagesRun}` === `${stages}`, () => `${world.nameOf(order.id)} has the stages ${stagesRun}, not ${stages}`);
  const completed: Record<Stage, number> = { migrate: 0, assign: 0, activate: 0 };
  let failed = 0;
  for (const { stage, operationId } of seen.operations) {
    if (order.plan) {
      const operation = await world.read<SeenOperation>(`/v1/operations/${operationId}`);
      nameOperation(model, world, operationId);
      const outcomes = await applyResults(
        model,
        world,
        operation,
        requestsOfStages[stage](order.plan),
        { must: iccids, may: iccids },
        order.behaviours,
      );
      failed = [...outcomes.values()].filter((outcome) => outcome !== 'succeeded').length;
      completed[stage] = outcomes.size - failed;
    }
  }
  const { migrated, assigned, activated } = seen.progress;
  const isCounted =
    `${[migrated, assigned, activated, seen.progress.failed]}` ===
    `${[completed.migrate, completed.assign, completed.activate, failed]}`;
  ensure(
    isCounted,
    () =>
      `${world.nameOf(order.id)} counts ${JSON.stringify(seen.progress)}, not ${JSON.stringify({ ...completed, failed })}`,
  );
}

const way = ['submitted', 'accepted', 'processing', 'dispatched', 'delivered', 'fulfilled'];

/** Checks that an order never moves backwards, whatever its operator answers. */
export async function checkTimeline(world: World, id: string): Promise<void> {
  const events = await world.all<{ at: string; from?: string; to?: string }>(`/v1/orders/${id}/events`);
  const steps = events.filter(({ to }) => to !== undefined);
  for (const [index, { from, to = '' }] of steps.entries()) {
    const isNext = index === 0 ? to === 'submitted' : from === steps[index - 1]?.to;
    const isOnward = !way.includes(to) || way.indexOf(to) > way.indexOf(from ?? '');
    ensure(isNext && isOnward, () => `${world.nameOf(id)} had the states ${steps.map((step) => step.to).join(', ')}`);
  }
  ensure(
    events.every(({ at }, index) => at >= (events[index - 1]?.at ?? '')),
    () => `The timeline of ${world.nameOf(id)} is out of order`,
  );
}
