import { describe, expect, it } from '@jest/globals';
import { commonState, hasFailed, needsRetry } from './attention.ts';

it('counts failed and rejected orders, and not cancelled ones', () => {
  expect(['failed', 'rejected', 'cancelled', 'delivered'].map((state) => hasFailed({ state }))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

describe('an operation that needs a retry', () => {
  const now = new Date('2026-11-30T12:00:00Z');
  const operation = { state: 'partially_succeeded', failed: 3, createdAt: '2026-11-30T11:00:00Z' };

  it('has failed SIMs', () => {
    expect(needsRetry(operation, now)).toBe(true);
    expect(needsRetry({ ...operation, state: 'succeeded', failed: 0 }, now)).toBe(false);
  });

  it('may have broken before it reached a SIM', () => {
    expect(needsRetry({ ...operation, state: 'failed', failed: 0 }, now)).toBe(true);
  });

  it('is neither a dry run nor more than a week old', () => {
    expect(needsRetry({ ...operation, dryRun: true }, now)).toBe(false);
    expect(needsRetry({ ...operation, createdAt: '2026-11-20T12:00:00Z' }, now)).toBe(false);
  });
});

it('filters a list by the state that all items have', () => {
  expect(commonState([{ state: 'failed' }, { state: 'failed' }])).toBe('failed');
  expect(commonState([{ state: 'failed' }, { state: 'rejected' }])).toBeUndefined();
  expect(commonState([])).toBeUndefined();
});
