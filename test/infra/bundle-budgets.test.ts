import { describe, expect, test } from '@jest/globals';
import { deployedEntries } from '../../infra/bundle-all.ts';
import { overBudget, readBudgets, sizeTable } from '../../infra/functions/bundle-budgets.ts';
import { bundleName } from '../../infra/functions/bundles.ts';

const bundle = (name: string, bytes: number) => ({ name, bytes, folder: '', inputs: [] });

describe('a bundle', () => {
  test.each([
    ['as large as its budget', 1000],
    ['a tenth larger', 1100],
    ['smaller', 10],
  ])('that is %s is within it', (_, bytes) => {
    expect(overBudget([bundle('api-sims', bytes)], { 'api-sims': 1000 })).toEqual([]);
  });

  test('that is more than a tenth larger is over it', () => {
    expect(overBudget([bundle('api-sims', 1101), bundle('api-docs', 5)], { 'api-sims': 1000, 'api-docs': 5 })).toEqual([
      'api-sims has 1101 bytes, 10.1 % above its budget of 1000.',
    ]);
  });

  test('without a budget is reported', () => {
    expect(overBudget([bundle('api-new', 1)], {})).toEqual(['api-new has no budget.']);
  });

  test('is shown with its budget, the largest first', () => {
    expect(sizeTable([bundle('small', 1024), bundle('large', 204_800)], { large: 102_400 })).toBe(
      ['    KB  budget  function', '   200     100  large', '     1       –  small'].join('\n'),
    );
  });
});

test('every function has a budget', async () => {
  expect(Object.keys(await readBudgets()).sort()).toEqual(deployedEntries.map(bundleName).sort());
});
