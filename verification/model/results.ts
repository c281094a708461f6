import { behaviourOf } from './command.ts';
import { completeTasks } from './manual-tasks.ts';
import {
  type ActionRequest,
  type Behaviour,
  CONFIRM_WITHIN_DAYS,
  isOperatorChange,
  type Model,
  type OperatorChange,
  type Sim,
} from './model.ts';
import { type ByHand, mayChange, possibleOutcomes } from './outcomes.ts';
import { dryRunOutcomes, nameSims, type Selected, UNKNOWN_ICCID } from './selection.ts';
import { ensure, expectStatus, formatAnswer, type SeenOperation, type SeenResult, type World } from './world.ts';

// Compares the results of bulk actions with the model.

export const unfinished: readonly string[] = ['scheduled', 'queued', 'running'];

/** Waits for the end of an operation. The staff complete its tasks. */
export function finishOperation(model: Model, world: World, id: string): Promise<SeenOperation> {
  return world.until(`${world.nameOf(id)} to finish`, async () => {
    const operation = await world.read<SeenOperation>(`/v1/operations/${id}`);
    if (!unfinished.includes(operation.state)) {
      return operation;
    }
    if (model.connectivity === 'manual' && (operation.waitingForOperator ?? 0) > 0) {
      await completeTasks(model, world, id);
    }
    return undefined;
  });
}

/** Assigns a short name to an operation. */
export function nameOperation(
  { operations, replacements, slowChanges, scheduled }: Model,
  world: World,
  id: string,
): string {
  const name = `operation ${[operations, replacements, slowChanges, scheduled].reduce((sum, { size }) => sum + size, 1)}`;
  world.setName(id, name);
  return name;
}

/**
 * Checks a finished operation: each SIM has one result that the model allows, and the counts and the final state follow from the
 * results. Applies the results to the model.
 *
 * @returns the outcome of each SIM
 */
export async function applyResults(
  model: Model,
  world: World,
  operation: SeenOperation,
  request: ActionRequest,
  { must, may }: Pick<Selected, 'must' | 'may'>,
  since?: readonly Behaviour[],
): Promise<Map<string, string>> {
  const name = world.nameOf(operation.id);
  const results = await world.all<SeenResult>(`/v1/operations/${operation.id}/results`);
  const outcomes = new Map(results.map(({ iccid, outcome, problem }) => [iccid, problem?.code ?? outcome]));
  ensure(outcomes.size === results.length, () => `${name} has two results for a SIM`);
  const isCancelled = operation.state === 'cancelled';
  const allowed = new Set(may);
  for (const iccid of outcomes.keys()) {
    ensure(allowed.has(iccid), () => `${name} has a result for ${world.nameOf(iccid)}, which was not selected`);
  }
  const missing = isCancelled ? [] : must.filter((iccid) => !outcomes.has(iccid));
  ensure(missing.length === 0, () => `${name} has no result for ${nameSims(world, missing)}`);
  for (const [iccid, outcome] of outcomes) {
    applyOutcome(model, world, { operationId: operation.id, iccid, outcome }, request, since);
  }
  if (isOperatorChange(request.action, { state: 'active' })) {
    const unconfirmed = [...outcomes].filter(([, outcome]) => outcome === 'operator_unavailable');
    for (const [iccid] of unconfirmed.slice(0, DEADLINES_CHECKED)) {
      await checkDeadline(world, { operationId: operation.id, action: request.action, iccid });
    }
  }
  const failed = [...outcomes].filter(([, outcome]) => outcome !== 'succeeded').map(([iccid]) => iccid);
  const succeeded = outcomes.size - failed.length;
  const end = failed.length === 0 ? 'succeeded' : succeeded === 0 ? 'failed' : 'partially_succeeded';
  const isSound =
    operation.succeeded === succeeded &&
    operation.failed === failed.length &&
    (isCancelled || (operation.total === outcomes.size && operation.state === end && operation.failure === undefined));
  ensure(
    isSound,
    () => `${name} with ${succeeded} succeeded and ${failed.length} failed SIMs is ${JSON.stringify(operation)}`,
  );
  if (failed.length > 0) {
    const listed = await world.all<SeenResult>(`/v1/operations/${operation.id}/results?outcome=failed`);
    const isSame = `${listed.map(({ iccid }) => iccid).sort()}` === `${[...failed].sort()}`;
    ensure(
      isSame,
      () =>
        `The failed SIMs of ${name} are listed as ${nameSims(
          world,
          listed.map(({ iccid }) => iccid),
        )}`,
    );
  }
  const { id, state } = operation;
  model.operations.set(id, { id, request, state, succeeded, failed, isFinal: false });
  world.log(`   ${name} ${state}: ${summary(outcomes)}`);
  return outcomes;
}

const DAY_MS = 86_400_000;
/** The maximum number of SIMs per operation whose timelines are read. */
const DEADLINES_CHECKED = 3;

/** The nouns of changes, in the events of a SIM. */
const eventNames: Readonly<Record<OperatorChange, string>> = {
  activate: 'activation',
  test: 'test',
  suspend: 'suspension',
  resume: 'resumption',
  unassign: 'unassignment',
  terminate: 'termination',
};

