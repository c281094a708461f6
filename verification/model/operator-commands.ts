import fc from 'fast-check';
import { type Command, command, pick, pickFrom, setBehaviour } from './command.ts';
import { type Behaviour, type Model, type OperatorChange, wellBehaved } from './model.ts';
import { mayChange } from './outcomes.ts';
import { applicableSims, freeSims, preferOwn } from './selection.ts';
import type { World } from './world.ts';

// Changes of the operators' behaviour, and the passing of days.

type Change = { behaviour: Partial<Behaviour>; refuses: number; refusesChanges?: number };

/** SIMs whose changes the operator refuses: preferably SIMs that allow one of these actions now. */
function refused(
  { model, world, own = false }: { model: Model; world: World; own?: boolean },
  actions: readonly OperatorChange[],
  number: number,
  count: number,
): string[] {
  const all = actions.flatMap((action) => applicableSims(model, action));
  const applicable = preferOwn(model, world, all, own);
  const from = applicable.length > 0 ? applicable : freeSims(model);
  const start = from.length === 0 ? 0 : number % from.length;
  return from.slice(start, start + count);
}

const CHANGES = ['suspend', 'resume'] as const;

function changeOperator(which: 0 | 1, { behaviour, refuses, refusesChanges = 0 }: Change, number: number): Command {
  return command('change operator', {
    async run(model, world) {
      const operator = pickFrom(world.operators, which);
      await setBehaviour(model, world, operator, {
        ...wellBehaved,
        ...behaviour,
        refuses: refused({ model, world }, ['activate'], number, refuses),
        refusesChanges: refused({ model, world }, CHANGES, number, refusesChanges),
      });
    },
  });
}

/** The staff of the history's own operator refuse SIMs from now on, as the operator does at its API. */
const changeStaff = (number: number, refuses: number, refusesChanges: number) =>
  command('change what the staff refuse', {
    run: (model, world) =>
      setBehaviour(model, world, world.ownOperator, {
        ...wellBehaved,
        refuses: refused({ model, world, own: true }, ['activate'], number, refuses),
        refusesChanges: refused({ model, world, own: true }, CHANGES, number, refusesChanges),
      }),
  });

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ behaviour: {}, refuses: 0 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0, 0.3, 0.5, 0.95).map((shipFraction) => ({ behaviour: { shipFraction }, refuses: 0 })),
  },
  { weight: 1, arbitrary: fc.constant({ behaviour: { rejects: true }, refuses: 0 }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }).map((refuses) => ({ behaviour: {}, refuses })) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(1, 2, 4).map((leadTimeDays) => ({ behaviour: { leadTimeDays }, refuses: 0 })),
  },
  { weight: 2, arbitrary: fc.constantFrom(1, 3).map((delayDays) => ({ behaviour: { delayDays }, refuses: 0 })) },
  {
    weight: 3,
    arbitrary: fc
      .record({ changeDelayDays: fc.constantFrom(0, 1, 3), refusesChanges: fc.nat(4) })
      .map(({ refusesChanges, ...behaviour }) => ({ behaviour, refuses: 0, refusesChanges })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ changeDelayDays: fc.constantFrom(9, 12), repeats: fc.boolean() })
      .map((behaviour) => ({ behaviour, refuses: 0 })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(9, 12).map((delayDays) => ({ behaviour: { delayDays, repeats: true }, refuses: 0 })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ shipFraction: fc.constantFrom(1, 0.5), leadTimeDays: fc.constantFrom(0, 0, 2), refuses: fc.nat(2) })
      .map(({ refuses, ...behaviour }) => ({ behaviour: { ...behaviour, repeats: true }, refuses })),
  },
  { weight: 1, arbitrary: fc.constantFrom(0.3, 1).map((failureRate) => ({ behaviour: { failureRate }, refuses: 0 })) },
);

const wait = (days: number) =>
  command('days pass', {
    async run(_model, world) {
      world.log(`${days} days pass`);
      await world.days(days);
    },
  });

/** SIMs change in the end when their operator confirms late. */
const awaitLateConfirmations = () =>
  command('wait for late confirmations', {
    can: (model) => [...model.sims.values()].some((sims) => sims.some(mayChange)),
    async run(_model, world) {
      world.log('2 days pass, in which late confirmations may arrive');
      await world.days(2);
    },
  });

/** The commands with their weights. */
export const operatorCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [
    5,
    fc
      .tuple(fc.constantFrom(0 as const, 0 as const, 1 as const), change, pick)
      .map(([which, of, number]) => changeOperator(which, of, number)),
  ],
  [2, fc.tuple(pick, fc.nat(3), fc.nat(4)).map(([number, refuses, changes]) => changeStaff(number, refuses, changes))],
  [1, fc.integer({ min: 1, max: 2 }).map(wait)],
  [1, fc.constant(0).map(awaitLateConfirmations)],
];
