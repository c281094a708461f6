import { randomInt } from 'node:crypto';
import pMap from 'p-map';
import { asId } from '../../domain/ids.ts';
import { oneOf, runCommand, wholeNumber } from '../../tools/command.ts';
import { runAndReport } from '../model/model-report.ts';
import { prepareChangesLife } from './changes-life.ts';
import { type ChaosCloud, startChaosCloud } from './chaos-cloud.ts';
import { prepareControlCenterLife } from './control-center-life.ts';
import { prepareDifferencesLife } from './differences-life.ts';
import { type Fault, faultDescriptions, faults } from './faults.ts';
import { prepareAcceleratorLife, prepareLife } from './life.ts';
import { prepareReplacementLife } from './replacement-life.ts';
import type { Point, Trial } from './watch.ts';

// npm run chaos: runs lives of a partner's SIMs with a fault in each of their calls, then random histories against the model (docs/reliability.md).

const usage = `npm run chaos -- [options]
  --match <texts>     only calls whose name contains one of these texts, separated by commas: "WorkflowMigrate:,PutItem SIM"
  --fault <faults>    only some of the faults: ${faults.join(',')}
  --every <n>         only every nth trial
  --life <lives>      only some of the lives: order,changes,replacement,accelerator,control-center,differences
  --concurrency 6     the number of concurrent lives
  --list              lists the calls without trials
  --steps <n>         the steps of random histories afterwards. Default: 10000, or none with --match, --fault, --every or --life`;

const STEPS = 10_000;

/** Of a call that is made more often, such as reading the page of a walk, this many are tried, from the first to the last. */
const MAX_PER_CALL = 30;

const lives: readonly LifeKind[] = [
  { name: 'order', title: 'An order and a bulk operation', prepare: prepareLife },
  { name: 'changes', title: 'Changes that take time', prepare: prepareChangesLife },
  { name: 'replacement', title: 'Replacements of SIMs', prepare: prepareReplacementLife },
  { name: 'accelerator', title: 'An order and a bulk operation on IoT Accelerator', prepare: prepareAcceleratorLife },
  {
    name: 'control-center',
    title: 'Changes in turns and usage totals on Control Center',
    prepare: prepareControlCenterLife,
  },
  { name: 'differences', title: 'Operators that change SIMs by themselves', prepare: prepareDifferencesLife },
];
const lifeNames = lives.map(({ name }) => name);

await runCommand(
  {
    usage,
    options: {
      match: { type: 'string' },
      fault: { type: 'string' },
      every: { type: 'string' },
      life: { type: 'string' },
      concurrency: { type: 'string', default: '6' },
      list: { type: 'boolean', default: false },
      steps: { type: 'string' },
    },
  },
  async ({ values: { match, fault, every, life, concurrency, list, steps } }) => {
    const chosen = fault?.split(',').map((text) => oneOf('--fault', text, faults));
    for (const text of life?.split(',') ?? []) {
      oneOf('--life', text, lifeNames);
    }
    const isWhole = match === undefined && fault === undefined && every === undefined && life === undefined;
    const historySteps = steps === undefined ? (isWhole ? STEPS : 0) : wholeNumber('--steps', steps);
    const passes = await runTrials({
      lives: lives.filter(({ name }) => life?.split(',').includes(name) ?? true),
      match: (match ?? '').split(','),
      faults: faults.filter((known) => chosen?.includes(known) ?? true),
      every: wholeNumber('--every', every ?? '1'),
      concurrency: wholeNumber('--concurrency', concurrency),
      list,
    });
    if (historySteps === 0 || list) {
      return passes ? 0 : 1;
    }
    process.stdout.write(`\n${historySteps} steps of random histories:\n`);
    return (await runAndReport({ steps: historySteps, seed: randomInt(1_000_000) })) && passes ? 0 : 1;
  },
);

type LifeKind = { name: string; title: string; prepare: typeof prepareLife };

type TrialOptions = {
  lives: readonly LifeKind[];
  match: readonly string[];
  faults: readonly Fault[];
  every: number;
  concurrency: number;
  list: boolean;
};

/** Runs every chosen fault in every chosen call. @returns whether all lives ended as those without a fault. */
async function runTrials(options: TrialOptions): Promise<boolean> {
  const chaos = await startChaosCloud();
  try {
    let passes = true;
    for (const kind of options.lives) {
      passes = (await runTrialsOn(chaos, kind, options)) && passes;
    }
    return passes;
  } finally {
    await chaos.stop();
  }
}

