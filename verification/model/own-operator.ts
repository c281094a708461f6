import fc from 'fast-check';
import { operatorOverApi } from '../../local/operator-settings.ts';
import { type Command, command } from './command.ts';
import type { Model } from './model.ts';
import { ensure, expectStatus, formatAnswer, type World } from './world.ts';

// The history's own operator: created at run time, without a release, and changed while orders depend on it.

type Settings = { orderMultiple: number; ordering: 'api' | 'manual'; connectivity: 'api' | 'manual' };

const settingsOf = (settings: Settings) => ({
  ...operatorOverApi,
  ...settings,
  name: 'Own Mobile',
  testStatus: { limitBytes: 100_000 },
});

/** The settings at the start of a history: the staff do everything. */
export const firstSettings: Settings = { orderMultiple: 10, ordering: 'manual', connectivity: 'manual' };

/** Creates the operator and two tariffs that cover it and the operators of the history, and grants them. @returns the tariffs' ids */
export async function createOwnOperator(world: World): Promise<{ partner: string; customer: string }> {
  const { ownOperator, operators, staff, partnerId } = world;
  const settings = settingsOf(firstSettings);
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
  const { orderMultiple, ordering, connectivity } = settings;
  const path = `/v1/platform/operators/${world.ownOperator}`;
  expectStatus(200, await world.staff.put(path, settingsOf(settings)));
  model.multiples.set(world.ownOperator, orderMultiple);
  model.ordering = ordering;
  model.connectivity = connectivity;
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

/** Whether SIMs of the own operator are being changed, or may be by the plan of an order. */
const isChangingSims = (model: Model, world: World) =>
  [...model.slowChanges.values()].some(({ iccids }) =>
    iccids.some((iccid) => model.sims.get(iccid)?.[0]?.operator === world.ownOperator),
  ) ||
  [...model.orders.values()].some(
    ({ operator, behaviours }) => operator === world.ownOperator && behaviours !== undefined,
  );

const change = (wanted: Settings): Command =>
  command('change the own operator', {
    async run(model, world) {
      // Who answers for a change that is under way is not varied.
      const { connectivity } = isChangingSims(model, world) ? model : wanted;
      const { orderMultiple, ordering } = wanted;
      world.log(
        `SIMs of ${world.ownOperator} come in multiples of ${orderMultiple}, ordered by ${ordering}, changed by ${connectivity}`,
      );
      await setOwnOperator(model, world, { ...wanted, connectivity });
    },
  });

/** Settings that contradict each other change nothing. */
const contradict = (): Command =>
  command('contradictory settings', {
    async run(model, world) {
      world.log(`set ${world.ownOperator} to two default products, which is refused`);
      const settings = settingsOf({ ...firstSettings, orderMultiple: 7 });
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
        connectivity: fc.constantFrom<Settings['connectivity'][]>('manual', 'manual', 'manual', 'api'),
      })
      .map(change),
  ],
  [1, fc.constant(0).map(contradict)],
];
