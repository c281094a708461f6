import fc from 'fast-check';
import { behaviourOf, type Command, command, pick, pickFrom } from './command.ts';
import { finishOrder } from './finish-order.ts';
import { newManualOrder } from './manual-orders.ts';
import { covers, isUnderWay, type Model, type Order, OWN_OPERATOR, type Plan, planProblems } from './model.ts';
import { learnHoldingServices } from './own-operator.ts';
import { ensure, expectStatus, formatAnswer, type SeenOrder, type SeenProblem, type World } from './world.ts';

// Orders and plans: placed, changed while they ship, cancelled, and completed.

/** The maximum number of orders of a history: more SIMs do not find more faults. */
const MAX_ORDERS = 5;
const underWay = (model: Model) => [...model.orders.values()].filter(isUnderWay);
/** Orders under way that their operator delivers without the staff. */
const inTransit = (model: Model) => underWay(model).filter(({ manual }) => manual === undefined);

type PlanArgs = {
  depth: 0 | 1 | 2 | 3;
  stock: number;
  service: number;
  test: boolean;
  flaw: 'none' | 'holding' | 'customer' | 'gap';
};
const planArgs: fc.Arbitrary<PlanArgs> = fc.record({
  depth: fc.constantFrom(0, 1, 2, 3, 3),
  stock: pick,
  service: pick,
  test: fc.nat(3).map((one) => one === 0),
  flaw: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'none', 'holding', 'customer', 'gap'),
});

/** @param fit an operator that the tariffs of the plan cover, if any do. */
function planOf(model: Model, { depth, stock, service, test, flaw }: PlanArgs, fit?: string): Plan | undefined {
  if (depth === 0) {
    return undefined;
  }
  const fitting = <T extends { tariff: string }>(all: ReadonlyMap<string, T>): [string, T][] => {
    const covered = [...all].filter(([, { tariff }]) => fit === undefined || covers(model, tariff, fit));
    return covered.length > 0 ? covered : [...all];
  };
  const partnerServiceIds = fitting(model.partnerServices).map(([id]) => id);
  const partnerServiceId = pickFrom(flaw === 'holding' ? [...model.holding] : partnerServiceIds, stock);
  if (depth === 1 || model.services.size === 0) {
    return { partnerServiceId };
  }
  if (flaw === 'gap') {
    return { partnerServiceId, activate: test ? 'test' : true };
  }
  const [customerServiceId, { customer }] = pickFrom(fitting(model.services), service);
  const customerId = flaw === 'customer' ? pickFrom([...model.customers.keys()], service) : customer;
  return {
    partnerServiceId,
    customerId,
    customerServiceId,
    ...(depth === 3 ? { activate: test ? 'test' : true } : {}),
  };
}

function namePlan(world: World, plan: Plan | undefined): string {
  if (!plan) {
    return 'no plan';
  }
  const { partnerServiceId, customerId, customerServiceId, activate } = plan;
  const assign = customerServiceId
    ? `, assign to ${world.nameOf(customerId)} with ${world.nameOf(customerServiceId)}`
    : '';
  return `the plan: migrate to ${world.nameOf(partnerServiceId)}${assign}${activate ? `, ${activate === 'test' ? 'test' : 'activate'}` : ''}`;
}

/** The maximum number of orders of the own operator, which mostly wait for the staff. */
const MAX_OWN_ORDERS = 6;

type PlaceArgs = { operator: Which; times: 1 | 2; plan: PlanArgs; twice: boolean };

/** One of the operators of a history; 2 is its own. */
type Which = 0 | 1 | 2;

const operatorOf = (world: World, which: Which) => (which === 2 ? world.ownOperator : world.operators[which]);

const ordersOfOwn = (model: Model) =>
  [...model.orders.values()].filter(({ operator }) => operator.startsWith(OWN_OPERATOR)).length;

