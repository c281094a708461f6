import fc from 'fast-check';
import { cancelDueSoon } from './cancel-scheduled.ts';
import { type CheckState, check } from './check.ts';
import { type Behaviour, type Model, type OperatorId, wellBehaved } from './model.ts';
import type { World } from './world.ts';

/** The system under test, and the state of the checks. */
export type Real = {
  world: World;
  checks: CheckState;
  /** Runs before each step, for what must not grow too old. */
  beforeStep(model: Model, world: World): Promise<void>;
  /** Receives the name of each step. */
  onStep(name: string): void;
};

export type Command = fc.AsyncCommand<Model, Real>;

/** A step of a history. It runs if it is applicable; then everything is compared with the model. */
export function command(
  name: string,
  { can = () => true, run }: { can?: (model: Model) => boolean; run(model: Model, world: World): Promise<void> },
): Command {
  return {
    check: (model) => can(model),
    async run(model, { world, checks, onStep, beforeStep }) {
      onStep(name);
      await cancelDueSoon(model, world);
      await beforeStep(model, world);
      if (can(model)) {
        await run(model, world);
      }
      await check(model, world, checks);
    },
    toString: () => name,
  };
}

/** A number that selects an item when the step runs. */
export const pick = fc.nat(999);

/** Returns the item that a number selects. @throws RangeError when there are no items, which `can` must prevent */
export function pickFrom<T>(items: readonly T[], number: number): T {
  const item = items[number % Math.max(1, items.length)];
  if (item === undefined) {
    throw new RangeError('There are no items to pick from.');
  }
  return item;
}

/** Replaces the behaviour of an operator. */
export async function setBehaviour(
  model: Model,
  world: World,
  operator: OperatorId,
  behaviour: Behaviour,
): Promise<void> {
  model.operators.set(operator, behaviour);
  for (const order of model.orders.values()) {
    if (order.operator === operator) {
      order.behaviours?.push(behaviour);
    }
  }
  for (const change of model.slowChanges.values()) {
    change.behaviours.push(behaviour);
  }
  await world.setBehaviour(operator, behaviour);
  const odd = Object.entries(behaviour).filter(
    ([key, value]) => `${value}` !== `${Object.entries(wellBehaved).find(([of]) => of === key)?.[1]}`,
  );
  const words = odd.map(([key, value]) => `${key} ${Array.isArray(value) ? value.map(world.nameOf) : value}`);
  world.log(`${operator} behaves: ${words.join(', ') || 'well'}`);
}

export function behaviourOf(model: Model, operator: OperatorId): Behaviour {
  return model.operators.get(operator) ?? wellBehaved;
}
