import fc from 'fast-check';
import { behaviourOf, type Command, command, pick, picked } from './command.ts';
import { type Model, multipleOf, type Order, type Plan, planProblems } from './model.ts';
import { settle } from './settle.ts';
import { agree, is, type SeenOrder, type SeenProblem, told, type World } from './world.ts';

// Orders and plans: placed, changed while they ship, called off, and seen to their end.

/** As many orders as a history may have: more SIMs find no more. */
const MAX_ORDERS = 5;
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

/** Orders SIMs; delivered at once, they are waited for. */
function place({ operator: which, times, plan: args, twice }: Placing): Command {
  return command('order', {
    can: (model) => model.orders.size < MAX_ORDERS && [...model.operators.values()][which]?.failureRate !== 1,
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
      await world.until('the operator to receive the order', async () => {
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
/** The first order of each history: without SIMs, little can be asked. */
export const firstOrder: Command = place({
  operator: 0,
  times: 1,
  plan: { depth: 0, stock: 0, service: 0, flaw: 'none' },
  twice: false,
});

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
