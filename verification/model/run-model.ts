import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { bulkCommands } from './bulk-commands.ts';
import { cancelScheduled } from './cancel-scheduled.ts';
import { type CheckState, check } from './check.ts';
import { type Command, type Real, setBehaviour } from './command.ts';
import { fileCommands } from './file-commands.ts';
import { finishOrder } from './finish-order.ts';
import { manifestCommands } from './manifest-commands.ts';
import { manualCommands } from './manual-commands.ts';
import { endOldOrders, finishManualOrder } from './manual-reports.ts';
import { completeTasks } from './manual-tasks.ts';
import { guideMultiples, type Model, type OperatorId, wellBehaved } from './model.ts';
import { operatorCommands } from './operator-commands.ts';
import { firstOrder, orderCommands } from './order-commands.ts';
import { ownChangeCommands } from './own-changes.ts';
import { createOwnOperator, firstSettings, ownOperatorCommands, setOwnOperator } from './own-operator.ts';
import { replacementCommands } from './replacement-commands.ts';
import { runAction } from './results.ts';
import { applicableSims, nameSims } from './selection.ts';
import { deleteService, serviceCommands } from './service-commands.ts';
import { finishSlowChange, slowChangeCommands } from './slow-changes.ts';
import { tariffCommands } from './tariff-commands.ts';
import { expectStatus, openWorld, type World } from './world.ts';

/** The options of a run. */
export type ModelRun = {
  /** The URL of a local cloud whose operators only this run controls. */
  url: string;
  /** The number of steps after which no new history starts. */
  steps: number;
  /** The same seed produces the same histories. */
  seed: number;
  /** The maximum number of commands per history. Default: 100. Inapplicable commands are skipped. */
  maxCommands?: number | undefined;
  /** The time limit for shrinking a failure, in real milliseconds. Default: four minutes. */
  shrinkForMs?: number | undefined;
  /** Receives a line for each finished history. */
  log?: (line: string) => void;
  /** Receives each step as it runs. */
  onStep?: ((line: string) => void) | undefined;
  /** Replays one history, with the values from a failure report. */
  replay?: { path: string; commands: string } | undefined;
  /** The number of concurrent histories, each with its own two operators. Default: 2. */
  lanes?: 1 | 2;
};

export type ModelResult = {
  /** The number of steps, including those of shrinking. */
  steps: number;
  histories: number;
  /** The number of steps of each kind. */
  counts: ReadonlyMap<string, number>;
  /** The shortest failing history found, as a script, and how to replay it. */
  failure?: string;
};

const MAX_COMMANDS = 100;
/** The default time limit for shrinking. */
const SHRINK_FOR_MS = 240_000;
const inFirstLane = ['a1', 'orange'] as const;
const lanesOperators: readonly (readonly [OperatorId, OperatorId])[] = [inFirstLane, ['3uk', '3ireland']];

/**
 * Runs random histories of a partner's fleet over HTTP and compares each step with the model (`model.ts`). Each history has its own
 * partner, also while shrinking. Stops at the first failure.
 */
export async function runModel({
  url,
  steps,
  seed,
  replay,
  lanes = 2,
  onStep,
  maxCommands,
  shrinkForMs,
  log = () => undefined,
}: ModelRun): Promise<ModelResult> {
  const counts = new Map<string, number>();
  const result = { steps: 0, histories: 0, counts };
  let failure: string | undefined;
  const countStep = (name: string) => {
    result.steps += 1;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };

  /** Runs the histories of a lane. The parity of the seed selects the operators, also when replayed. */
  async function lane(first: number): Promise<void> {
    for (let own = first; failure === undefined && result.steps < steps; own += lanes) {
      const found = await runHistory({
        url,
        seed: own,
        replay,
        onStep,
        maxCommands,
        shrinkForMs,
        countStep,
        operators: lanesOperators[own % 2] ?? inFirstLane,
      });
      result.histories += 1;
      failure ??= found;
      log(`history ${own} ${found === undefined ? 'agrees' : 'disagrees'}; ${result.steps} steps in all`);
      if (replay) {
        return;
      }
    }
  }

  await Promise.all(Array.from({ length: replay ? 1 : lanes }, (_, of) => lane(seed + of)));
  return { ...result, ...(failure === undefined ? {} : { failure }) };
}

