import fc from 'fast-check';
import { callOffInTime } from './call-off.ts';
import { check, type Looks } from './check.ts';
import { type Behaviour, type Model, type OperatorId, wellBehaved } from './model.ts';
import type { World } from './world.ts';

/** The system, and how far it was looked at. */
export type Real = {
  world: World;
  looks: Looks;
  /** Told of each step that is taken. */
  taken(name: string): void;
};

export type Command = fc.AsyncCommand<Model, Real>;

/** A step of a history: what is done when it can be done; then everything is compared with the model. */
export function command(
  name: string,
  { can = () => true, run }: { can?: (model: Model) => boolean; run(model: Model, world: World): Promise<void> },
): Command {
  return {
    check: (model) => can(model),
    async run(model, { world, looks, taken }) {
      taken(name);
      await callOffInTime(model, world);
      if (can(model)) {
        await run(model, world);
      }
      await check(model, world, looks);
    },
    toString: () => name,
  };
}

/** A number that picks one of what is there when the step is taken. */
export const pick = fc.nat(999);

/** @throws RangeError when there is none: `can` has to see to that. */
export function picked<T>(items: readonly T[], number: number): T {
  const item = items[number % Math.max(1, items.length)];
  if (item === undefined) {
    throw new RangeError('There is nothing to pick from.');
  }
  return item;
}

/** Tells an operator how to behave from now on, in place of all that it was told before. */
export async function behave(model: Model, world: World, operator: OperatorId, behaviour: Behaviour): Promise<void> {
  model.operators.set(operator, behaviour);
  for (const order of model.orders.values()) {
    if (order.operator === operator) {
      order.behaviours?.push(behaviour);
    }
  }
  for (const flight of model.flights.values()) {
    flight.behaviours.push(behaviour);
  }
  await world.tell(operator, behaviour);
  const odd = Object.entries(behaviour).filter(
    ([key, value]) => `${value}` !== `${Object.entries(wellBehaved).find(([of]) => of === key)?.[1]}`,
  );
  const words = odd.map(([key, value]) => `${key} ${Array.isArray(value) ? value.map(world.nameOf) : value}`);
  world.says(`${operator} behaves from now on: ${words.join(', ') || 'well'}`);
}

export function behaviourOf(model: Model, operator: OperatorId): Behaviour {
  return model.operators.get(operator) ?? wellBehaved;
}
