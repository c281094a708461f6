import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

// npm run test:harsh: the integration tests, the model and chaos on local clouds in harsh mode. Ends with 0 when all of them pass.
// HARSH_SEED makes the same decisions again. Arguments go to jest, such as the path of a test file; `--sample` runs the files below.

const MODEL_STEPS = 300;
/** Chaos alone, every so many trials: each is a life of its own. */
const CHAOS_EVERY = 40;

/** Retries and lag take time: tests wait this many times as long. */
const PATIENCE = '3';

/** What CI runs: the life of SIMs, services, usage and webhooks. It is to take at most four minutes on two cores. */
const sample = ['sims-life', 'services-of-customers', 'services-catalogue', 'usage', 'webhooks'];
/** The seed of the sample, so that a failure in CI can be repeated. */
const SAMPLE_SEED = '16';

/** Test files that do not run in harsh mode, each with its reason. */
const leftOut: Readonly<Record<string, string>> = {
  chaos: 'a sample of `npm run chaos`, which runs below',
  model: 'a sample of `npm run model`, which runs below',
};

const isSample = process.argv.includes('--sample');
const args = process.argv.slice(2).filter((arg) => arg !== '--sample');
const env = {
  PATIENCE,
  ...process.env,
  CLOUD: 'harsh',
  HARSH_SEED: process.env.HARSH_SEED ?? (isSample ? SAMPLE_SEED : `${randomInt(1_000_000)}`),
};
const pathsOf = (names: readonly string[]) => names.map((name) => `/test/integration/${name}\\.test\\.ts$`);
const jest = [
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
  '--selectProjects=integration',
  // An option of one value: jest would read the names of test files that follow --selectProjects as names of projects.
  '--maxWorkers=100%',
];
const isWhole = !isSample && args.length === 0;
const commands: readonly (readonly string[])[] = [
  [
    ...jest,
    ...(isSample ? pathsOf(sample) : args),
    ...(isWhole ? pathsOf(Object.keys(leftOut)).map((path) => `--testPathIgnorePatterns=${path}`) : []),
  ],
  ...(isWhole
    ? [
        ['verification/model/main.ts', '--steps', `${MODEL_STEPS}`, '--seed', env.HARSH_SEED],
        ['verification/chaos/main.ts', '--every', `${CHAOS_EVERY}`],
      ]
    : []),
];

process.stdout.write(`Harsh mode, HARSH_SEED=${env.HARSH_SEED}\n`);
const failed = commands.filter((command) => {
  const begun = performance.now();
  const { status } = spawnSync(process.execPath, command, { env, stdio: 'inherit' });
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  process.stdout.write(`${command.join(' ')}: ${status === 0 ? 'passed' : 'failed'} in ${seconds} s\n`);
  return status !== 0;
});
if (failed.length > 0) {
  process.stdout.write(`${failed.length} of ${commands.length} failed with HARSH_SEED=${env.HARSH_SEED}\n`);
  process.exitCode = 1;
}
