import fc from 'fast-check';
import { behave, behaviourOf, type Command, command, pick, picked } from './command.ts';
import {
  type Ask,
  type Model,
  multipleOf,
  type Order,
  type Plan,
  planProblems,
  type Stage,
  stagesOf,
  wellBehaved,
} from './model.ts';
import { comeOut, named } from './outcome.ts';
import {
  agree,
  is,
  type SeenOperation,
  type SeenOrder,
  type SeenProblem,
  type SeenSim,
  told,
  type World,
} from './world.ts';

// Orders and plans: placed, changed while they ship, called off, and seen to their end.

/** As many orders as a history may have: more SIMs find no more. */
const MOST_ORDERS = 5;
const isUnderWay = ({ behaviours }: Order) => behaviours !== undefined;
const underWay = (model: Model) => [...model.orders.values()].filter(isUnderWay);

type PlanArgs = { depth: 0 | 1 | 2 | 3; stock: number; service: number; flaw: 'none' | 'holding' | 'customer' | 'gap' };
const planArgs: fc.Arbitrary<PlanArgs> = fc.record({
  depth: fc.constantFrom(0, 1, 2, 3, 3),
  stock: pick,
  service: pick,
  flaw: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'none', 'holding', 'customer', 'gap'),
});

function planOf(model: Model, { depth, stock, service, flaw }: PlanArgs): Plan | undefined {
  if (depth === 0) {
    return undefined;
  }
  const partnerServiceId = picked(flaw === 'holding' ? [...model.holding] : [...model.stocks.keys()], stock);
  if (depth === 1 || model.services.size === 0) {
    return { partnerServiceId };
  }
  if (flaw === 'gap') {
    return { partnerServiceId, activate: true };
  }
  const [customerServiceId, { customer }] = picked([...model.services], service);
  const customerId = flaw === 'customer' ? picked([...model.customers.keys()], service) : customer;
  return { partnerServiceId, customerId, customerServiceId, ...(depth === 3 ? { activate: true } : {}) };
}

function namePlan(world: World, plan: Plan | undefined): string {
  if (!plan) {
    return 'no plan';
  }
  const { partnerServiceId, customerId, customerServiceId, activate } = plan;
  const assign = customerServiceId
    ? `, assign to ${world.nameOf(customerId)} with ${world.nameOf(customerServiceId)}`
    : '';
  return `the plan: migrate to ${world.nameOf(partnerServiceId)}${assign}${activate ? ', activate' : ''}`;
}

type Placing = { operator: 0 | 1; times: 1 | 2; plan: PlanArgs; twice: boolean };

function place({ operator: which, times, plan: args, twice }: Placing): Command {
  return command('order', {
    can: (model) => model.orders.size < MOST_ORDERS && [...model.operators.values()][which]?.failureRate !== 1,
    async run(model, world) {
      const operator = world.operators[which];
      const plan = planOf(model, args);
      const quantity = multipleOf[operator] * times;
      world.says(`order ${quantity} SIMs of ${operator} with ${namePlan(world, plan)}${twice ? ', sent twice' : ''}`);
      const body = { operatorId: operator, quantity, ...(plan && { plan }) };
      const answer = await world.post<SeenOrder & SeenProblem>('/v1/orders', body, twice);
      const problems = plan ? planProblems(model, plan, operator) : [];
      if (problems.length > 0) {
        const codes = is(422, answer).errors?.map(({ code }) => code) ?? [];
        agree(
          problems.some((code) => codes.includes(code)),
          () => `A plan with ${problems} is told as ${told(answer)}`,
        );
        return;
      }
      const { id, state } = is(201, answer);
      agree(state === 'submitted', () => `A new order is ${state}`);
      const behaviour = behaviourOf(model, operator);
      world.call(id, `order ${model.orders.size + 1}`);
      const order: Order = {
        ...{ id, operator, quantity, ...(plan && { plan }), cancelled: 'no', behaviours: [behaviour] },
        ships: Math.floor(quantity * behaviour.shipFraction),
        rejected: behaviour.rejects,
      };
      model.orders.set(id, order);
      // From here on its operator has it: what it is told later concerns other orders.
      await world.until('That its operator takes the order', async () => {
        const { state: now } = await world.read<SeenOrder>(`/v1/orders/${id}`);
        return now === 'submitted' ? undefined : now;
      });
      if (behaviour.leadTimeDays === 0) {
        await settle(model, world, order);
      }
    },
  });
}

/** Quantities that cannot be ordered, or cannot be quoted as right. */
function misorder(which: 0 | 1, quantity: number): Command {
  return command('order a wrong quantity', {
    async run(model, world) {
      const operatorId = world.operators[which];
      const multiple = multipleOf[operatorId];
      const isRight = Number.isInteger(quantity) && quantity > 0 && quantity <= 100_000 && quantity % multiple === 0;
      const { valid, nearest } = is(
        200,
        await world.post<{ valid: boolean; nearest: number[] }>('/v1/orders/quote', { operatorId, quantity }),
      );
      agree(valid === isRight, () => `${quantity} SIMs of ${operatorId} are quoted as ${valid ? 'right' : 'wrong'}`);
      const areNear = nearest.every(
        (near) =>
          near > 0 &&
          near % multiple === 0 &&
          (near === multiple || near > 99_000 || Math.abs(near - quantity) < multiple),
      );
      agree(nearest.length > 0 && areNear, () => `Nearest to ${quantity} of ${operatorId} should be ${nearest}`);
      if (!isRight) {
        world.says(`order ${quantity} SIMs of ${operatorId}`);
        const answer = await world.post<SeenProblem>('/v1/orders', { operatorId, quantity });
        const error = is(422, answer).errors?.find(({ code }) => code === 'multiple_of');
        const isTold = quantity % multiple === 0 && quantity > 0 ? true : `${error?.nearest}` === `${nearest}`;
        agree(isTold, () => `${quantity} SIMs of ${operatorId} are refused with ${told(answer)}`);
      }
      agree(model.operators.has(operatorId), () => `${operatorId} is not one of this history`);
    },
  });
}

