import fc from 'fast-check';
import { behave, type Command, command, pick, picked } from './command.ts';
import { type Behaviour, type Model, wellBehaved } from './model.ts';
import { fitting, freeSims } from './selection.ts';

// Operators: how they behave from now on; and days that pass.

type Change = { told: Partial<Behaviour>; refuses: number };

/** Some SIMs that its operator will not activate: those that may be activated now first. */
function refused(model: Model, number: number, count: number): string[] {
  const suiting = fitting(model, 'activate');
  const from = suiting.length > 0 ? suiting : freeSims(model);
  const start = from.length === 0 ? 0 : number % from.length;
  return from.slice(start, start + count);
}

function tell(which: 0 | 1, { told, refuses }: Change, number: number): Command {
  return command('operator behaves', {
    async run(model, world) {
      const operator = picked(world.operators, which);
      await behave(model, world, operator, { ...wellBehaved, ...told, refuses: refused(model, number, refuses) });
    },
  });
}

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ told: {}, refuses: 0 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0, 0.3, 0.5, 0.95).map((shipFraction) => ({ told: { shipFraction }, refuses: 0 })),
  },
  { weight: 1, arbitrary: fc.constant({ told: { rejects: true }, refuses: 0 }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }).map((refuses) => ({ told: {}, refuses })) },
  { weight: 4, arbitrary: fc.constantFrom(1, 2, 4).map((leadTimeDays) => ({ told: { leadTimeDays }, refuses: 0 })) },
  { weight: 2, arbitrary: fc.constantFrom(1, 3).map((delayDays) => ({ told: { delayDays }, refuses: 0 })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(9, 12).map((delayDays) => ({ told: { delayDays, repeats: true }, refuses: 0 })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ shipFraction: fc.constantFrom(1, 0.5), leadTimeDays: fc.constantFrom(0, 0, 2), refuses: fc.nat(2) })
      .map(({ refuses, ...told }) => ({ told: { ...told, repeats: true }, refuses })),
  },
  { weight: 1, arbitrary: fc.constantFrom(0.3, 1).map((failureRate) => ({ told: { failureRate }, refuses: 0 })) },
);

const wait = (days: number) =>
  command('days pass', {
    async run(_model, world) {
      world.says(`${days} days pass`);
      await world.days(days);
    },
  });

/** What was confirmed late comes about in the end. */
const believe = () =>
  command('wait for late words', {
    can: (model) => [...model.sims.values()].some((sims) => sims.some(({ late, unsure }) => late && unsure)),
    async run(_model, world) {
      world.says('2 days pass, in which late words may come');
      await world.days(2);
    },
  });

/** Each with how often it is among the commands. */
export const operatorCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [
    5,
    fc
      .tuple(fc.constantFrom(0 as const, 0 as const, 1 as const), change, pick)
      .map(([which, of, number]) => tell(which, of, number)),
  ],
  [1, fc.integer({ min: 1, max: 2 }).map(wait)],
  [1, fc.constant(0).map(believe)],
];
