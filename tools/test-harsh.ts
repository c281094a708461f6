import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

// npm run test:harsh: runs the integration tests, the model and chaos on local clouds in harsh mode. Exits with 0 when all pass.
// HARSH_SEED replays a run. Arguments go to jest, such as the path of a test file; `--sample` runs the files below.

const MODEL_STEPS = 300;
/** Runs every nth trial of chaos. */
const CHAOS_EVERY = 40;

/** The factor by which tests wait longer, because retries and lag take time. */
const PATIENCE = '3';

/** The tests of CI: SIMs, services, usage and webhooks. They should take at most four minutes on two cores. */
const sample = ['sims-life', 'services-of-customers', 'services-catalogue', 'usage', 'webhooks'];
/** The seed of the sample, so that a failure can be replayed. */
const SAMPLE_SEED = '16';

/** Test files that do not run in harsh mode, each with its reason. */
const excluded: Readonly<Record<string, string>> = {
  chaos: 'a sample of `npm run chaos`, which runs below',
  model: 'a sample of `npm run model`, which runs below',
};

const isSample = process.argv.includes('--sample');
const args = process.argv.slice(2).filter((arg) => arg !== '--sample');
const isMaxWorkers = (arg: string) => arg.startsWith('--maxWorkers=');
const files = args.filter((arg) => !isMaxWorkers(arg));
const env = {
  PATIENCE,
  ...process.env,
  TEST_LONG: '1',
  TEST_INTEGRATION: 'all',
  CLOUD: 'harsh',
  HARSH_SEED: process.env.HARSH_SEED ?? (isSample ? SAMPLE_SEED : `${randomInt(1_000_000)}`),
};
const pathsOf = (names: readonly string[]) =>
  names.map((name) => `/test/integration/[^/]+/${name}(\\.long)?\\.test\\.ts$`);
const jest = [
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
  '--selectProjects=integration',
  '--selectProjects=long',
  // Separates --selectProjects, which takes several values, from the test files. Passed only once: given twice, jest starts neither number
  // of workers.
  args.find(isMaxWorkers) ?? '--maxWorkers=100%',
];
const isFullRun = !isSample && files.length === 0;
const commands: readonly (readonly string[])[] = [
  [
    ...jest,
    ...(isSample ? pathsOf(sample) : files),
    ...(isFullRun
      ? ['/test/tools/', ...pathsOf(Object.keys(excluded))].map((path) => `--testPathIgnorePatterns=${path}`)
      : []),
  ],
  ...(isFullRun
    ? [
        ['verification/model/main.ts', '--steps', `${MODEL_STEPS}`, '--seed', env.HARSH_SEED],
        ['verification/chaos/main.ts', '--every', `${CHAOS_EVERY}`],
      ]
    : []),
];

process.stdout.write(`Harsh mode, HARSH_SEED=${env.HARSH_SEED}\n`);
const failed = commands.filter((command) => {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, command, { env, stdio: 'inherit' });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stdout.write(`${command.join(' ')}: ${status === 0 ? 'passed' : 'failed'} in ${seconds} s\n`);
  return status !== 0;
});
if (failed.length > 0) {
  process.stdout.write(`${failed.length} of ${commands.length} failed with HARSH_SEED=${env.HARSH_SEED}\n`);
  process.exitCode = 1;
}
