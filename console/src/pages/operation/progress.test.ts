import { expect, it } from '@jest/globals';
import { hasProgress, isCancelledBeforeStart, percentDone } from './progress.ts';

it('is done only when every SIM has a result', () => {
  expect(percentDone({ total: 300, succeeded: 298, failed: 1 })).toBe(99);
  expect(percentDone({ total: 300, succeeded: 290, failed: 10 })).toBe(100);
  expect(percentDone({ succeeded: 0, failed: 0 })).toBe(0);
});

it('knows an operation that was cancelled before any SIM could change', () => {
  // Scheduled for a list, whose number of SIMs is known at once.
  expect(isCancelledBeforeStart({ state: 'cancelled', total: 3 })).toBe(true);
  // Cancelled during the selection of its SIMs, after which it ends.
  expect(isCancelledBeforeStart({ state: 'cancelled', startedAt: '2027-03-01T00:00:00.000Z' })).toBe(true);
  expect(isCancelledBeforeStart({ state: 'cancelled', total: 3, startedAt: '2027-03-01T00:00:00.000Z' })).toBe(false);
  expect(isCancelledBeforeStart({ state: 'scheduled' })).toBe(false);
});

it('shows progress while there may be some', () => {
  expect(hasProgress({ state: 'queued' })).toBe(true);
  expect(hasProgress({ state: 'succeeded', total: 3, startedAt: '2027-03-01T00:00:00.000Z' })).toBe(true);
  expect(hasProgress({ state: 'cancelled', total: 3, startedAt: '2027-03-01T00:00:00.000Z' })).toBe(true);
  expect(hasProgress({ state: 'cancelled', total: 3 })).toBe(false);
  // The selection failed.
  expect(hasProgress({ state: 'failed', startedAt: '2027-03-01T00:00:00.000Z' })).toBe(false);
});
