import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  finalState,
  isOperationFinished,
  type Operation,
  operationStates,
  shardsOf,
  startTimeOf,
} from '../../domain/operation.ts';
import { newRetry, requestOperationCancellation } from '../../domain/operation-steps.ts';
import { anOperation, NOW } from './builders.ts';

const failure = { code: 'internal_error', detail: 'It broke.' };

function retried(operation: Operation): Operation {
  const retry = newRetry(operation, 'op_again', { actor: 'ben' }, NOW);
  if ('code' in retry) {
    throw new Error(retry.detail);
  }
  return retry;
}

describe('an operation whose pages have all been processed', () => {
  test.each([
    [{ succeeded: 0, failed: 0 }, 'succeeded'],
    [{ succeeded: 10, failed: 0 }, 'succeeded'],
    [{ succeeded: 9, failed: 1 }, 'partially_succeeded'],
    [{ succeeded: 1, failed: 9 }, 'partially_succeeded'],
    [{ succeeded: 0, failed: 10 }, 'failed'],
  ] as const)('with %j is %s', (counts, state) => {
    expect(finalState(counts)).toBe(state);
  });

  test('is cancelled if requested, whatever its results', () => {
    for (const counts of [
      { succeeded: 0, failed: 0 },
      { succeeded: 9, failed: 1 },
      { succeeded: 0, failed: 4 },
    ]) {
      expect(finalState({ ...counts, cancelRequestedAt: NOW })).toBe('cancelled');
    }
  });

  test('is finished', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.boolean(), (succeeded, failed, cancelled) => {
        const state = finalState({ succeeded, failed, ...(cancelled ? { cancelRequestedAt: NOW } : {}) });
        expect(isOperationFinished({ state })).toBe(true);
      }),
    );
  });
});

describe('an operation', () => {
  test.each(operationStates)('that is %s is finished or not', (state) => {
    expect(isOperationFinished({ state })).toBe(!['scheduled', 'queued', 'running'].includes(state));
  });
});

describe('retrying an operation', () => {
  test('is a new operation for the SIMs that failed, with the same end', () => {
    const failed = anOperation({
      action: 'migrate',
      target: { partnerServiceId: 'psv_meters' },
      state: 'partially_succeeded',
      succeeded: 8,
      failed: 2,
    });
    expect(newRetry(failed, 'op_again', { actor: 'ben' }, NOW)).toEqual({
      id: 'op_again',
      action: 'migrate',
      target: { partnerServiceId: 'psv_meters' },
      selection: { kind: 'failed', operationId: 'op_first' },
      state: 'queued',
      succeeded: 0,
      failed: 0,
      requestedBy: 'ben',
      createdAt: NOW,
      updatedAt: NOW,
      version: 1,
    });
  });

  test('selects again if the selection was never fixed', () => {
    const { pages: _pages, total: _total, ...broken } = anOperation({ state: 'failed', succeeded: 0, failure });
    const selection = { kind: 'filter', filter: { state: 'assigned' } } as const;
    expect(retried({ ...broken, selection }).selection).toEqual(selection);
  });

  test('is possible if its execution failed, even without a failed SIM', () => {
    const broken = anOperation({ state: 'failed', succeeded: 4, failure });
    expect(retried(broken)).toMatchObject({ selection: { kind: 'failed', operationId: 'op_first' } });
    expect(retried(broken)).not.toHaveProperty('failure');
  });

  test('is possible after a cancellation, for the SIMs that had failed by then', () => {
    const cancelled = anOperation({ state: 'cancelled', cancelRequestedAt: NOW, succeeded: 4, failed: 1 });
    expect(retried(cancelled)).not.toHaveProperty('cancelRequestedAt');
  });

  test('does not copy the confirmed number of SIMs of a termination', () => {
    const terminate = anOperation({ action: 'terminate', target: { confirm: 10 }, state: 'failed', failed: 10 });
    expect(retried(terminate).target).toEqual({});
  });

  test('of a plan’s stage still counts for its order', () => {
    const planStage = { orderId: 'ord_first', stage: 'activate', last: true, retry: false } as const;
    expect(retried(anOperation({ planStage, state: 'partially_succeeded', failed: 1 })).planStage).toEqual({
      ...planStage,
      retry: true,
    });
  });

  test.each(['scheduled', 'queued', 'running'] as const)('is refused while it is %s', (state) => {
    expect(newRetry(anOperation({ state, failed: 1 }), 'op_again', { actor: 'ben' }, NOW)).toMatchObject({
      code: 'wrong_state',
      detail: expect.stringContaining(state),
    });
  });

  test('is refused when no SIM failed', () => {
    expect(newRetry(anOperation(), 'op_again', { actor: 'ben' }, NOW)).toMatchObject({ code: 'wrong_state' });
  });

  test('is refused for a dry run', () => {
    const dryRun = anOperation({ dryRun: true, state: 'partially_succeeded', failed: 1 });
    expect(newRetry(dryRun, 'op_again', { actor: 'ben' }, NOW)).toMatchObject({ code: 'wrong_state' });
  });
});

