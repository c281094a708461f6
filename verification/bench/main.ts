import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type EngineName, engineNames } from '../../local/dynamodb/engine.ts';
import { StartError } from '../../local/start-error.ts';
import { bulk } from './bulk.ts';
import { bundles } from './bundles.ts';
import { type Figure, table, writeResults } from './figure.ts';
import { handlers } from './handlers.ts';
import { lists } from './lists.ts';
import { usage } from './usage.ts';

// npm run bench: measures cost and speed, each figure with its floor (docs/performance.md).

/** The options of the command line. */
export type BenchOptions = {
  /** The fleet sizes, in SIMs. */
  sims: readonly number[];
  /** The DynamoDB engine. Default: the one that is available on this platform. */
  engine?: EngineName | undefined;
};

/** The sections of the bench. */
const sections: Readonly<Record<string, (options: BenchOptions) => Promise<Figure[]>>> = {
  bulk,
  lists,
  bundles,
  handlers,
  usage,
};

const help = `npm run bench -- [options]
  --sims 1000,10000,100000   sizes of the fleets
  --engine ${engineNames.join('|')}   the DynamoDB engine; what the platform has, when left out
  --only ${Object.keys(sections).join(',')}   some of the sections; all, when left out`;

const resultsFile = fileURLToPath(new URL('results.json', import.meta.url));

// Use Lambda's time zone.
process.env.TZ = 'UTC';

try {
  const { only, ...options } = read(process.argv.slice(2));
  const figures: Figure[] = [];
  for (const [name, section] of Object.entries(sections)) {
    if (only.includes(name)) {
      process.stderr.write(`${name} ...\n`);
      figures.push(...(await section(options)));
    }
  }
  process.stdout.write(`${table(figures)}\n`);
  await writeResults(resultsFile, options.engine ?? process.env.DYNAMODB_ENDPOINT ?? "the platform's", figures);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof StartError ? error.message : describe(error)}\n`);
  process.exit(1);
}

/** @throws StartError when an option is invalid */
function read(args: string[]): BenchOptions & { only: readonly string[] } {
  const { sims, engine, only } = parsed(args);
  return {
    sims: sims.split(',').map(sizeIn),
    engine: engine === undefined ? undefined : oneOf('--engine', engine, engineNames),
    only: only === undefined ? Object.keys(sections) : only.split(',').map(sectionIn),
  };
}

function parsed(args: string[]) {
  try {
    const options = {
      sims: { type: 'string', default: '1000,10000,100000' },
      engine: { type: 'string' },
      only: { type: 'string' },
    } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

function sizeIn(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) {
    throw new StartError(`--sims takes numbers of SIMs with commas between, not "${text}".\n\n${help}`);
  }
  return Number(text);
}

function sectionIn(text: string): string {
  return oneOf('--only', text, Object.keys(sections));
}

function oneOf<Value extends string>(option: string, text: string, values: readonly Value[]): Value {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) {
    throw new StartError(`${option} takes ${values.join(', ')}, not "${text}".\n\n${help}`);
  }
  return value;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