/** Orders SIMs. Waits for the order if the operator delivers immediately. */
function placeOrder({ operator: which, times, plan: args, twice }: PlaceArgs): Command {
  return command(which === 2 ? 'order of the own operator' : 'order', {
    can: (model) =>
      which === 2
        ? ordersOfOwn(model) < MAX_OWN_ORDERS
        : model.orders.size - ordersOfOwn(model) < MAX_ORDERS &&
          [...model.operators.values()][which]?.failureRate !== 1,
    async run(model, world) {
      const operator = operatorOf(world, which);
      const plan = planOf(model, args, which === 2 ? operator : undefined);
      const quantity = (model.multiples.get(operator) ?? 0) * times;
      world.log(`order ${quantity} SIMs of ${operator} with ${namePlan(world, plan)}${twice ? ', sent twice' : ''}`);
      const body = { operatorId: operator, quantity, ...(plan && { plan }) };
      const answer = await world.post<SeenOrder & SeenProblem>('/v1/orders', body, twice);
      const problems = plan ? planProblems(model, plan, operator) : [];
      if (problems.length > 0) {
        const codes = expectStatus(422, answer).errors?.map(({ code }) => code) ?? [];
        ensure(
          problems.some((code) => codes.includes(code)),
          () => `A plan with ${problems} is answered with ${formatAnswer(answer)}`,
        );
        return;
      }
      const { id, state } = expectStatus(201, answer);
      ensure(state === 'submitted', () => `A new order is ${state}`);
      await learnHoldingServices(model, world);
      const behaviour = behaviourOf(model, operator);
      world.setName(id, `order ${model.orders.size + 1}`);
      if (operator === world.ownOperator && model.ordering === 'manual') {
        const manual = newManualOrder((await world.now()).getTime());
        model.orders.set(id, {
          id,
          operator,
          quantity,
          ...(plan && { plan }),
          ships: 0,
          rejected: false,
          cancelled: 'no',
          manual,
        });
        return;
      }
      const order: Order = {
        ...{ id, operator, quantity, ...(plan && { plan }), cancelled: 'no', behaviours: [behaviour] },
        ships: Math.floor(quantity * behaviour.shipFraction),
        rejected: behaviour.rejects,
      };
      model.orders.set(id, order);
      // The operator has the order now: later changes of its behaviour affect other orders.
      await world.until('the operator to receive the order', async () => {
        const { state: now } = await world.read<SeenOrder>(`/v1/orders/${id}`);
        return now === 'submitted' ? undefined : now;
      });
      if (behaviour.leadTimeDays === 0) {
        await finishOrder(model, world, order);
      }
    },
  });
}

/** Requests a quote for a quantity, and orders it if it is invalid. */
function orderWrongQuantity(which: Which, quantity: number): Command {
  return command('order a wrong quantity', {
    async run(model, world) {
      const operatorId = operatorOf(world, which);
      const multiple = model.multiples.get(operatorId) ?? 0;
      const isRight = Number.isInteger(quantity) && quantity > 0 && quantity <= 100_000 && quantity % multiple === 0;
      const { valid, nearest } = expectStatus(
        200,
        await world.post<{ valid: boolean; nearest: number[] }>('/v1/orders/quote', { operatorId, quantity }),
      );
      ensure(valid === isRight, () => `${quantity} SIMs of ${operatorId} are quoted as ${valid ? 'valid' : 'invalid'}`);
      const areNear = nearest.every(
        (near) =>
          near > 0 &&
          near % multiple === 0 &&
          (near === multiple || near > 99_000 || Math.abs(near - quantity) < multiple),
      );
      ensure(
        nearest.length > 0 && areNear,
        () => `The nearest quantities to ${quantity} of ${operatorId} are wrong: ${nearest}`,
      );
      if (!isRight) {
        world.log(`order ${quantity} SIMs of ${operatorId}`);
        const answer = await world.post<SeenProblem>('/v1/orders', { operatorId, quantity });
        const error = expectStatus(422, answer).errors?.find(({ code }) => code === 'multiple_of');
        const isCorrect = quantity % multiple === 0 && quantity > 0 ? true : `${error?.nearest}` === `${nearest}`;
        ensure(isCorrect, () => `${quantity} SIMs of ${operatorId} are answered with ${formatAnswer(answer)}`);
      }
      ensure(model.operators.has(operatorId), () => `${operatorId} is not an operator of this history`);
    },
  });
}

