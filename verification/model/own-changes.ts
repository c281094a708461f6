import fc from 'fast-check';
import { type Command, command, pick, pickFrom, setBehaviour } from './command.ts';
import { isUnbarred, type Model, type Sim, wellBehaved } from './model.ts';
import { ended, mayDiffer } from './outcomes.ts';
import { freeSims } from './selection.ts';
import { ensure, expectStatus, formatAnswer, type World } from './world.ts';

// Operators that change SIMs without a request: the difference, and each way in which it ends.

type Status = 'active' | 'barred' | 'terminated';
type Side = 'ours' | 'theirs';
type Difference = {
  id: string;
  iccid: string;
  field: string;
  ours?: string;
  theirs: string;
  settledAs?: Side;
};
type OwnChange = {
  number: number;
  isEnd: boolean;
  /** A person settles it, the operator undoes its change, or the policy `enforce` does. */
  end: Side | 'undone' | 'enforced';
};

/** SIMs that are the same here and at an operator that changes them over its API. */
function equalSims(model: Model, world: World): Sim[] {
  return freeSims(model).flatMap((iccid) => {
    const [sim, ...others] = model.sims.get(iccid) ?? [];
    const isEqual =
      sim !== undefined && others.length === 0 && !mayDiffer(sim) && world.operators.some((id) => id === sim.operator);
    return isEqual && sim.state !== 'terminated' && sim.state !== 'activating' ? [sim] : [];
  });
}

const changeByItself = ({ number, isEnd, end }: OwnChange): Command =>
  command('an operator changes a SIM by itself', {
    // Whether there are such SIMs depends on the world.
    can: (model) => model.sims.size > 0 && model.slowChanges.size === 0,
    async run(model, world) {
      const sims = equalSims(model, world);
      if (sims.length === 0) {
        return;
      }
      const sim = pickFrom(sims, number);
      await setBehaviour(model, world, sim.operator, wellBehaved);
      const before: Status = isUnbarred(sim) ? 'active' : 'barred';
      const theirs: Status = isEnd ? 'terminated' : before === 'active' ? 'barred' : 'active';
      const isEnforced = end === 'enforced';
      await setPolicy(world, sim.operator, isEnforced ? 'enforce' : 'report');
      world.log(`${sim.operator} changes ${world.nameOf(sim.iccid)} to ${theirs} by itself; ${end}`);
      const seen = await changeAndFind(world, sim, theirs);
      ensure(seen.ours === sim.state && seen.field === 'state' && seen.theirs === theirs, () => JSON.stringify(seen));
      const after = await settle(world, sim, seen, end === 'undone' ? before : end);
      if (isEnforced) {
        await setPolicy(world, sim.operator, 'report');
      }
      // Each comparison that follows compares this SIM again: if it is wrong at its operator, its version grows.
      model.sims.set(sim.iccid, [{ ...after, isChanged: true }]);
    },
  });

/** @returns the difference that the comparison finds; with the policy `enforce`, it may be settled already */
async function changeAndFind(world: World, { operator, iccid }: Sim, status: Status): Promise<Difference> {
  const all = async () =>
    (await Promise.all([differencesOf(world, iccid, 'open'), differencesOf(world, iccid, 'settled')])).flat();
  const earlier = new Set((await all()).map(({ id }) => id));
  await world.changeAtOperator(operator, iccid, status);
  return world.until('a difference', async () => (await all()).find(({ id }) => !earlier.has(id)));
}

/** Ends a difference. @returns the SIM afterwards */
async function settle(
  world: World,
  sim: Sim,
  { id, theirs }: Difference,
  end: Status | Side | 'enforced',
): Promise<Sim> {
  const isFinal = theirs === 'terminated';
  switch (end) {
    case 'ours':
      return (await settleAs(world, id, 'ours', !isFinal)) ? sim : settleTaking(world, sim, id, theirs);
    case 'theirs': {
      const hasCustomer = sim.customer !== undefined;
      if (isFinal || theirs === 'barred' || hasCustomer) {
        return settleTaking(world, sim, id, theirs);
      }
      await settleAs(world, id, 'theirs', false);
      await settleAs(world, id, 'ours', true);
      return sim;
    }
    default:
      if (isFinal) {
        // It cannot be undone.
        return settleTaking(world, sim, id, theirs);
      }
      if (end !== 'enforced') {
        await world.changeAtOperator(sim.operator, sim.iccid, end);
      }
      await world.until('the difference to be settled', async () =>
        (await differencesOf(world, sim.iccid, 'settled')).find((settled) => settled.id === id),
      );
      return sim;
  }
}

async function settleTaking(world: World, sim: Sim, id: string, theirs: string): Promise<Sim> {
  await settleAs(world, id, 'theirs', true);
  return theirs === 'terminated' ? ended(sim) : { ...sim, state: theirs === 'active' ? 'active' : 'suspended' };
}

/** Settles a difference, which is allowed or refused. @returns whether it is allowed */
async function settleAs(world: World, id: string, as: Side, isAllowed: boolean): Promise<boolean> {
  const answer = await world.staff.post<Difference>(`/v1/platform/differences/${id}/settle`, { as });
  expectStatus(isAllowed ? 200 : 409, answer);
  ensure(!isAllowed || answer.body.settledAs === as, () => formatAnswer(answer));
  return isAllowed;
}

async function differencesOf(world: World, iccid: string, state: 'open' | 'settled'): Promise<Difference[]> {
  const path = `/v1/platform/differences?state=${state}&partnerId=${world.partnerId}&limit=200`;
  const { items } = expectStatus(200, await world.staff.get<{ items: Difference[] }>(path));
  return items.filter((difference) => difference.iccid === iccid);
}

/** Sets what happens with differences at an operator. */
async function setPolicy(world: World, operator: string, onDifference: 'report' | 'enforce'): Promise<void> {
  const path = `/v1/platform/operators/${operator}`;
  const {
    id: _id,
    version: _version,
    updatedAt: _at,
    ...settings
  } = expectStatus(200, await world.staff.get<Record<string, unknown>>(path));
  expectStatus(200, await world.staff.put(path, { ...settings, onDifference }));
}

/** The commands with their weights. A comparison takes some ten seconds of real time. */
export const ownChangeCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [
    3,
    fc
      .record({
        number: pick,
        isEnd: fc.nat(4).map((one) => one === 0),
        end: fc.constantFrom<OwnChange['end'][]>('ours', 'theirs', 'theirs', 'undone', 'enforced'),
      })
      .map(changeByItself),
  ],
];
