import { describe, expect, it } from '@jest/globals';
import { aboveThreshold, describeAbove, type UsageSoFar } from './above-threshold.ts';

const MB = 1_000_000;

const simsWith = (...bytes: number[]) => bytes.map((used, index) => ({ iccid: `894400${index}`, bytes: used }));

const usage: UsageSoFar = {
  usedBytes: 1_000 * MB,
  allowanceBytes: 500 * MB,
  pooling: 'per_sim',
  sims: 4,
  topSims: simsWith(600 * MB, 400 * MB, 0),
};

describe('SIMs above a threshold', () => {
  it('are those that have used as many bytes', () => {
    const above = (bytes: number) => aboveThreshold({ measure: 'sim', threshold: { bytes } }, usage)?.count;
    expect([above(600 * MB + 1), above(600 * MB), above(400 * MB), above(1)]).toEqual([0, 1, 2, 2]);
  });

  it('are those that have used a percentage of the allowance of a SIM', () => {
    const above = (percent: number, of = usage) =>
      aboveThreshold({ measure: 'sim', threshold: { percent } }, of)?.count;
    expect([above(120), above(121), above(80), above(81)]).toEqual([1, 0, 2, 1]);
    // In a dynamic pool, 2,000 MB are the allowances of four SIMs.
    expect(above(120, { ...usage, pooling: 'dynamic_pool', allowanceBytes: 2_000 * MB })).toBe(1);
  });

  it('may be more than those that the API lists', () => {
    const ten = { ...usage, topSims: simsWith(...Array.from({ length: 10 }, () => MB)) };
    expect(aboveThreshold({ measure: 'sim', threshold: { bytes: MB } }, ten)).toEqual({
      measure: 'sim',
      count: 10,
      isAtLeast: true,
    });
  });

  it('are unknown when a percentage has no allowance to refer to', () => {
    const { allowanceBytes: _allowance, pooling: _pooling, ...holding } = usage;
    expect(aboveThreshold({ measure: 'sim', threshold: { percent: 80 } }, holding)).toBeUndefined();
    expect(aboveThreshold({ measure: 'sim', threshold: { bytes: MB } }, holding)?.count).toBe(2);
    expect(
      aboveThreshold({ measure: 'sim', threshold: { percent: 80 } }, { ...usage, pooling: 'dynamic_pool', sims: 0 }),
    ).toBeUndefined();
  });
});

describe('a pool above a threshold', () => {
  const isAbove = (percent: number, of: Partial<UsageSoFar>) =>
    aboveThreshold({ measure: 'pool', threshold: { percent } }, { ...usage, ...of })?.count === 1;

  it('has used a percentage of the allowance of the pool', () => {
    expect([isAbove(50, {}), isAbove(51, {})]).toEqual([true, false]);
    expect([isAbove(200, { pooling: 'static_pool' }), isAbove(201, { pooling: 'static_pool' })]).toEqual([true, false]);
    const dynamic = { pooling: 'dynamic_pool', allowanceBytes: 2_000 * MB } as const;
    expect([isAbove(50, dynamic), isAbove(51, dynamic)]).toEqual([true, false]);
  });
});

it('describes what is above the threshold, and when the alarm fires for it', () => {
  expect(describeAbove({ measure: 'sim', count: 0, isAtLeast: false })).toMatch(/^No SIM has reached/);
  expect(describeAbove({ measure: 'sim', count: 1, isAtLeast: false })).toMatch(
    /^One SIM has already .* its next usage/,
  );
  expect(describeAbove({ measure: 'sim', count: 10, isAtLeast: true })).toMatch(
    /^10\+ SIMs have already .* next usage/,
  );
  expect(describeAbove({ measure: 'pool', count: 1, isAtLeast: false })).toMatch(/^Together, .* next usage/);
  expect(describeAbove({ measure: 'pool', count: 0, isAtLeast: false })).toMatch(/have not reached/);
});