/** A plan can be added, changed and removed until the SIMs have been received. */
function changePlan(number: number, args: PlanArgs, late: boolean): Command {
  return command('plan', {
    can: (model) => (late ? model.orders.size : underWay(model).length) > 0,
    async run(model, world) {
      const order = pickFrom(late ? [...model.orders.values()] : underWay(model), number);
      const plan = planOf(model, args);
      world.log(`set ${namePlan(world, plan)} of ${world.nameOf(order.id)}`);
      const path = `/v1/orders/${order.id}/plan`;
      const answer = await (plan ? world.api.put(path, plan) : world.api.del(path));
      const problems = plan ? planProblems(model, plan, order.operator) : [];
      const isOver = !isUnderWay(order) || order.cancelled === 'yes';
      // An order that is being shipped may arrive at any moment.
      const allowed = [
        ...(isOver ? [409] : [problems.length > 0 ? 422 : plan ? 200 : 204, 409]),
        ...(isOver && problems.length > 0 ? [422] : []),
      ];
      expectStatus(allowed, answer);
      if (answer.status === 409 && !isOver) {
        const { state } = await world.read<SeenOrder>(`/v1/orders/${order.id}`);
        const mayBe = [
          'delivered',
          'fulfilled',
          'failed',
          ...(order.rejected ? ['rejected'] : []),
          ...(order.cancelled === 'no' ? [] : ['cancelled']),
        ];
        ensure(
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

const cancellable = (model: Model, late: boolean) =>
  late ? [...model.orders.values()].filter(({ manual }) => manual === undefined) : inTransit(model);

/** An order can be cancelled before dispatch. */
function cancel(number: number, late: boolean): Command {
  return command('cancel', {
    can: (model) => cancellable(model, late).length > 0,
    async run(model, world) {
      const order = pickFrom(cancellable(model, late), number);
      world.log(`cancel ${world.nameOf(order.id)}`);
      const answer = await world.post<SeenOrder & SeenProblem>(`/v1/orders/${order.id}/cancel`, undefined);
      const isReliable = order.behaviours?.every(({ failureRate }) => failureRate === 0) ?? true;
      expectStatus(
        [...(isUnderWay(order) && order.cancelled !== 'yes' ? [200] : []), 409, ...(isReliable ? [] : [503])],
        answer,
      );
      if (answer.status === 200) {
        order.cancelled = 'yes';
      } else if (answer.status === 503 && order.cancelled === 'no') {
        order.cancelled = 'perhaps';
      } else if (answer.status === 409 && answer.body.code !== 'operator_refused') {
        // The operator refuses to cancel an order that it has dispatched, even before the system knows of the dispatch.
        const { state } = await world.read<SeenOrder>(`/v1/orders/${order.id}`);
        const isEarly = ['submitted', 'accepted', 'processing'].includes(state);
        ensure(
          !isEarly,
          () => `${world.nameOf(order.id)} cannot be cancelled, though it is ${state}: ${formatAnswer(answer)}`,
        );
      }
    },
  });
}

/** Only a failed order can be resumed. */
function resume(number: number): Command {
  return command('resume', {
    can: (model) => model.orders.size > 0,
    async run(model, world) {
      const { id } = pickFrom([...model.orders.values()], number);
      world.log(`resume ${world.nameOf(id)}, which has not failed`);
      expectStatus(409, await world.post(`/v1/orders/${id}/resume`, undefined));
    },
  });
}

const awaitDelivery = (number: number) =>
  command('wait for delivery', {
    can: (model) => inTransit(model).length > 0,
    run: (model, world) => finishOrder(model, world, pickFrom(inTransit(model), number)),
  });

const which = fc.constantFrom<Which[]>(0, 0, 0, 1);
const ofAnyOperator = fc.constantFrom<Which[]>(0, 0, 0, 1, 2);
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
/** The first order of each history: without SIMs, few commands apply. */
export const firstOrder: Command = placeOrder({
  operator: 0,
  times: 1,
  plan: { depth: 0, stock: 0, service: 0, test: false, flaw: 'none' },
  twice: false,
});

const isLate = fc.nat(4).map((one) => one === 0);

/** The commands with their weights. */
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
      .map(placeOrder),
  ],
  [
    6,
    fc
      .record({
        operator: fc.constant<Which>(2),
        times: fc.constantFrom(1, 1, 2),
        plan: planArgs,
        twice: fc.nat(5).map((one) => one === 0),
      })
      .map(placeOrder),
  ],
  [1, fc.tuple(ofAnyOperator, wrongQuantity).map(([operator, quantity]) => orderWrongQuantity(operator, quantity))],
  [3, fc.tuple(pick, planArgs, isLate).map(([number, plan, late]) => changePlan(number, plan, late))],
  [2, fc.tuple(pick, isLate).map(([number, late]) => cancel(number, late))],
  [1, pick.map(resume)],
  [2, pick.map(awaitDelivery)],
];