describe('the pages of an operation', () => {
  test.each([
    [undefined, 0],
    [0, 0],
    [1, 1],
    [15, 15],
    [16, 16],
    [17, 16],
    [4000, 16],
  ])('when there are %s, are shared by %d tasks', (pages, shards) => {
    expect(shardsOf(pages === undefined ? {} : { pages })).toBe(shards);
  });
});

describe('an operation that is cancelled', () => {
  test('ends immediately while it waits for its time', () => {
    expect(requestOperationCancellation(anOperation({ state: 'scheduled' }), NOW)).toMatchObject({
      state: 'cancelled',
      cancelRequestedAt: NOW,
      finishedAt: NOW,
    });
  });

  test.each(['queued', 'running'] as const)('finishes its current work when it is %s', (state) => {
    const { finishedAt: _, ...operation } = anOperation({ state });
    const cancelled = requestOperationCancellation(operation, NOW);
    expect(cancelled).toEqual({ ...operation, cancelRequestedAt: NOW, updatedAt: NOW });
    expect(requestOperationCancellation({ ...operation, cancelRequestedAt: 'before' }, NOW)).toMatchObject({
      cancelRequestedAt: 'before',
    });
  });

  test.each(['succeeded', 'partially_succeeded', 'failed', 'cancelled'] as const)(
    'cannot be cancelled when it is %s',
    (state) => {
      expect(requestOperationCancellation(anOperation({ state }), NOW)).toMatchObject({ code: 'wrong_state' });
    },
  );
});

describe('the start time of an operation', () => {
  const daysFromNow = (days: number) => new Date(Date.parse(NOW) + days * 86_400_000).toISOString();

  test.each([1, 180])('may be %d days from now', (days) => {
    expect(startTimeOf(daysFromNow(days), new Date(NOW))).toEqual({ at: daysFromNow(days) });
  });

  test('is returned in UTC', () => {
    expect(startTimeOf('2026-03-03T02:00:00+02:00', new Date(NOW))).toEqual({ at: '2026-03-03T00:00:00.000Z' });
  });

  test('is immediate when it is absent or in the past', () => {
    for (const effectiveAt of [undefined, daysFromNow(0), daysFromNow(-1000)]) {
      expect(startTimeOf(effectiveAt, new Date(NOW))).toEqual({ at: undefined });
    }
  });

  test('is no later than 180 days from now', () => {
    expect(startTimeOf(daysFromNow(180.001), new Date(NOW))).toMatchObject({
      code: 'too_far_ahead',
      detail: expect.stringContaining(daysFromNow(180)),
    });
  });
});

test('a termination whose number was not confirmed cannot be retried', () => {
  const mismatch = { code: 'confirm_mismatch', detail: '20 SIMs, not 19.' };
  const ended = anOperation({ action: 'terminate', state: 'failed', succeeded: 0, failure: mismatch });
  expect(newRetry(ended, 'op_again', { actor: 'ben' }, NOW)).toMatchObject({ code: 'wrong_state' });
});

describe('the retry of an operation that failed before its selection was fixed', () => {
  const broken = (selection: Operation['selection']): Operation => {
    const { pages: _, total: __, ...rest } = anOperation({ state: 'failed', failure, succeeded: 0, selection });
    return rest;
  };

  test('selects again by a filter or an order, and copies the SIMs of a list', () => {
    const byFilter = { kind: 'filter', filter: {} } as const;
    const byOrder = { kind: 'order', orderId: 'ord_first' } as const;
    expect(retried(broken(byFilter)).selection).toEqual(byFilter);
    expect(retried(broken(byOrder)).selection).toEqual(byOrder);
    expect(retried(broken({ kind: 'list' })).selection).toEqual({ kind: 'failed', operationId: 'op_first' });
  });
});