type HistoryRun = Pick<ModelRun, 'url' | 'seed' | 'replay' | 'onStep' | 'maxCommands' | 'shrinkForMs'> & {
  operators: readonly [OperatorId, OperatorId];
  countStep: Real['onStep'];
};

/** @returns the shortest history found in which the system disagrees with the model; undefined when it agrees */
async function runHistory({
  url,
  seed,
  replay,
  onStep,
  operators,
  countStep,
  maxCommands = MAX_COMMANDS,
  shrinkForMs = SHRINK_FOR_MS,
}: HistoryRun): Promise<string | undefined> {
  const history = fc.commands(commands(), {
    maxCommands: maxCommands,
    size: 'max',
    ...(replay && { replayPath: replay.commands }),
  });
  let failedAt: number | undefined;
  let isReplayed = false;
  const property = fc.asyncProperty(history, async (steps) => {
    const isLate = failedAt !== undefined && performance.now() - failedAt > shrinkForMs;
    if (isLate || (replay && isReplayed)) {
      // Stop shrinking. During a replay, skip the neighbours of the replayed history.
      return;
    }
    isReplayed = true;
    const { model, real } = await setUp(url, operators, countStep, onStep && ((line) => onStep(`${seed}: ${line}`)));
    try {
      await fc.asyncModelRun(() => ({ model, real }), steps);
      await end(model, real);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      failedAt ??= performance.now();
      onStep?.(`${seed}: ! ${what}`);
      throw new Error(
        `${real.world.script.map((line, index) => `${`${index + 1}`.padStart(3)}  ${line}`).join('\n')}\n   !  ${what}`,
        { cause: error },
      );
    }
  });
  const details = await fc.check(property, {
    seed,
    numRuns: 1,
    unbiased: true,
    // Do not shrink a replayed history further.
    ...(replay && { path: replay.path, endOnFailure: true }),
  });
  if (!details.failed || details.counterexample === null) {
    return undefined;
  }
  return describe(seed, maxCommands, details);
}

function describe(seed: number, maxCommands: number, details: fc.RunDetails<[Iterable<Command>]>): string {
  const { errorInstance, counterexamplePath, numShrinks, counterexample } = details;
  const commandsPath = /replayPath="([^"]*)"/.exec(String(counterexample?.[0]))?.[1] ?? '';
  const script = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return (
    `The system disagrees with the model (seed ${seed}, shrunk ${numShrinks} times):\n\n${script}\n\n` +
    `To replay it: npm run model -- --seed ${seed} --max-commands ${maxCommands} --path '${counterexamplePath}' --commands '${commandsPath}'`
  );
}

function commands(): fc.Arbitrary<Command>[] {
  return [
    ...orderCommands,
    ...manualCommands,
    ...manifestCommands,
    ...fileCommands,
    ...bulkCommands,
    ...replacementCommands,
    ...slowChangeCommands,
    ...serviceCommands,
    ...tariffCommands,
    ...operatorCommands,
    ...ownOperatorCommands,
    ...ownChangeCommands,
  ].flatMap(([often, command]) => Array<fc.Arbitrary<Command>>(often).fill(command));
}

