import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Bundle } from './bundles.ts';

/** The size budget of each bundle, in bytes, by name. */
export type Budgets = Readonly<Record<string, number>>;

/** How far a bundle may exceed its budget, as a fraction. */
const TOLERANCE = 0.1;

const file = fileURLToPath(new URL('bundle-budgets.json', import.meta.url));

export async function readBudgets(): Promise<Budgets> {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Sets the budgets to the current sizes. */
export async function raiseBudgets(bundles: Iterable<Bundle>): Promise<Budgets> {
  const budgets = Object.fromEntries([...bundles].map(({ name, bytes }) => [name, bytes]).sort());
  await writeFile(file, `${JSON.stringify(budgets, undefined, 2)}\n`);
  return budgets;
}

/** The violations of the budgets, one line each: bundles that exceed their budget by more than a tenth, or that have none. */
export function overBudget(bundles: Iterable<Bundle>, budgets: Budgets): string[] {
  return [...bundles].flatMap(({ name, bytes }) => {
    const budget = budgets[name];
    if (budget === undefined) {
      return [`${name} has no budget.`];
    }
    return bytes > budget * (1 + TOLERANCE)
      ? [`${name} has ${bytes} bytes, ${percent(bytes / budget - 1)} above its budget of ${budget}.`]
      : [];
  });
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** A table of the bundles' sizes and budgets, the largest first. */
export function sizeTable(bundles: Iterable<Bundle>, budgets: Budgets): string {
  const bySize = [...bundles].sort((a, b) => b.bytes - a.bytes);
  const kilobytes = (bytes: number | undefined) => (bytes === undefined ? '–' : (bytes / 1024).toFixed(0)).padStart(6);
  return [
    '    KB  budget  function',
    ...bySize.map(({ name, bytes }) => `${kilobytes(bytes)}  ${kilobytes(budgets[name])}  ${name}`),
  ].join('\n');
}
