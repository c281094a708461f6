import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { bulkCommands, land } from './bulk-commands.ts';
import { callOff } from './call-off.ts';
import { check, type Looks } from './check.ts';
import { behave, type Command, type Real } from './command.ts';
import { type Model, type OperatorId, wellBehaved } from './model.ts';
import { operatorCommands } from './operator-commands.ts';
import { firstOrder, orderCommands } from './order-commands.ts';
import { act } from './outcome.ts';
import { fitting, nameSims } from './selection.ts';
import { deleteService, serviceCommands } from './service-commands.ts';
import { settle } from './settle.ts';
import { is, openWorld, type World } from './world.ts';

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
  const take = (name: string) => {
    result.steps += 1;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };

  /** Runs the histories of a lane. The parity of the seed selects the operators, also when replayed. */
  async function lane(first: number): Promise<void> {
    for (let own = first; failure === undefined && result.steps < steps; own += lanes) {
      const found = await oneHistory({
        url,
        seed: own,
        replay,
        onStep,
        maxCommands,
        shrinkForMs,
        take,
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
  take: Real['taken'];
};

/** @returns how the system disagrees with the model, in the shortest history found; nothing when it agrees */
async function oneHistory({
  url,
  seed,
  replay,
  onStep,
  operators,
  take,
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
    const { model, real } = await begin(url, operators, take, onStep && ((line) => onStep(`${seed}: ${line}`)));
    try {
      await fc.asyncModelRun(() => ({ model, real }), steps);
      await end(model, real);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      failedAt ??= performance.now();
      onStep?.(`${seed}: ! ${what}`);
      throw new Error(
        `${real.world.script.map((line, place) => `${`${place + 1}`.padStart(3)}  ${line}`).join('\n')}\n   !  ${what}`,
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
    `The system disagrees with the model (seed ${seed}, cut down ${numShrinks} times):\n\n${script}\n\n` +
    `To run it again: npm run model -- --seed ${seed} --max-commands ${maxCommands} --path '${counterexamplePath}' --commands '${commandsPath}'`
  );
}

function commands(): fc.Arbitrary<Command>[] {
  return [...orderCommands, ...bulkCommands, ...serviceCommands, ...operatorCommands].flatMap(([often, command]) =>
    Array<fc.Arbitrary<Command>>(often).fill(command),
  );
}

/** Sets up a partner: four partner services, two customers, four customer services, and an order of SIMs. */
async function begin(
  url: string,
  operators: readonly [OperatorId, OperatorId],
  taken: Real['taken'],
  onStep?: (line: string) => void,
): Promise<{ model: Model; real: Real }> {
  const world = await openWorld(url, `model-${randomUUID()}`, operators, onStep);
  const tariffs = await world.all<{ id: string; operatorIds: OperatorId[] }>('/v1/tariffs');
  const partnerServices = await world.all<{ id: string; holding: boolean }>('/v1/partner-services');
  const model: Model = {
    sims: new Map(),
    orders: new Map(),
    operations: new Map(),
    flights: new Map(),
    scheduled: new Map(),
    tariffs: new Map(tariffs.map(({ id, operatorIds }) => [id, operatorIds])),
    stocks: new Map(),
    holding: new Set(partnerServices.filter(({ holding }) => holding).map(({ id }) => id)),
    customers: new Map(),
    services: new Map(),
    deleted: [],
    operators: new Map(),
  };
  for (const operator of operators) {
    await behave(model, world, operator, wellBehaved);
  }
  world.script.length = 0;
  for (const tariff of ['trf_partner_all', 'trf_partner_all', 'trf_partner_isles', 'trf_partner_continent']) {
    const name = `stock ${model.stocks.size + 1}`;
    const made = is(201, await world.post<{ id: string }>('/v1/partner-services', { name, tariffId: tariff }));
    world.call(made.id, name);
    model.stocks.set(made.id, { tariff });
  }
  for (const of of [
    ['trf_customer_all', 'trf_customer_pool'],
    ['trf_customer_all', 'trf_customer_3uk'],
  ]) {
    await makeCustomer(model, world, of);
  }
  const looks: Looks = { taken: 0, versions: new Map() };
  const real = { world, looks, taken };
  await firstOrder.run(model, real);
  return { model, real };
}

async function makeCustomer(model: Model, world: World, tariffs: readonly string[]): Promise<void> {
  const name = `customer ${model.customers.size + 1}`;
  const customer = is(201, await world.post<{ id: string; version: number }>('/v1/customers', { name }));
  world.call(customer.id, name);
  model.customers.set(customer.id, { name, version: customer.version });
  for (const tariff of tariffs) {
    const service = { customerId: customer.id, tariffId: tariff, name: `Of ${tariff}` };
    const made = is(201, await world.post<{ id: string }>('/v1/customer-services', service));
    world.call(made.id, `service ${model.services.size + 1}`);
    model.services.set(made.id, { customer: customer.id, tariff, name: service.name });
  }
}

/**
 * Finishes pending work and returns the SIMs to stock. Each service without SIMs can then be deleted, which verifies its count of
 * SIMs over the whole history.
 */
async function end(model: Model, { world, looks }: Real): Promise<void> {
  for (const id of [...model.scheduled.keys()]) {
    await callOff(model, world, id);
  }
  for (const operator of world.operators) {
    await behave(model, world, operator, wellBehaved);
  }
  for (const id of model.flights.keys()) {
    await land(model, world, id);
  }
  for (const order of model.orders.values()) {
    if (order.behaviours) {
      await settle(model, world, order);
    }
  }
  await check(model, world, looks);
  for (const action of ['suspend', 'unassign'] as const) {
    const iccids = fitting(model, action);
    world.says(`${action} ${nameSims(world, iccids)}`);
    const selected = { select: { iccids }, must: iccids, may: iccids, told: '' };
    await act(model, world, { action }, selected, { body: {}, dry: false, twice: false });
    await check(model, world, looks);
  }
  for (const id of [...model.services.keys()]) {
    await deleteService(model, world, id);
  }
  await check(model, world, looks);
}
