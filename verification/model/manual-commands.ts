import fc from 'fast-check';
import { type Command, command, pick, pickFrom } from './command.ts';
import { type CancelAnswer, type ManualOrder, type Report, verdictOnCancel } from './manual-orders.ts';
import { canReport, checkTasks, DAY_MS, manualOrders, pathOf, pickManual, sendReport } from './manual-reports.ts';
import { listAsStaff } from './manual-tasks.ts';
import { ensure, expectStatus, formatAnswer, type SeenOrder, type SeenProblem, type World } from './world.ts';

// Manual orders: the staff report what the operator does and answer cancellations. The partner cancels.

type ReportArgs = {
  what: Report['what'] | 'next';
  number: number;
  days: 'none' | 'soon' | 'past' | 'far';
  twice: boolean;
};

const daysAhead = { soon: 100, past: -3, far: 800 };

/** The report that the staff would send next. */
function nextReport({ state, cancelAsked }: ManualOrder, number: number): Report['what'] {
  if (cancelAsked) {
    return 'cancel';
  }
  return state === 'submitted' ? 'accept' : state === 'accepted' && number % 3 > 0 ? 'dispatch' : 'deliver';
}

type ReportFields = { what: Report['what'] } & Pick<ReportArgs, 'number' | 'days'>;

async function reportOf(world: World, { what, number, days }: ReportFields): Promise<Report> {
  const odd = number % 2 === 1;
  switch (what) {
    case 'accept': {
      const at = days === 'none' ? undefined : (await world.now()).getTime() + daysAhead[days] * DAY_MS;
      const day = at === undefined ? {} : { expectedDelivery: new Date(at).toISOString().slice(0, 10) };
      return {
        what,
        body: { operatorReference: odd ? 'PM-1' : 'PM-2', ...day },
        isDayWrong: days === 'past' || days === 'far',
      };
    }
    case 'reject':
      return { what, body: { reason: odd ? 'Out of stock.' : 'Discontinued.' } };
    case 'dispatch':
      return { what, body: odd ? { trackingReference: 'P-1', carrier: 'DHL' } : {} };
    case 'deliver':
      return { what, body: {} };
    case 'cancel':
      return { what, body: cancelAnswers[number % cancelAnswers.length] ?? { outcome: 'refused' } };
  }
}

const cancelAnswers: readonly CancelAnswer[] = [
  { outcome: 'cancelled' },
  { outcome: 'refused' },
  { outcome: 'refused', reason: 'The parcel is packed.' },
];

function report(args: ReportArgs): Command {
  return command(`report: ${args.what}`, {
    can: canReport,
    async run(model, world) {
      const { order, manual } = pickManual(model, args.number);
      const what = args.what === 'next' ? nextReport(manual, args.number) : args.what;
      const sent = await reportOf(world, { ...args, what });
      await sendReport(model, world, { order, manual }, sent, args.twice);
    },
  });
}

/** The list of manual orders has those of each state, oldest first. */
const listOrders = (number: number) =>
  command('list manual orders', {
    can: (model) => manualOrders(model).length > 0 && model.ordering === 'manual',
    async run(model, world) {
      const { state } = pickFrom(manualOrders(model), number).manual;
      world.log(`list manual orders that are ${state}`);
      const wanted = manualOrders(model)
        .filter(({ manual }) => manual.state === state)
        .map(({ order }) => order.id);
      await world.until(`the list of orders that are ${state}`, async () => {
        const query = `operatorId=${world.ownOperator}&partnerId=${world.partnerId}&state=${state}`;
        const listed = await listAsStaff<{ id: string; partnerId: string }>(world, `/v1/platform/orders?${query}`);
        ensure(
          listed.every(({ partnerId }) => partnerId === world.partnerId),
          () => JSON.stringify(listed),
        );
        return `${listed.map(({ id }) => id)}` === `${wanted.sort()}` ? listed : undefined;
      });
    },
  });

/** The partner cancels a manual order. */
function cancelByPartner(number: number): Command {
  return command('cancel a manual order', {
    can: (model) => manualOrders(model).length > 0,
    async run(model, world) {
      const { order, manual } = pickManual(model, number);
      world.log(`cancel ${world.nameOf(order.id)}, which is manual`);
      const verdict = verdictOnCancel(manual);
      const answer = await world.post<SeenOrder>(`/v1/orders/${order.id}/cancel`, undefined);
      expectStatus(verdict === 409 ? 409 : 200, answer);
      if (verdict === 'cancelled') {
        manual.state = 'cancelled';
        order.end = 'cancelled';
      } else if (verdict === 'asked') {
        manual.cancelAsked = true;
      }
      ensure(verdict === 409 || answer.body.state === manual.state, () => formatAnswer(answer));
      await checkTasks(model, world);
    },
  });
}

/** Staff cannot handle an order that its operator takes over an API. */
const reportOnApiOrder = (number: number, what: Report['what']) =>
  command('report on an API order', {
    can: (model) => model.orders.size > manualOrders(model).length,
    async run(model, world) {
      const order = pickFrom(
        [...model.orders.values()].filter(({ manual }) => !manual),
        number,
      );
      world.log(`${what} ${world.nameOf(order.id)}, which is not manual`);
      const { body } = await reportOf(world, { what, number, days: 'none' });
      const answer = await world.staff.post<SeenProblem>(pathOf(world, order, `/${what}`), body);
      ensure(expectStatus(409, answer).code === 'not_manual', () => formatAnswer(answer));
    },
  });

const what = fc.constantFrom<Report['what'][]>(
  'accept',
  'accept',
  'accept',
  'dispatch',
  'dispatch',
  'deliver',
  'deliver',
  'reject',
  'cancel',
);
/** The commands with their weights. */
export const manualCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [
    8,
    fc
      .record({
        what: fc.oneof({ weight: 3, arbitrary: fc.constant('next' as const) }, { weight: 2, arbitrary: what }),
        number: pick,
        days: fc.constantFrom<ReportArgs['days'][]>('none', 'none', 'soon', 'past', 'far'),
        twice: fc.boolean(),
      })
      .map(report),
  ],
  [2, pick.map(cancelByPartner)],
  [1, pick.map(listOrders)],
  [1, fc.tuple(pick, what).map(([number, of]) => reportOnApiOrder(number, of))],
];
