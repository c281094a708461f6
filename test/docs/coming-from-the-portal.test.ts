import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { roles } from '../../domain/access.ts';
import { orderStates } from '../../domain/order.ts';
import { simStates } from '../../domain/sim.ts';
import { simActions } from '../../domain/sim-actions.ts';
import { allRoutes } from '../../functions/api/routes.ts';

const page = readFileSync(new URL('../../docs/coming-from-the-portal.md', import.meta.url), 'utf8');

/** The routes that the page names, without their queries. */
const named = new Set(
  [...page.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^\s`?]+)(?:\?[^`]*)?`/g)].map(([, route = '']) => route),
);

/** The rows of the table under a heading, each as its cells. */
function rowsUnder(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [, table = ''] = section.split(/\n\|[-|]+\|\n/);
  return (table.split('\n\n')[0] ?? '').split('\n').map((row) => row.split('|').map((cell) => cell.trim()));
}

describe('the page for people who come from the portal', () => {
  test('names only routes that exist', () => {
    const existing = new Set(allRoutes.map(({ method, path }) => `${method} ${path}`));
    expect(named.size).toBeGreaterThan(50);
    expect([...named].filter((route) => !existing.has(route))).toEqual([]);
  });

  test('names every route that users of partners and customers may call', () => {
    const theirs = allRoutes.filter(({ access }) => access !== 'public' && access !== 'platform');
    expect(theirs.map(({ method, path }) => `${method} ${path}`).filter((route) => !named.has(route))).toEqual([]);
  });

  test.each<[string, readonly string[]]>([
    ['Statuses of SIMs', simStates],
    ['States of orders', orderStates],
    ['Roles', roles],
  ])('has a row under %s for each', (heading, names) => {
    const here = rowsUnder(heading).map(([, , cell = '']) => cell);
    expect(names.filter((name) => !here.some((cell) => cell.includes(`\`${name}\``)))).toEqual([]);
  });

  test('has a row for each action on SIMs', () => {
    const here = rowsUnder('Actions on SIMs').map(([, , cell = '']) => cell);
    expect(simActions.filter((action) => !here.some((cell) => cell.includes(`/v1/sims/${action}\``)))).toEqual([]);
  });
});
