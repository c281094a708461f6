import { parseArgs } from 'node:util';
import { StartError } from '../../local/start-error.ts';
import { runAndReport } from './model-report.ts';
import type { ModelRun } from './run-model.ts';

// npm run model: compares random histories over the HTTP API of a local cloud with the model. Exits with 0 when the system always
// agrees; else with 1, the shortest failing history found, and how to replay it.

const usage = `npm run model -- [options]
  --steps 1000        how many steps
  --seed 1            the same seed makes the same histories; drawn, when left out
  --longest 100       commands in one history, at the most
  --verbose           tells each step as it is taken
  --path, --commands  replays one history: as a failure tells`;

// Use Lambda's time zone.
process.env.TZ = 'UTC';

try {
  process.exit((await runAndReport(read(process.argv.slice(2)))) ? 0 : 1);
} catch (error) {
  const refused = error instanceof StartError ? error.message : undefined;
  process.stderr.write(`${refused ?? (error instanceof Error ? error.stack : error)}\n`);
  process.exit(1);
}

/** @throws StartError when an option is invalid */
function read(args: string[]): Pick<ModelRun, 'steps' | 'seed' | 'replay' | 'longest' | 'hear'> {
  const { steps, path, commands, verbose, ...numbers } = parsed(args);
  const began = performance.now();
  const tell = (line: string) =>
    process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)}  ${line}\n`);
  const run = {
    hear: verbose ? tell : undefined,
    seed: wholeNumber('--seed', numbers.seed),
    longest: wholeNumber('--longest', numbers.longest),
  };
  if (path !== undefined && commands !== undefined) {
    return { ...run, steps: 1, replay: { path, commands } };
  }
  return { ...run, steps: wholeNumber('--steps', steps) };
}

function parsed(args: string[]) {
  try {
    const options = {
      steps: { type: 'string', default: '1000' },
      seed: { type: 'string', default: `${Math.floor(Math.random() * 1_000_000)}` },
      longest: { type: 'string', default: '100' },
      verbose: { type: 'boolean', default: false },
      path: { type: 'string' },
      commands: { type: 'string' },
    } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new StartError(`${option} takes a whole number, not "${text}".\n\n${usage}`);
  }
  return Number(text);
}