/** A plan can be put on, changed and taken off until the SIMs have been received. */
function replan(number: number, args: PlanArgs, late: boolean): Command {
  return command('plan', {
    can: (model) => (late ? model.orders.size : underWay(model).length) > 0,
    async run(model, world) {
      const order = picked(late ? [...model.orders.values()] : underWay(model), number);
      const plan = planOf(model, args);
      world.says(`put ${namePlan(world, plan)} on ${world.nameOf(order.id)}`);
      const path = `/v1/orders/${order.id}/plan`;
      const answer = await (plan ? world.api.put(path, plan) : world.api.del(path));
      const problems = plan ? planProblems(model, plan, order.operator) : [];
      const isOver = !isUnderWay(order) || order.cancelled === 'yes';
      // While it is on its way, it may arrive at any moment.
      const allowed = [
        ...(isOver ? [409] : [problems.length > 0 ? 422 : plan ? 200 : 204, 409]),
        ...(isOver && problems.length > 0 ? [422] : []),
      ];
      is(allowed, answer);
      if (answer.status === 409 && !isOver) {
        const { state } = await world.read<SeenOrder>(`/v1/orders/${order.id}`);
        const mayBe = [
          'delivered',
          'fulfilled',
          'failed',
          ...(order.rejected ? ['rejected'] : []),
          ...(order.cancelled === 'no' ? [] : ['cancelled']),
        ];
        agree(
          mayBe.includes(state),
          () => `The plan of ${world.nameOf(order.id)} cannot be changed, though it is ${state}`,
        );
      }
      if (answer.status < 300) {
        delete order.plan;
        Object.assign(order, plan && { plan });
      }
    },
  });
}

/** Before dispatch an order can be called off. */
function cancel(number: number, late: boolean): Command {
  return command('cancel', {
    can: (model) => (late ? model.orders.size : underWay(model).length) > 0,
    async run(model, world) {
      const order = picked(late ? [...model.orders.values()] : underWay(model), number);
      world.says(`cancel ${world.nameOf(order.id)}`);
      const answer = await world.post<SeenOrder & SeenProblem>(`/v1/orders/${order.id}/cancel`, undefined);
      const isReliable = order.behaviours?.every(({ failureRate }) => failureRate === 0) ?? true;
      is([...(isUnderWay(order) && order.cancelled !== 'yes' ? [200] : []), 409, ...(isReliable ? [] : [503])], answer);
      if (answer.status === 200) {
        order.cancelled = 'yes';
      } else if (answer.status === 503 && order.cancelled === 'no') {
        order.cancelled = 'perhaps';
      } else if (answer.status === 409 && answer.body.code !== 'operator_refused') {
        // What the operator has dispatched, it refuses to call off, before that is known here.
        const { state } = await world.read<SeenOrder>(`/v1/orders/${order.id}`);
        const isEarly = ['submitted', 'accepted', 'processing'].includes(state);
        agree(!isEarly, () => `${world.nameOf(order.id)} cannot be cancelled, though it is ${state}: ${told(answer)}`);
      }
    },
  });
}

/** Only a failed order can be resumed. */
function resume(number: number): Command {
  return command('resume', {
    can: (model) => model.orders.size > 0,
    async run(model, world) {
      const { id } = picked([...model.orders.values()], number);
      world.says(`resume ${world.nameOf(id)}, which has not failed`);
      is(409, await world.post(`/v1/orders/${id}/resume`, undefined));
    },
  });
}

const settleOne = (number: number) =>
  command('wait for delivery', {
    can: (model) => underWay(model).length > 0,
    run: (model, world) => settle(model, world, picked(underWay(model), number)),
  });

/** Waits until an order has come to its end, and looks at all that it brought. An unreliable operator is mended first. */
export async function settle(model: Model, world: World, order: Order): Promise<void> {
  const { id, operator } = order;
  const name = world.nameOf(id);
  world.says(`wait for ${name}`);
  if (behaviourOf(model, operator).failureRate > 0) {
    await behave(model, world, operator, wellBehaved);
  }
  const seen = await world.until(`The end of ${name}`, async () => {
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

const which = fc.constantFrom(0 as const, 0 as const, 0 as const, 1 as const);
const wrongQuantity = fc.constantFrom(
  0,
  1,
  7,
  10,
  19,
  21,
  20,
  50,
  60,
  75,
  100,
  -20,
  2.5,
  20.5,
  99_999,
  100_020,
  100_050,
);
const isLate = fc.nat(4).map((one) => one === 0);

/** Each with how often it is among the commands. */
export const orderCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [
    5,
    fc
      .record({
        operator: which,
        times: fc.constantFrom(1, 1, 2),
        plan: planArgs,
        twice: fc.nat(5).map((one) => one === 0),
      })
      .map(place),
  ],
  [1, fc.tuple(which, wrongQuantity).map(([operator, quantity]) => misorder(operator, quantity))],
  [3, fc.tuple(pick, planArgs, isLate).map(([number, plan, late]) => replan(number, plan, late))],
  [2, fc.tuple(pick, isLate).map(([number, late]) => cancel(number, late))],
  [1, pick.map(resume)],
  [2, pick.map(settleOne)],
];
