import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import pMap from 'p-map';
import { StartError } from '../../local/start-error.ts';
import { runAndReport } from '../model/model-report.ts';
import { type ChaosCloud, startChaosCloud } from './chaos-cloud.ts';
import { faults, faultsInWords } from './faults.ts';
import { prepareLife } from './life.ts';
import type { Point, Trial } from './watch.ts';

// npm run chaos: runs an order and a bulk operation with a fault in each of their calls, then random histories against the model
// (docs/reliability.md).

const usage = `npm run chaos -- [options]
  --match <texts>    only calls whose name has one of these in it, with commas between: "WorkflowMigrate:,PutItem SIM"
  --fault <faults>   only some of the faults: ${faults.join(',')}
  --every <n>        every nth trial alone; all, when left out
  --together <n>     lives at a time; 6, when left out
  --list             tells the calls, and tries none
  --steps <n>        steps of random histories afterwards; 10000 when left out, none beside --match, --fault or --every`;

const STEPS = 10_000;

process.env.TZ = 'UTC';
const options = read(process.argv.slice(2));
const chaos = await startChaosCloud();
let lives = 0;
let code = 1;
try {
  code = await run(chaos);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
await chaos.stop();
if (options.steps > 0 && !options.list) {
  process.stdout.write(`\n${options.steps} steps of random histories:\n`);
  code = (await runAndReport({ steps: options.steps, seed: randomInt(1_000_000) })) ? code : 1;
}
process.exit(code);

async function run({ watch }: ChaosCloud): Promise<number> {
  const reference = await Promise.all([live(), live()]);
  const [first] = reference;
  const unlike = reference.find(({ account }) => account.join('\n') !== first.account.join('\n'));
  if (unlike) {
    throw new Error(`Two lives without a fault differ:\n${difference(first.account, unlike.account)}`);
  }
  const points = pointsOf(reference.map(({ counts }) => counts)).filter(({ name }) =>
    options.match.some((text) => name.includes(text)),
  );
  process.stdout.write(`${formatPoints(points)}\n`);
  if (options.list) {
    return 0;
  }
  const trials = points
    .flatMap((point) => options.faults.map((fault): Trial => ({ point, fault })))
    .filter((_, place) => place % options.every === 0);
  process.stdout.write(`\n${trials.length} trials, each a life of its own with one fault:\n`);
  for (const fault of options.faults) {
    process.stdout.write(`  ${fault.padEnd(14)}${faultsInWords[fault]}\n`);
  }

  const failures: string[] = [];
  let missed = 0;
  let done = 0;
  await pMap(
    trials,
    async (trial) => {
      const { problem, wasHit } = await tryOut(trial, first.account);
      done += 1;
      missed += wasHit ? 0 : 1;
      if (problem !== undefined) {
        failures.push(problem);
        process.stdout.write(`\n${problem}\n`);
      }
      if (done % 50 === 0) {
        process.stderr.write(`  ${done} of ${trials.length}, ${failures.length} went wrong\n`);
      }
    },
    { concurrency: options.together },
  );
  process.stdout.write(
    `\n${trials.length} trials: ${trials.length - missed} faults came about, ${missed} did not, ${failures.length} lives went wrong\n`,
  );
  return failures.length === 0 ? 0 : 1;

  /** Runs a life of a new partner. */
  async function live(trial?: Trial) {
    lives += 1;
    const life = await prepareLife(chaos.cloud, `life-${process.pid}-${lives}`);
    watch.begin(life.partnerId, trial);
    const problem = await life.goOn().catch((error: unknown) => error);
    const ended = watch.end(life.partnerId);
    if (problem !== undefined) {
      throw problem;
    }
    return { account: await life.account(), ...ended };
  }

  /** Runs a trial. @returns the problem, if any, and whether the fault occurred. */
  async function tryOut(trial: Trial, expected: readonly string[]) {
    const title = `${trial.point.name}, number ${trial.point.nth}, ${trial.fault}`;
    try {
      const { account, wasHit } = await live(trial);
      const wrong = difference(expected, account);
      return { wasHit, problem: wrong === '' ? undefined : `${title}\n${wrong}` };
    } catch (error) {
      return { wasHit: true, problem: `${title}\n  ${error instanceof Error ? error.message : String(error)}` };
    }
  }
}

/** Lists every call of the lives. Calls for all partners, such as queries of due items, repeat constantly and are tried once. */
function pointsOf(counts: readonly ReadonlyMap<string, number>[]): Point[] {
  const most = new Map<string, number>();
  for (const [name, count] of counts.flatMap((one) => [...one])) {
    most.set(name, name.endsWith('(of all)') ? 1 : Math.max(count, most.get(name) ?? 0));
  }
  return [...most]
    .sort(([one], [other]) => one.localeCompare(other))
    .flatMap(([name, count]) => Array.from({ length: count }, (_, place) => ({ name, nth: place + 1 })));
}

function formatPoints(points: readonly Point[]): string {
  const counts = new Map<string, number>();
  for (const { name } of points) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const lines = [...counts].map(([name, count]) => `${String(count).padStart(5)}  ${name}`);
  return [`${points.length} calls are made for an order and a bulk operation:`, ...lines].join('\n');
}

/** Lists missing and unexpected lines. */
function difference(expected: readonly string[], seen: readonly string[]): string {
  return [
    ...expected.filter((line) => !seen.includes(line)).map((line) => `  should be  ${line}`),
    ...seen.filter((line) => !expected.includes(line)).map((line) => `  is         ${line}`),
  ].join('\n');
}

/** @throws StartError when an option is invalid */
function read(args: string[]) {
  const {
    match,
    fault,
    every,
    together = '6',
    list = false,
    steps,
  } = parseArgs({
    args,
    options: {
      match: { type: 'string' },
      fault: { type: 'string' },
      every: { type: 'string' },
      together: { type: 'string' },
      list: { type: 'boolean' },
      steps: { type: 'string' },
    },
  }).values;
  const wanted = fault?.split(',') ?? [...faults];
  const unknown = wanted.find((text) => !faults.some((known) => known === text));
  if (unknown !== undefined) {
    throw new StartError(`--fault takes ${faults.join(', ')}, not "${unknown}".\n\n${usage}`);
  }
  const isWhole = match === undefined && fault === undefined && every === undefined;
  return {
    match: (match ?? '').split(','),
    faults: faults.filter((known) => wanted.includes(known)),
    every: numberIn('--every', every ?? '1'),
    together: numberIn('--together', together),
    list,
    steps: steps === undefined ? (isWhole ? STEPS : 0) : numberIn('--steps', steps),
  };
}

function numberIn(option: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) {
    throw new StartError(`${option} takes a number above 0, not "${text}".\n\n${usage}`);
  }
  return Number(text);
}
