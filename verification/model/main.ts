import { runCommand, wholeNumber } from '../../tools/command.ts';
import { runAndReport } from './model-report.ts';

// npm run model: compares random histories over the HTTP API of a local cloud with the model. Exits with 0 when the system always
// agrees; else with 1, the shortest failing history found, and how to replay it.

const usage = `npm run model -- [options]
  --steps 1000        the number of steps
  --seed <n>          the seed of the histories. Default: random
  --max-commands 100  the maximum number of commands per history
  --verbose           prints each step
  --path, --commands  replay one history, as a failure report shows`;

await runCommand(
  {
    usage,
    options: {
      steps: { type: 'string', default: '1000' },
      seed: { type: 'string', default: `${Math.floor(Math.random() * 1_000_000)}` },
      'max-commands': { type: 'string', default: '100' },
      verbose: { type: 'boolean', default: false },
      path: { type: 'string' },
      commands: { type: 'string' },
    },
  },
  async ({ values: { steps, seed, 'max-commands': maxCommands, verbose, path, commands } }) => {
    const startedAt = performance.now();
    const print = (line: string) =>
      process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)}  ${line}\n`);
    const run = {
      onStep: verbose ? print : undefined,
      seed: wholeNumber('--seed', seed, { min: 0 }),
      maxCommands: wholeNumber('--max-commands', maxCommands),
    };
    const isReplay = path !== undefined && commands !== undefined;
    const agrees = await runAndReport(
      isReplay ? { ...run, steps: 1, replay: { path, commands } } : { ...run, steps: wholeNumber('--steps', steps) },
    );
    return agrees ? 0 : 1;
  },
);