/** Sets up a partner: five partner services, two customers, five customer services, its own operator, and an order of SIMs. */
async function setUp(
  url: string,
  operators: readonly [OperatorId, OperatorId],
  countStep: Real['onStep'],
  onLine?: (line: string) => void,
): Promise<{ model: Model; real: Real }> {
  const world = await openWorld(url, `model-${randomUUID()}`, operators, onLine);
  const own = await createOwnOperator(world);
  const tariffs = await world.all<{ id: string; operatorIds: OperatorId[] }>('/v1/tariffs');
  const partnerServices = await world.all<{ id: string; holding: boolean }>('/v1/partner-services');
  const model: Model = {
    sims: new Map(),
    orders: new Map(),
    operations: new Map(),
    replacements: new Map(),
    slowChanges: new Map(),
    scheduled: new Map(),
    tariffs: new Map(tariffs.map(({ id, operatorIds }) => [id, operatorIds])),
    partnerServices: new Map(),
    holding: new Set(partnerServices.filter(({ holding }) => holding).map(({ id }) => id)),
    customers: new Map(),
    services: new Map(),
    deleted: [],
    deletedStocks: new Set(),
    operators: new Map(),
    multiples: new Map(guideMultiples),
    ordering: firstSettings.ordering,
    connectivity: firstSettings.connectivity,
    refusedByHand: new Map(),
  };
  await setOwnOperator(model, world, firstSettings);
  for (const operator of [...operators, world.ownOperator]) {
    await setBehaviour(model, world, operator, wellBehaved);
  }
  world.script.length = 0;
  const partnerTariffs = [
    'trf_partner_all',
    'trf_partner_all',
    'trf_partner_isles',
    'trf_partner_continent',
    own.partner,
  ];
  for (const tariff of partnerTariffs) {
    const name = `partner service ${model.partnerServices.size + 1}`;
    const made = expectStatus(
      201,
      await world.post<{ id: string }>('/v1/partner-services', { name, tariffId: tariff }),
    );
    world.setName(made.id, name);
    model.partnerServices.set(made.id, { tariff, name });
  }
  for (const of of [
    ['trf_customer_all', 'trf_customer_pool', own.customer],
    ['trf_customer_all', 'trf_customer_3uk'],
  ]) {
    await makeCustomer(model, world, of);
  }
  const checks: CheckState = { count: 0, versions: new Map() };
  const real: Real = { world, checks, onStep: countStep, beforeStep: endOldOrders };
  await firstOrder.run(model, real);
  return { model, real };
}

async function makeCustomer(model: Model, world: World, tariffs: readonly string[]): Promise<void> {
  const name = `customer ${model.customers.size + 1}`;
  const customer = expectStatus(201, await world.post<{ id: string; version: number }>('/v1/customers', { name }));
  world.setName(customer.id, name);
  model.customers.set(customer.id, { name, version: customer.version });
  for (const tariff of tariffs) {
    const service = { customerId: customer.id, tariffId: tariff, name: `Of ${tariff}` };
    const made = expectStatus(201, await world.post<{ id: string }>('/v1/customer-services', service));
    world.setName(made.id, `service ${model.services.size + 1}`);
    model.services.set(made.id, { customer: customer.id, tariff, name: service.name });
  }
}

/**
 * Finishes pending work and returns the SIMs to stock. Each service without SIMs can then be deleted, which verifies its count of
 * SIMs over the whole history.
 */
async function end(model: Model, { world, checks }: Real): Promise<void> {
  for (const id of [...model.scheduled.keys()]) {
    await cancelScheduled(model, world, id);
  }
  for (const operator of [...world.operators, world.ownOperator]) {
    await setBehaviour(model, world, operator, wellBehaved);
  }
  for (const id of [...model.slowChanges.keys()]) {
    await finishSlowChange(model, world, id);
  }
  for (const order of model.orders.values()) {
    if (order.behaviours) {
      await finishOrder(model, world, order);
    } else if (order.manual) {
      await finishManualOrder(model, world, order, order.manual);
    }
  }
  // Tasks of operations that have ended: SIMs change late, or their bars are put right.
  await completeTasks(model, world);
  await check(model, world, checks);
  for (const action of ['suspend', 'unassign'] as const) {
    const iccids = applicableSims(model, action);
    world.log(`${action} ${nameSims(world, iccids)}`);
    const selected = { select: { iccids }, must: iccids, may: iccids, description: '' };
    await runAction(model, world, { action }, selected, { body: {}, dry: false, twice: false });
    await check(model, world, checks);
  }
  for (const id of [...model.services.keys()]) {
    await deleteService(model, world, id);
  }
  await check(model, world, checks);
}
