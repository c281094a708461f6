import { fileURLToPath } from 'node:url';
import { type EngineName, engineNames } from '../../local/dynamodb/engine.ts';
import { oneOf, runCommand, wholeNumber } from '../../tools/command.ts';
import { authorisation } from './authorisation.ts';
import { bulk } from './bulk.ts';
import { bundles } from './bundles.ts';
import { measureConsole } from './console.ts';
import { type Figure, table, writeResults } from './figure.ts';
import { handlers } from './handlers.ts';
import { lists } from './lists.ts';
import { traffic } from './traffic.ts';
import { usage } from './usage.ts';

// npm run bench: measures cost and speed, each figure with its floor (docs/performance.md).

/** The options of the command line. */
export type BenchOptions = {
  /** The fleet sizes, in SIMs. Each section has its default. */
  sims?: readonly number[] | undefined;
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
  traffic,
  authorisation,
  console: measureConsole,
};

const help = `npm run bench -- [options]
  --sims 1000,10000          the fleet sizes. Default: 1000,10000,100000, and 1000000 for the lists
  --engine <engine>          the DynamoDB engine: ${engineNames.join(' or ')}. Default: the one that is available
  --only <sections>          some of the sections: ${Object.keys(sections).join(',')}. Default: all`;

const resultsFile = fileURLToPath(new URL('results.json', import.meta.url));

await runCommand(
  {
    usage: help,
    options: {
      sims: { type: 'string' },
      engine: { type: 'string' },
      only: { type: 'string', default: Object.keys(sections).join(',') },
    },
  },
  async ({ values }) => {
    const options: BenchOptions = {
      sims: values.sims?.split(',').map((text) => wholeNumber('--sims', text, { max: 9_999_999 })),
      engine: values.engine === undefined ? undefined : oneOf('--engine', values.engine, engineNames),
    };
    const only = values.only.split(',').map((text) => oneOf('--only', text, Object.keys(sections)));
    const figures: Figure[] = [];
    for (const [name, section] of Object.entries(sections)) {
      if (only.includes(name)) {
        process.stderr.write(`${name} ...\n`);
        figures.push(...(await section(options)));
      }
    }
    process.stdout.write(`${table(figures)}\n`);
    await writeResults(resultsFile, options.engine ?? process.env.DYNAMODB_ENDPOINT ?? "the platform's", figures);
  },
);
