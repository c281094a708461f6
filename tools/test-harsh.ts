import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

// npm run test:harsh: the integration tests, the model and chaos on local clouds in harsh mode. Ends with 0 when all of them pass.
// HARSH_SEED makes the same decisions again; arguments go to jest, as the name of a test file.

const MODEL_STEPS = 300;
/** Chaos alone, every so many trials: each is a life of its own. */
const CHAOS_EVERY = 40;

/** Retries and lag take time: tests wait this many times as long. */
const PATIENCE = '3';

const env = {
  PATIENCE,
  ...process.env,
  CLOUD: 'harsh',
  HARSH_SEED: process.env.HARSH_SEED ?? `${randomInt(1_000_000)}`,
};
// The option after --selectProjects keeps jest from reading the names of test files as names of projects.
const jest = [
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
  '--selectProjects=integration',
  '--no-watchman',
];
const commands: readonly (readonly string[])[] = [
  [...jest, ...process.argv.slice(2)],
  ...(process.argv.length > 2
    ? []
    : [
        ['chaos/model/main.ts', '--steps', `${MODEL_STEPS}`, '--seed', env.HARSH_SEED],
        ['chaos/main.ts', '--every', `${CHAOS_EVERY}`],
      ]),
];

process.stdout.write(`Harsh mode, HARSH_SEED=${env.HARSH_SEED}\n`);
const failed = commands.filter((args) => {
  const begun = performance.now();
  const { status } = spawnSync(process.execPath, args, { env, stdio: 'inherit' });
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  process.stdout.write(`${args.join(' ')}: ${status === 0 ? 'passed' : 'failed'} in ${seconds} s\n`);
  return status !== 0;
});
if (failed.length > 0) {
  process.stdout.write(`${failed.length} of ${commands.length} failed with HARSH_SEED=${env.HARSH_SEED}\n`);
  process.exitCode = 1;
}
