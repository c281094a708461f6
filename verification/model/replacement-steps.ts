import { isShipping } from './check.ts';
import { completeTasks } from './manual-tasks.ts';
import type { ActionRequest, Model } from './model.ts';
import { mayChange } from './outcomes.ts';
import { answersTo, claimPair, markPair, type Pair, type Step, stepsOf } from './replacements.ts';
import { applyResults, nameOperation, unfinished } from './results.ts';
import { ensure, type SeenOperation, type SeenResult, type World } from './world.ts';

// Compares the steps and the end of a replacement with the model.

/** A replacement that has been accepted, and what the new SIM takes over. */
export type Accepted = { pair: Pair; id: string; label: string | null; customer: string; service: string };

/** Waits for the end of a replacement. The staff complete the tasks of its steps. */
export function finishReplacement(model: Model, world: World, { old, by }: Pair, id: string): Promise<SeenOperation> {
  const isByHand =
    model.connectivity === 'manual' &&
    [old, by].some((iccid) => model.sims.get(iccid)?.[0]?.operator === world.ownOperator);
  return world.until(`${world.nameOf(id)} to finish`, async () => {
    const operation = await world.read<SeenOperation>(`/v1/operations/${id}`);
    if (!unfinished.includes(operation.state)) {
      return operation;
    }
    for (const step of isByHand ? await readSteps(world, id) : []) {
      if ((step.waitingForOperator ?? 0) > 0) {
        await completeTasks(model, world, step.id);
      }
    }
    return undefined;
  });
}

const order: readonly string[] = ['assign', 'label', 'activate', 'terminate'];

/** The steps of a replacement so far, in their order. */
async function readSteps(world: World, id: string): Promise<SeenOperation[]> {
  const operations = await world.all<SeenOperation>('/v1/operations');
  return operations
    .filter(({ partOf }) => partOf === id)
    .sort((one, other) => order.indexOf(one.action) - order.indexOf(other.action));
}

/** Compares each step of a finished replacement, its result and its state with the model, and applies them. */
export async function applyReplacement(
  model: Model,
  world: World,
  { pair, id, label, customer, service }: Accepted,
  operation: SeenOperation,
): Promise<void> {
  const { answers, isUnsteady } = answersTo(model, pair);
  const steps = await readSteps(world, id);
  const actions = steps.map(({ action }) => action);
  const accepted = new Set(answers.flatMap((one) => (one.status === 202 ? [one.activates] : [])));
  const fitting = [...accepted].filter((activates) => isStartOf(actions, stepsOf(activates)));
  const isWrong = operation.state === 'cancelled' && actions.includes('terminate');
  ensure(
    fitting.length > 0 && !isWrong,
    () => `${world.nameOf(id)}, which is ${operation.state}, has the steps ${actions}`,
  );
  claimPair(model, pair, fitting);
  const { state, succeeded, failed } = operation;
  model.replacements.set(id, { ...pair, id, state, succeeded, failed });
  let code = 'succeeded';
  for (const step of steps) {
    ensure(code === 'succeeded', () => `${world.nameOf(id)} continues after ${code}`);
    code = await applyStep(model, world, step, { pair, label, customer, service });
  }
  const isDone = code === 'succeeded' && fitting.some((activates) => stepsOf(activates).length === steps.length);
  await checkEnd(world, {
    pair,
    operation,
    code: isDone ? code : code === 'succeeded' ? 'conflict' : code,
    isUnsteady,
  });
  if (state === 'succeeded') {
    ensure(isDone, () => `${world.nameOf(id)} has succeeded after the steps ${actions}`);
    markPair(model, pair);
  }
  world.log(`   ${world.nameOf(id)} ${state}: ${actions.join(', ')}`);
}

const isStartOf = (some: readonly string[], all: readonly string[]) =>
  some.every((action, place) => all[place] === action);

/** @returns `succeeded`, the code with which the step failed, or `conflict` if it was cancelled before its SIM had a result */
async function applyStep(
  model: Model,
  world: World,
  step: SeenOperation,
  { pair, label, customer, service }: Pick<Accepted, 'pair' | 'label' | 'customer' | 'service'>,
): Promise<string> {
  // Safe: the order of the steps has been compared with those of a replacement.
  const action = step.action as Step;
  const targets: Record<Step, Omit<ActionRequest, 'action'>> = {
    assign: { customer, service },
    label: { label },
    activate: {},
    terminate: {},
  };
  const iccid = action === 'terminate' ? pair.old : pair.by;
  nameOperation(model, world, step.id);
  const meant = { must: [iccid], may: [iccid] };
  const outcomes = await applyResults(model, world, step, { action, ...targets[action] }, meant);
  const known = model.operations.get(step.id);
  if (known) {
    model.operations.set(step.id, { ...known, isFinal: true });
  }
  return outcomes.get(iccid) ?? 'conflict';
}

/** The replacement has the result of its last step. */
async function checkEnd(
  world: World,
  { pair, operation, code, isUnsteady }: { pair: Pair; operation: SeenOperation; code: string; isUnsteady: boolean },
): Promise<void> {
  const { id, state, total, succeeded, failed, failure } = operation;
  const results = await world.all<SeenResult>(`/v1/operations/${id}/results`);
  const [only] = results;
  const outcome = only?.problem?.code ?? only?.outcome;
  const isCancelled = state === 'cancelled';
  const isRight =
    total === 1 &&
    failure === undefined &&
    results.length === succeeded + failed &&
    results.every(({ iccid }) => iccid === pair.old) &&
    (isCancelled
      ? succeeded === 0 && failed <= 1
      : results.length === 1 &&
        state === (outcome === 'succeeded' ? 'succeeded' : 'failed') &&
        // A replacement without a failed step ends early only if a late confirmation has changed one of the SIMs.
        outcome === code &&
        (code !== 'conflict' || isUnsteady));
  ensure(
    isRight,
    () =>
      `${world.nameOf(id)}, whose steps end with ${code}, is ${JSON.stringify(operation)} with ${JSON.stringify(results)}`,
  );
}

/** The service counts its SIMs, unless some may change at any time. */
export async function checkCount(model: Model, world: World, service: string): Promise<void> {
  const sims = [...model.sims.values()].flat();
  const isSteady = !sims.some(mayChange) && model.slowChanges.size === 0 && !isShipping(model);
  const counts = [...model.sims.values()].map((possible) =>
    possible.map((sim) => sim.service === service && sim.state !== 'terminated'),
  );
  const isCertain = counts.every((possible) => new Set(possible).size === 1);
  // A terminated SIM that was to be replaced may be of a deleted service.
  if (!isSteady || !isCertain || !model.services.has(service)) {
    return;
  }
  const wanted = counts.filter(([isCounted]) => isCounted).length;
  const { sims: shown } = await world.read<{ sims: number }>(`/v1/customer-services/${service}/usage`);
  ensure(shown === wanted, () => `${world.nameOf(service)} counts ${shown} SIMs, not ${wanted}`);
}
