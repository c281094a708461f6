import { behave, behaviourOf } from './command.ts';
import { type Ask, type Model, type Order, type Plan, type Stage, stagesOf, wellBehaved } from './model.ts';
import { comeOut, named } from './outcome.ts';
import { agree, type SeenOperation, type SeenOrder, type SeenSim, type World } from './world.ts';

// What comes of orders and their plans, held against what the model allows.

/** Waits until an order has come to its end, and looks at all that it brought. An unreliable operator is mended first. */
export async function settle(model: Model, world: World, order: Order): Promise<void> {
  const { id, operator } = order;
  const name = world.nameOf(id);
  world.says(`wait for ${name}`);
  if (behaviourOf(model, operator).failureRate > 0) {
    await behave(model, world, operator, wellBehaved);
  }
  const seen = await world.until(`${name} to end`, async () => {
    const now = await world.read<SeenOrder>(`/v1/orders/${id}`);
    const ends = ['fulfilled', 'cancelled', 'rejected', 'failed', ...(order.plan ? [] : ['delivered'])];
    return ends.includes(now.state) ? now : undefined;
  });
  const delivered = order.plan ? 'fulfilled' : 'delivered';
  const ends = { no: [order.rejected ? 'rejected' : delivered], perhaps: ['cancelled', delivered], yes: ['cancelled'] };
  agree(
    ends[order.cancelled].includes(seen.state),
    () => `${name} ends ${seen.state}, not ${ends[order.cancelled].join(' or ')}`,
  );
  const received = seen.state === delivered ? order.ships : 0;
  const sims = await world.all<SeenSim>(`/v1/orders/${id}/sims`);
  const isWhole = seen.receivedQuantity === received && sims.length === received && seen.progress.received === received;
  agree(isWhole, () => `${name} should have ${received} SIMs and has ${sims.length}: ${JSON.stringify(seen)}`);
  for (const [place, { iccid }] of sims
    .map((sim) => sim)
    .sort((one, other) => (one.iccid < other.iccid ? -1 : 1))
    .entries()) {
    world.call(iccid, `${name.replace('order ', '')}/${place + 1}`);
    model.sims.set(iccid, [
      { iccid, operator, order: id, state: 'in_holding', version: 0, moved: true, late: false, unsure: false },
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
  world.says(`   ${name} is ${seen.state}, with ${received} SIMs`);
}

const asks: Record<Stage, (plan: Plan) => Ask> = {
  migrate: ({ partnerServiceId }) => ({ action: 'migrate', stock: partnerServiceId }),
  assign: ({ customerId, customerServiceId }) => ({
    action: 'assign',
    ...(customerId && { customer: customerId }),
    ...(customerServiceId && { service: customerServiceId }),
  }),
  activate: () => ({ action: 'activate' }),
};

/** The plan was run over every SIM received, stage by stage, and the progress counts what came of it. */
async function checkPlan(
  model: Model,
  world: World,
  order: Order,
  seen: SeenOrder,
  iccids: readonly string[],
): Promise<void> {
  const stages = seen.state === 'fulfilled' ? stagesOf(order.plan) : [];
  const told = seen.operations.map(({ stage }) => stage);
  agree(`${told}` === `${stages}`, () => `${world.nameOf(order.id)} has the stages ${told}, not ${stages}`);
  const completed: Record<Stage, number> = { migrate: 0, assign: 0, activate: 0 };
  let failed = 0;
  for (const { stage, operationId } of seen.operations) {
    if (order.plan) {
      const operation = await world.read<SeenOperation>(`/v1/operations/${operationId}`);
      named(model, world, operationId);
      const outcomes = await comeOut(
        model,
        world,
        operation,
        asks[stage](order.plan),
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
  agree(
    isCounted,
    () =>
      `${world.nameOf(order.id)} counts ${JSON.stringify(seen.progress)}, not ${JSON.stringify({ ...completed, failed })}`,
  );
}

const way = ['submitted', 'accepted', 'processing', 'dispatched', 'delivered', 'fulfilled'];

/** An order never moves backwards, whatever its operator says. */
async function checkTimeline(world: World, id: string): Promise<void> {
  const events = await world.all<{ at: string; from?: string; to?: string }>(`/v1/orders/${id}/events`);
  const steps = events.filter(({ to }) => to !== undefined);
  for (const [place, { from, to = '' }] of steps.entries()) {
    const isNext = place === 0 ? to === 'submitted' : from === steps[place - 1]?.to;
    const isOnward = !way.includes(to) || way.indexOf(to) > way.indexOf(from ?? '');
    agree(isNext && isOnward, () => `${world.nameOf(id)} went ${steps.map((step) => step.to).join(', ')}`);
  }
  agree(
    events.every(({ at }, place) => at >= (events[place - 1]?.at ?? '')),
    () => `The timeline of ${world.nameOf(id)} is out of order`,
  );
}