async function runTrialsOn({ cloud, watch }: ChaosCloud, kind: LifeKind, options: TrialOptions): Promise<boolean> {
  let count = 0;
  const reference = await Promise.all([runLife(), runLife()]);
  const [first] = reference;
  const unlike = reference.find(({ account }) => account.join('\n') !== first.account.join('\n'));
  if (unlike) {
    throw new Error(`Two lives without faults differ:\n${difference(first.account, unlike.account)}`);
  }
  const points = pointsOf(reference.map(({ counts }) => counts)).filter(({ name }) =>
    options.match.some((text) => name.includes(text)),
  );
  process.stdout.write(`${formatPoints(kind.title, points)}\n`);
  if (options.list) {
    return true;
  }
  const trials = points
    .flatMap((point) => options.faults.map((fault): Trial => ({ point, fault })))
    .filter((_, index) => index % options.every === 0);
  process.stdout.write(`\n${trials.length} trials, each a new life with one fault:\n`);
  for (const fault of options.faults) {
    process.stdout.write(`  ${fault.padEnd(14)}${faultDescriptions[fault]}\n`);
  }

  const failures: string[] = [];
  let missed = 0;
  let done = 0;
  await pMap(
    trials,
    async (trial) => {
      const { problem, wasHit } = await runTrial(trial, first.account);
      done += 1;
      missed += wasHit ? 0 : 1;
      if (problem !== undefined) {
        failures.push(problem);
        process.stdout.write(`\n${problem}\n`);
      }
      if (done % 50 === 0) {
        process.stderr.write(`  ${done} of ${trials.length} trials, ${failures.length} failed\n`);
      }
    },
    { concurrency: options.concurrency },
  );
  process.stdout.write(
    `\n${trials.length} trials: ${trials.length - missed} faults occurred, ${missed} did not, ${failures.length} lives failed\n`,
  );
  return failures.length === 0;

  /** Runs a life of a new partner. */
  async function runLife(trial?: Trial) {
    count += 1;
    const life = await kind.prepare(cloud, asId('partner', `life-${process.pid}-${lives.indexOf(kind) + 1}${count}`));
    watch.begin(life.partnerId, trial);
    const problem = await life.run().catch((error: unknown) => error);
    const ended = watch.end(life.partnerId);
    if (problem !== undefined) {
      throw problem;
    }
    return { account: await life.account(), ...ended };
  }

  /** Runs a trial. @returns the problem, if any, and whether the fault occurred. */
  async function runTrial(trial: Trial, expected: readonly string[]) {
    const title = `${trial.point.name}, number ${trial.point.nth}, ${trial.fault}`;
    try {
      const { account, wasHit } = await runLife(trial);
      const wrong = difference(expected, account);
      return { wasHit, problem: wrong === '' ? undefined : `${title}\n${wrong}` };
    } catch (error) {
      return { wasHit: true, problem: `${title}\n  ${error instanceof Error ? error.message : String(error)}` };
    }
  }
}

/** Lists the calls of the lives. Calls for all partners, such as queries of due items, repeat constantly and are tried once. */
function pointsOf(counts: readonly ReadonlyMap<string, number>[]): Point[] {
  const most = new Map<string, number>();
  for (const [name, count] of counts.flatMap((one) => [...one])) {
    most.set(name, name.endsWith('(of all)') ? 1 : Math.max(count, most.get(name) ?? 0));
  }
  return [...most]
    .sort(([one], [other]) => one.localeCompare(other))
    .flatMap(([name, count]) => {
      const tried = Math.min(count, MAX_PER_CALL);
      return Array.from({ length: tried }, (_, index) => ({ name, nth: 1 + Math.floor((index * count) / tried) }));
    });
}

function formatPoints(title: string, points: readonly Point[]): string {
  const counts = new Map<string, number>();
  for (const { name } of points) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const lines = [...counts].map(([name, count]) => `${String(count).padStart(5)}  ${name}`);
  return [`${title}: ${points.length} calls`, ...lines].join('\n');
}

/** Lists missing and unexpected lines. */
function difference(expected: readonly string[], seen: readonly string[]): string {
  return [
    ...expected.filter((line) => !seen.includes(line)).map((line) => `  expected  ${line}`),
    ...seen.filter((line) => !expected.includes(line)).map((line) => `  actual    ${line}`),
  ].join('\n');
}
