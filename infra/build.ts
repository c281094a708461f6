import { parseArgs } from 'node:util';
import { bundleAll } from './bundle-all.ts';
import { overBudget, raiseBudgets, readBudgets, sizeTable } from './functions/bundle-budgets.ts';

// npm run build: bundles the functions and checks each against its budget. With --raise-budgets, sets the budgets to the current sizes.

const { values } = parseArgs({ options: { 'raise-budgets': { type: 'boolean', default: false } } });
const bundles = [...(await bundleAll()).values()];
const budgets = values['raise-budgets'] ? await raiseBudgets(bundles) : await readBudgets();
console.log(sizeTable(bundles, budgets));

const violations = overBudget(bundles, budgets);
if (violations.length > 0) {
  console.error(`\n${violations.join('\n')}`);
  console.error(
    '\nEvery byte slows down cold starts: check what the bundles gained. If the growth is intended, run\n' +
      'npm run build -- --raise-budgets and commit infra/functions/bundle-budgets.json with the reason.',
  );
  process.exitCode = 1;
}
