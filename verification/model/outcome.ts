import { behaviourOf } from './command.ts';
import { type Ask, type Behaviour, CONFIRM_WITHIN_DAYS, type Model, possible } from './model.ts';
import { drily, nameSims, type Selected, STRANGER } from './selection.ts';
import { agree, is, type SeenOperation, type SeenResult, told, type World } from './world.ts';

// What came of bulk actions, held against what the model allows.

const unfinished = ['scheduled', 'queued', 'running'];

/** Waits for the end of an operation. */
export function finished(world: World, id: string): Promise<SeenOperation> {
  return world.until(`${world.nameOf(id)} to finish`, async () => {
    const operation = await world.read<SeenOperation>(`/v1/operations/${id}`);
    return unfinished.includes(operation.state) ? undefined : operation;
  });
}

/** Calls an operation by a short name. */
export function named(model: Model, world: World, id: string): string {
  const name = `operation ${model.operations.size + model.flights.size + model.scheduled.size + 1}`;
  world.call(id, name);
  return name;
}

/**
 * Looks at an operation that is over: each SIM has one result, and it is one that the model allows; the counts and the
 * end follow from them. The model goes on from what came of each SIM.
 *
 * @returns what came of each SIM
 */
export async function comeOut(
  model: Model,
  world: World,
  operation: SeenOperation,
  ask: Ask,
  { must, may }: Pick<Selected, 'must' | 'may'>,
  since?: readonly Behaviour[],
): Promise<Map<string, string>> {
  const name = world.nameOf(operation.id);
  const results = await world.all<SeenResult>(`/v1/operations/${operation.id}/results`);
  const outcomes = new Map(results.map(({ iccid, outcome, problem }) => [iccid, problem?.code ?? outcome]));
  agree(outcomes.size === results.length, () => `A SIM has two results in ${name}`);
  const isCancelled = operation.state === 'cancelled';
  const allowed = new Set(may);
  for (const iccid of outcomes.keys()) {
    agree(allowed.has(iccid), () => `${name} has a result for ${world.nameOf(iccid)}, which it was not for`);
  }
  const missing = isCancelled ? [] : must.filter((iccid) => !outcomes.has(iccid));
  agree(missing.length === 0, () => `${name} has no result for ${nameSims(world, missing)}`);
  for (const [iccid, outcome] of outcomes) {
    apply(model, world, iccid, ask, outcome, since);
  }
  if (ask.action === 'activate') {
    const unconfirmed = [...outcomes].filter(([, outcome]) => outcome === 'operator_unavailable');
    for (const [iccid] of unconfirmed.slice(0, DEADLINES_CHECKED)) {
      await checkDeadline(world, iccid);
    }
  }
  const failed = [...outcomes].filter(([, outcome]) => outcome !== 'succeeded').map(([iccid]) => iccid);
  const succeeded = outcomes.size - failed.length;
  const end = failed.length === 0 ? 'succeeded' : succeeded === 0 ? 'failed' : 'partially_succeeded';
  const isSound =
    operation.succeeded === succeeded &&
    operation.failed === failed.length &&
    (isCancelled || (operation.total === outcomes.size && operation.state === end && operation.failure === undefined));
  agree(
    isSound,
    () => `${name} with ${succeeded} succeeded and ${failed.length} failed says ${JSON.stringify(operation)}`,
  );
  if (failed.length > 0) {
    const listed = await world.all<SeenResult>(`/v1/operations/${operation.id}/results?outcome=failed`);
    const isSame = `${listed.map(({ iccid }) => iccid).sort()}` === `${[...failed].sort()}`;
    agree(
      isSame,
      () =>
        `The failed ones of ${name} are listed as ${nameSims(
          world,
          listed.map(({ iccid }) => iccid),
        )}`,
    );
  }
  const { id, state } = operation;
  model.operations.set(id, { id, ask, state, succeeded, failed, unconfirmed: false });
  world.says(`   ${name} ${state}: ${summary(outcomes)}`);
  return outcomes;
}

const DAY_MS = 86_400_000;
/** SIMs of an operation whose timelines are read. */
const DEADLINES_CHECKED = 3;

