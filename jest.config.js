import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Tests run as ES modules, as the functions do. swc only removes the types. */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
      },
    ],
  },
};

/** Tests that are too long for `npm test`: large fleets, faults, several releases, restarts. `npm run test:all` runs them. */
const LONG = '\\.long\\.test\\.ts$';

/** The files of `npm run acceptance`, which test a deployment over HTTP only. */
const ACCEPTANCE = [
  'bulk-actions',
  'console-files',
  'http-docs',
  'http-roles',
  'orders-placing',
  'orders-to-active',
  'services-of-customers',
  'sims-lists',
  'users-and-clients',
];

/**
 * The longest of them. CI runs them as acceptance, and `npm test` leaves them out so that it stays short. `npm run
 * test:integration` includes them.
 */
const ONLY_ACCEPTANCE =
  '/(console-files|http-docs|http-roles|services-of-customers|sims-lists|users-and-clients)\\.test\\.ts$';

const integration = {
  ...shared,
  displayName: 'integration',
  testMatch: ['<rootDir>/test/integration/**/*.test.ts'],
  testPathIgnorePatterns: process.env.TEST_INTEGRATION === 'all' ? [LONG] : [LONG, ONLY_ACCEPTANCE],
  globalSetup: '<rootDir>/test/integration/support/start-cloud-pool.js',
  globalTeardown: '<rootDir>/test/integration/support/stop-cloud-pool.js',
};

const long = {
  ...integration,
  displayName: 'long',
  testMatch: ['<rootDir>/test/**/*.long.test.ts'],
  testPathIgnorePatterns: [],
};

/** The console in a browser: one journey in `npm test`, all in `npm run test:console`. */
const browser = {
  ...shared,
  displayName: 'console',
  testMatch: [`<rootDir>/test/console/${process.env.TEST_CONSOLE === 'all' ? '*' : 'order-to-active'}.test.ts`],
};

/**
 * The same tests on the official DynamoDB Local, if the machine has Java. CI runs two of them with `TEST_ENGINES=some`: the
 * whole life of a SIM, and the sizes of items. `npm run test:engines` runs all.
 */
function onDynamoDbLocal() {
  const some = ['sims-life', 'item-sizes'].map((name) => `<rootDir>/test/integration/*/${name}.test.ts`);
  const wanted = process.env.TEST_ENGINES === 'all' ? integration.testMatch : some;
  if (!hasJava()) {
    process.stderr.write('Skips the tests on DynamoDB Local: it needs Java 17 or newer, which is not on the path.\n');
  }
  return {
    ...integration,
    displayName: 'integration on DynamoDB Local',
    testMatch: hasJava() ? wanted : [],
    testPathIgnorePatterns: [],
    setupFiles: ['<rootDir>/test/integration/support/on-dynamodb-local.js'],
  };
}

/**
 * Acceptance of a deployment, over HTTP only: `BASE_URL=... npm run acceptance`. See
 * test/integration/acceptance/deployed-cloud.ts for the other variables.
 */
const acceptance = {
  ...shared,
  displayName: 'acceptance',
  testMatch: ACCEPTANCE.map((name) => `<rootDir>/test/integration/*/${name}.test.ts`),
};

function hasJava() {
  const [, version] = /version "(\d+)/.exec(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr ?? '') ?? [];
  return Number(version ?? 0) >= 17;
}

export default {
  // More workers than cores, because tests mostly wait for local clouds, which are separate processes.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // Long enough for a busy machine. Tests that hang still fail.
  testTimeout: 30_000,
  testSequencer: '<rootDir>/test/longest-first.js',
  reporters: ['default', '<rootDir>/test/summary-reporter.js'],
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/console/{build,src}/**/*.test.ts'],
      testPathIgnorePatterns: ['/test/integration/', '/test/console/', LONG],
      globalSetup: '<rootDir>/test/infra/start-synthesis.js',
      globalTeardown: '<rootDir>/test/infra/stop-synthesis.js',
    },
    integration,
    browser,
    ...(process.env.TEST_LONG ? [long] : []),
    ...(process.env.BASE_URL ? [acceptance] : []),
    ...(process.env.TEST_ENGINES ? [onDynamoDbLocal()] : []),
  ],
};
