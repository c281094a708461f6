import fc from 'fast-check';
import { type Command, command } from './command.ts';
import type { Model } from './model.ts';
import { ensure, expectStatus, formatAnswer, type World } from './world.ts';

// The history's own operator: created at run time, without a release, and changed while orders depend on it.

type Settings = { orderMultiple: number; ordering: 'api' | 'manual' };

const settingsOf = ({ orderMultiple, ordering }: Settings) => ({
  name: 'Own Mobile',
  country: 'DE',
  calendar: 'weekdays',
  orderMultiple,
  leadTimeWorkingDays: { min: 3, max: 5 },
  products: [{ id: 'nano', name: 'Nano SIM', formFactor: '4FF', default: true }],
  iccid: { checkDigit: 'required' },
  ordering,
  connectivity: 'api',
  usage: 'api',
  platform: { kind: 'sim-fulfilment' },
  onDifference: 'report',
});

/** Creates the operator and two tariffs that cover it and the operators of the history, and grants them. @returns the tariffs' ids */
export async function createOwnOperator(world: World): Promise<{ partner: string; customer: string }> {
  const { ownOperator, operators, staff, partnerId } = world;
  const settings = settingsOf({ orderMultiple: 10, ordering: 'manual' });
  expectStatus([200, 201], await staff.put(`/v1/platform/operators/${ownOperator}`, settings));
  const ids = { partner: `trf_partner_${ownOperator}`, customer: `trf_customer_${ownOperator}` };
  for (const audience of ['partner', 'customer'] as const) {
    const terms = {
      name: `Own ${audience}`,
      operatorIds: [...operators, ownOperator],
      networks: ['Own'],
      allowanceBytes: 1_000_000_000,
      pooling: 'per_sim',
      minimumTermMonths: 0,
      monthlyPrice: { amount: '1.00', currency: 'EUR' },
      audience,
    };
    expectStatus([200, 201], await staff.put(`/v1/platform/tariffs/${ids[audience]}`, terms));
    const grant = await staff.put(`/v1/platform/partners/${partnerId}/tariffs/${ids[audience]}`);
    expectStatus([200, 201], grant);
  }
  return ids;
}

/** Replaces the settings. They hold for new orders; orders that were placed before keep theirs. */
export async function setOwnOperator(model: Model, world: World, settings: Settings): Promise<void> {
  const { orderMultiple, ordering } = settings;
  const path = `/v1/platform/operators/${world.ownOperator}`;
  expectStatus(200, await world.staff.put(path, settingsOf(settings)));
  model.multiples.set(world.ownOperator, orderMultiple);
  model.ordering = ordering;
  const shown = await world.read<{ orderMultiple: number }>(`/v1/operators/${world.ownOperator}`);
  ensure(
    shown.orderMultiple === orderMultiple,
    () => `The operator shows ${JSON.stringify(shown)}, not ${orderMultiple}`,
  );
}

/** The holding service of an operator is created by the first order or import. */
export async function learnHoldingServices(model: Model, world: World): Promise<void> {
  const services = await world.all<{ id: string; holding: boolean }>('/v1/partner-services');
  for (const { id, holding } of services) {
    if (holding) {
      model.holding.add(id);
    }
  }
}

const change = (settings: Settings): Command =>
  command('change the own operator', {
    async run(model, world) {
      const { orderMultiple, ordering } = settings;
      world.log(`SIMs of ${world.ownOperator} come in multiples of ${orderMultiple}, ordered by ${ordering}`);
      await setOwnOperator(model, world, settings);
    },
  });

/** Settings that contradict each other change nothing. */
const contradict = (): Command =>
  command('contradictory settings', {
    async run(model, world) {
      world.log(`set ${world.ownOperator} to two default products, which is refused`);
      const settings = settingsOf({ orderMultiple: 7, ordering: 'manual' });
      const products = settings.products.flatMap((product) => [product, { ...product, id: 'other' }]);
      const answer = await world.staff.put(`/v1/platform/operators/${world.ownOperator}`, { ...settings, products });
      expectStatus(422, answer);
      const shown = await world.read<{ orderMultiple: number }>(`/v1/operators/${world.ownOperator}`);
      ensure(shown.orderMultiple === model.multiples.get(world.ownOperator), () => formatAnswer(answer));
    },
  });

/** The commands with their weights. */
export const ownOperatorCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [
    2,
    fc
      .record({
        orderMultiple: fc.constantFrom(5, 10, 20),
        ordering: fc.constantFrom<Settings['ordering'][]>('manual', 'manual', 'manual', 'api'),
      })
      .map(change),
  ],
  [1, fc.constant(0).map(contradict)],
];