/** An activation that was not confirmed failed only after its operator had all the time that it may take. */
async function checkDeadline(world: World, iccid: string): Promise<void> {
  const steps = await world.all<{ at: string; type: string }>(`/v1/sims/${iccid}/events`);
  const end = steps.findLastIndex(({ type }) => type === 'sim.activation_failed');
  const start = steps.slice(0, end).findLast(({ type }) => type === 'sim.activation_requested');
  const days = (Date.parse(steps[end]?.at ?? '') - Date.parse(start?.at ?? '')) / DAY_MS;
  agree(
    days >= CONFIRM_WITHIN_DAYS,
    () => `The activation of ${world.nameOf(iccid)} failed after ${days} days, for want of an answer`,
  );
}

/** Takes over what came of a SIM. */
function apply(
  model: Model,
  world: World,
  iccid: string,
  ask: Ask,
  outcome: string,
  since: readonly Behaviour[] | undefined,
): void {
  const before = model.sims.get(iccid);
  if (!before) {
    agree(iccid === STRANGER && outcome === 'not_found', () => `${ask.action} of a stranger comes out ${outcome}`);
    return;
  }
  const could = before.flatMap((sim) => possible(model, sim, ask, since ?? [behaviourOf(model, sim.operator)]));
  const after = could.filter((one) => one.outcome === outcome).map(({ sim }) => sim);
  agree(after.length > 0, () => {
    const allowed = [...new Set(could.map((one) => one.outcome))].join(' or ');
    return `${ask.action} of ${world.nameOf(iccid)} comes out ${outcome}, but should ${allowed}; it was ${JSON.stringify(before)}`;
  });
  model.sims.set(iccid, after);
}

/** Asks for a bulk action, waits for its end, and compares. With `dry`, what the dry run said before is held against it. */
export async function act(
  model: Model,
  world: World,
  ask: Ask,
  selected: Selected,
  { body, dry, twice }: { body: object; dry: boolean; twice: boolean },
): Promise<void> {
  const path = `/v1/sims/${ask.action}`;
  const promised = dry ? await dryRun(model, world, path, ask, selected, body) : undefined;
  const answer = await world.post<SeenOperation>(path, { select: selected.select, ...body }, twice);
  const { id } = is(202, answer);
  named(model, world, id);
  const outcomes = await comeOut(model, world, await finished(world, id), ask, selected);
  for (const [iccid, said] of promised ?? []) {
    const came = outcomes.get(iccid) ?? 'nothing';
    // What its operator will say, a dry run cannot know.
    const isKept = said === came || (said === 'succeeded' && came.startsWith('operator_'));
    agree(isKept, () => `The dry run says ${said} of ${world.nameOf(iccid)}, the real run ${came}`);
  }
}

type DryRun = {
  total: number;
  eligible: number;
  ineligible: number;
  byCode: Record<string, number>;
  results: { iccid: string; eligible: boolean; problem?: { code: string } }[];
};

/** Asks for a dry run and compares it. @returns what it says of each SIM that does not change by itself */
export async function dryRun(
  model: Model,
  world: World,
  path: string,
  ask: Ask,
  { select, must, may }: Selected,
  body: object,
): Promise<Map<string, string>> {
  const answer = await world.post<DryRun>(path, { select, ...body, dryRun: true });
  const { total, eligible, ineligible, byCode, results } = is(200, answer);
  const said = new Map(results.map(({ iccid, problem }) => [iccid, problem?.code ?? 'succeeded']));
  const codes = [...said.values()].filter((code) => code !== 'succeeded');
  const isSound =
    total === results.length &&
    said.size === total &&
    ineligible === codes.length &&
    eligible + ineligible === total &&
    Object.entries(byCode).every(([code, count]) => codes.filter((one) => one === code).length === count) &&
    must.every((iccid) => said.has(iccid)) &&
    [...said.keys()].every((iccid) => may.includes(iccid));
  agree(isSound, () => `The dry run counts wrong, or other SIMs than ${nameSims(world, must)}: ${told(answer)}`);
  for (const [iccid, code] of said) {
    const allowed = drily(model, iccid, ask);
    agree(
      allowed.has(code),
      () => `The dry run says ${code} of ${world.nameOf(iccid)}, not ${[...allowed].join(' or ')}`,
    );
  }
  // A SIM that may become active by itself meanwhile is promised nothing.
  return new Map([...said].filter(([iccid]) => !model.sims.get(iccid)?.some(({ late }) => late)));
}

function summary(outcomes: ReadonlyMap<string, string>): string {
  const counts = Map.groupBy(outcomes.values(), (outcome) => outcome);
  return [...counts].map(([outcome, { length }]) => `${length} ${outcome}`).join(', ') || 'no SIMs';
}
