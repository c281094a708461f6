import { runCommand } from './command.ts';
import { type NamedCommand, runBeside } from './concurrent-commands.ts';

// npm run test:all: runs the tests that `npm test` leaves out. Acceptance mostly waits, so it runs beside the other parts.

const acceptance: NamedCommand = { name: 'acceptance', args: ['test/integration/acceptance/behind-tls.ts'] };
const others: readonly NamedCommand[] = [
  { name: 'harsh sample', args: ['tools/test-harsh.ts', '--sample'] },
  {
    name: 'console',
    args: ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--selectProjects', 'console'],
    env: { TEST_CONSOLE: 'all' },
  },
  {
    name: 'long tests',
    args: [
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      '--passWithNoTests',
      '--selectProjects',
      'long',
      'integration on DynamoDB Local',
    ],
    env: { TEST_LONG: '1', TEST_ENGINES: 'some' },
  },
];

await runCommand({ usage: 'npm run test:all', options: {} }, async () => {
  const failed = await runBeside(acceptance, others);
  if (failed.length > 0) {
    process.stdout.write(`\nFailed: ${failed.join(', ')}\n`);
    return 1;
  }
  return 0;
});
