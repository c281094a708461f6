import { runCommand, UsageError } from '../../tools/command.ts';
import { soak } from './soak.ts';

// npm run soak: runs orders, bulk operations and reads for ten minutes. Exits with 0 when memory stayed flat, every operation
// finished, and every SIM meets its invariants.

const usage = `npm run soak -- [options]
  --minutes 10   the duration`;

await runCommand({ usage, options: { minutes: { type: 'string', default: '10' } } }, async ({ values }) => {
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) {
    throw new UsageError(`--minutes must be a number above 0, not "${values.minutes}".`);
  }
  const { report, problems } = await soak(minutes);
  process.stdout.write(`${report}\n`);
  return problems.length === 0 ? 0 : 1;
});