/** Checks that an unconfirmed change failed only after the operator's deadline, if the operator has taken the request. */
async function checkDeadline(
  world: World,
  { operationId, action, iccid }: { operationId: string; action: OperatorChange; iccid: string },
): Promise<void> {
  const events = await world.all<{ at: string; type: string; operationId?: string }>(`/v1/sims/${iccid}/events`);
  const steps = events.filter((event) => event.operationId === operationId);
  const end = steps.find(({ type }) => type === `sim.${eventNames[action]}_failed`);
  const start = steps.find(({ type }) => type === `sim.${eventNames[action]}_requested`);
  const days = (Date.parse(end?.at ?? '') - Date.parse(start?.at ?? '')) / DAY_MS;
  const isRequested = action === 'activate' || start !== undefined;
  ensure(
    !isRequested || days >= CONFIRM_WITHIN_DAYS,
    () => `The ${eventNames[action]} of ${world.nameOf(iccid)} failed without an answer after only ${days} days`,
  );
}

/** What the staff have reported about a SIM; undefined when they do not change it. */
function byHandOf(model: Model, world: World, operationId: string, { iccid, operator }: Sim): ByHand | undefined {
  if (model.connectivity !== 'manual' || operator !== world.ownOperator) {
    return undefined;
  }
  const refused = model.refusedByHand.get(operationId);
  return refused === undefined ? 'open' : refused.has(iccid) ? 'refused' : 'changed';
}

/** Applies the outcome of a SIM to the model. */
function applyOutcome(
  model: Model,
  world: World,
  { operationId, iccid, outcome }: { operationId: string; iccid: string; outcome: string },
  request: ActionRequest,
  since: readonly Behaviour[] | undefined,
): void {
  const before = model.sims.get(iccid);
  if (!before) {
    ensure(
      iccid === UNKNOWN_ICCID && outcome === 'not_found',
      () => `${request.action} of an unknown SIM has the outcome ${outcome}`,
    );
    return;
  }
  const could = before.flatMap((sim) =>
    possibleOutcomes(
      model,
      sim,
      request,
      since ?? [behaviourOf(model, sim.operator)],
      byHandOf(model, world, operationId, sim),
    ),
  );
  const after = could.filter((one) => one.outcome === outcome).map(({ sim }) => sim);
  ensure(after.length > 0, () => {
    const allowed = [...new Set(could.map((one) => one.outcome))].join(' or ');
    return `${request.action} of ${world.nameOf(iccid)} has the outcome ${outcome}, not ${allowed}; the SIM was ${JSON.stringify(before)}`;
  });
  model.sims.set(iccid, after);
}

/** Runs a bulk action and compares its results with the model and, with `dry`, with those of a preceding dry run. */
export async function runAction(
  model: Model,
  world: World,
  request: ActionRequest,
  selected: Selected,
  { body, dry, twice }: { body: object; dry: boolean; twice: boolean },
): Promise<void> {
  const path = `/v1/sims/${request.action}`;
  const promised = dry ? await dryRun(model, world, path, request, selected, body) : undefined;
  const answer = await world.post<SeenOperation>(path, { select: selected.select, ...body }, twice);
  const { id } = expectStatus(202, answer);
  nameOperation(model, world, id);
  const outcomes = await applyResults(model, world, await finishOperation(model, world, id), request, selected);
  for (const [iccid, said] of promised ?? []) {
    const came = outcomes.get(iccid) ?? 'nothing';
    // A dry run cannot predict the operator's answer.
    const isKept = said === came || (said === 'succeeded' && came.startsWith('operator_'));
    ensure(isKept, () => `For ${world.nameOf(iccid)}, the dry run returned ${said} and the real run ${came}`);
  }
}

type DryRun = {
  total: number;
  eligible: number;
  unchanged: number;
  ineligible: number;
  byCode: Record<string, number>;
  results: { iccid: string; eligible: boolean; problem?: { code: string } }[];
};

/** Requests a dry run and compares it with the model. @returns the outcomes of SIMs that cannot change meanwhile */
export async function dryRun(
  model: Model,
  world: World,
  path: string,
  request: ActionRequest,
  { select, must, may }: Selected,
  body: object,
): Promise<Map<string, string>> {
  const answer = await world.post<DryRun>(path, { select, ...body, dryRun: true });
  const { total, eligible, unchanged, ineligible, byCode, results } = expectStatus(200, answer);
  const said = new Map(results.map(({ iccid, problem }) => [iccid, problem?.code ?? 'succeeded']));
  const codes = [...said.values()].filter((code) => code !== 'succeeded');
  const isSound =
    total === results.length &&
    said.size === total &&
    ineligible === codes.length &&
    eligible + ineligible === total &&
    unchanged <= eligible &&
    Object.entries(byCode).every(([code, count]) => codes.filter((one) => one === code).length === count) &&
    must.every((iccid) => said.has(iccid)) &&
    [...said.keys()].every((iccid) => may.includes(iccid));
  ensure(
    isSound,
    () => `The dry run has wrong counts, or other SIMs than ${nameSims(world, must)}: ${formatAnswer(answer)}`,
  );
  for (const [iccid, code] of said) {
    const allowed = dryRunOutcomes(model, iccid, request);
    ensure(
      allowed.has(code),
      () => `The dry run returned ${code} for ${world.nameOf(iccid)}, not ${[...allowed].join(' or ')}`,
    );
  }
  // A late confirmation may change a SIM meanwhile.
  return new Map([...said].filter(([iccid]) => !model.sims.get(iccid)?.some(mayChange)));
}

function summary(outcomes: ReadonlyMap<string, string>): string {
  const counts = Map.groupBy(outcomes.values(), (outcome) => outcome);
  return [...counts].map(([outcome, { length }]) => `${length} ${outcome}`).join(', ') || 'no SIMs';
}
