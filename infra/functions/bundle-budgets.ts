import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Bundle } from './bundles.ts';

/** What each function's bundle may weigh, in bytes, by its name. */
export type Budgets = Readonly<Record<string, number>>;

/** How much a bundle may grow over its budget before that has to be on purpose. */
const TOLERANCE = 0.1;

const file = fileURLToPath(new URL('bundle-budgets.json', import.meta.url));

export async function readBudgets(): Promise<Budgets> {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Makes what the bundles weigh now their budgets. */
export async function raiseBudgets(bundles: Iterable<Bundle>): Promise<Budgets> {
  const budgets = Object.fromEntries([...bundles].map(({ name, bytes }) => [name, bytes]).sort());
  await writeFile(file, `${JSON.stringify(budgets, undefined, 2)}\n`);
  return budgets;
}

/** The rule: a bundle stays within a tenth of its budget, and has one. Each line says what is wrong with one. */
export function overBudget(bundles: Iterable<Bundle>, budgets: Budgets): string[] {
  return [...bundles].flatMap(({ name, bytes }) => {
    const budget = budgets[name];
    if (budget === undefined) {
      return [`${name} has no budget.`];
    }
    return bytes > budget * (1 + TOLERANCE)
      ? [`${name} weighs ${bytes} bytes, ${percent(bytes / budget - 1)} more than its budget of ${budget}.`]
      : [];
  });
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** The bundles' sizes beside their budgets, the largest first. */
export function sizeTable(bundles: Iterable<Bundle>, budgets: Budgets): string {
  const bySize = [...bundles].sort((one, other) => other.bytes - one.bytes);
  const kilobytes = (bytes: number | undefined) => (bytes === undefined ? '–' : (bytes / 1024).toFixed(0)).padStart(6);
  return [
    '    KB  budget  function',
    ...bySize.map(({ name, bytes }) => `${kilobytes(bytes)}  ${kilobytes(budgets[name])}  ${name}`),
  ].join('\n');
}
