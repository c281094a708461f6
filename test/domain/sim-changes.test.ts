import { describe, expect, test } from '@jest/globals';
import { decide, nextActions } from '../../domain/sim-actions.ts';
import {
  barsExpected,
  confirmChange,
  involvesOperator,
  isConfirmationOverdue,
  outcomeOf,
  revertChange,
  waitsFor,
  withoutChangeOf,
  withPendingChange,
} from '../../domain/sim-changes.ts';
import { aSim, noneRunning } from './builders.ts';

const NOW = '2026-05-04T10:00:00.000Z';
const LATER = '2026-05-05T10:00:00.000Z';

const suspending = () => withPendingChange(aSim().active(), 'suspend', 'op_1', NOW);

describe('the status of a SIM at its operator', () => {
  test.each([
    ['activate', 'active', 'done'],
    ['activate', 'pending', 'in_progress'],
    ['activate', 'barred', 'not_started'],
    ['activate', 'refused', 'refused'],
    ['activate', 'terminated', 'refused'],
    ['activate', 'testing', 'not_started'],
    ['test', 'testing', 'done'],
    ['test', 'active', 'done'],
    ['test', 'pending', 'in_progress'],
    ['test', 'barred', 'not_started'],
    ['test', 'refused', 'refused'],
    ['test', 'terminated', 'refused'],
    ['suspend', 'barred', 'done'],
    ['suspend', 'testing', 'not_started'],
    ['suspend', 'pending', 'in_progress'],
    ['suspend', 'active', 'not_started'],
    ['suspend', 'refused', 'refused'],
    ['suspend', 'terminated', 'refused'],
    ['resume', 'active', 'done'],
    ['resume', 'barred', 'not_started'],
    ['terminate', 'terminated', 'done'],
    ['terminate', 'active', 'not_started'],
    ['terminate', 'barred', 'not_started'],
    ['terminate', 'refused', 'refused'],
  ] as const)('%s with the status %s is %s', (action, status, outcome) => {
    expect(outcomeOf(action, { status })).toBe(outcome);
  });
});

describe('a pending change', () => {
  test('leaves state, bars and services as they are', () => {
    const { pendingChange, ...rest } = suspending();
    const before = aSim().active();
    expect(pendingChange).toEqual({ action: 'suspend', since: NOW, operationId: 'op_1' });
    expect(rest).toEqual({ ...before, updatedAt: NOW, version: before.version + 1 });
  });

  test('permits no action, and names the operation to wait for', () => {
    expect(nextActions(suspending(), noneRunning)).toEqual([]);
    for (const action of ['suspend', 'resume', 'terminate', 'unassign'] as const) {
      const request = action === 'suspend' ? { action, reason: 'lost' } : { action };
      expect(decide(suspending(), request, LATER)).toEqual({
        kind: 'refused',
        problem: {
          code: 'wrong_state',
          detail: `Operation op_1 asked the operator at ${NOW} to suspend the SIM. Wait until the operator has answered.`,
        },
      });
    }
  });

  test('ends with the confirmation', () => {
    expect(confirmChange(suspending(), 'suspend', 'lost', LATER)).toEqual({
      ...aSim().active(),
      state: 'suspended',
      termStart: { partner: '2026-01-05', customer: '2026-01-05' },
      bars: [{ type: 'data', reason: 'lost', since: LATER }],
      stateChangedAt: LATER,
      updatedAt: LATER,
      version: aSim().active().version + 2,
    });
    const ending = withPendingChange(aSim().suspended(), 'terminate', 'op_1', NOW);
    expect(confirmChange(ending, 'terminate', '', LATER)).toMatchObject({ state: 'terminated' });
    const resuming = withPendingChange(aSim().suspended(), 'resume', 'op_1', NOW);
    expect(confirmChange(resuming, 'resume', '', LATER)).toMatchObject({ state: 'active', bars: [] });
    for (const sim of [
      confirmChange(suspending(), 'suspend', 'lost', LATER),
      confirmChange(ending, 'terminate', '', LATER),
    ]) {
      expect(sim).not.toHaveProperty('pendingChange');
    }
  });

  test('ends with a refusal, which leaves the SIM as before the request', () => {
    const before = aSim().active();
    expect(revertChange(suspending(), LATER)).toEqual({ ...before, updatedAt: LATER, version: before.version + 2 });
    expect(revertChange(before, LATER)).toBeUndefined();
  });

  test('is overdue seven days after the request', () => {
    const overdueAt = (at: string) => isConfirmationOverdue(suspending(), '2026-01-01T00:00:00.000Z', new Date(at));
    expect(overdueAt('2026-05-11T10:00:00.000Z')).toBe(false);
    expect(overdueAt('2026-05-11T10:00:00.001Z')).toBe(true);
  });

  test('belongs to one operation', () => {
    expect(waitsFor(suspending(), 'op_1')).toBe(true);
    expect(waitsFor(suspending(), 'op_2')).toBe(false);
    expect(withoutChangeOf(suspending(), 'op_1')).not.toHaveProperty('pendingChange');
    expect(withoutChangeOf(suspending(), 'op_2')).toEqual(suspending());
  });
});

describe('a SIM in test status', () => {
  const activating = () => withPendingChange(aSim().testing(), 'activate', 'op_1', NOW);

  test('waits for its activation without bars, and is as before after a refusal', () => {
    expect(activating()).toMatchObject({ state: 'testing', bars: [] });
    expect(barsExpected(activating())).toBeUndefined();
    expect(confirmChange(activating(), 'activate', '', LATER)).toMatchObject({ state: 'active', bars: [] });
    expect(revertChange(activating(), LATER)).toMatchObject({ state: 'testing', bars: [] });
    expect(revertChange(activating(), LATER)).not.toHaveProperty('pendingChange');
  });

  test('waits for its start while it is assigned, and stays assigned after a refusal', () => {
    const starting = withPendingChange(aSim().assigned(), 'test', 'op_1', NOW);
    expect(confirmChange(starting, 'test', '', LATER)).toMatchObject({ state: 'testing', bars: [] });
    expect(revertChange(starting, LATER)).toMatchObject({ state: 'assigned', bars: aSim().assigned().bars });
    expect(confirmChange(aSim().testing(), 'test', '', LATER)).toBeUndefined();
  });

  test('is suspended, unassigned and terminated by its operator first, as an active one is', () => {
    for (const action of ['suspend', 'unassign', 'terminate'] as const) {
      expect(involvesOperator(action, aSim().testing())).toBe(true);
    }
    expect(confirmChange(aSim().testing(), 'suspend', 'lost', LATER)).toMatchObject({ state: 'suspended' });
    expect(confirmChange(aSim().testing(), 'unassign', '', LATER)).toMatchObject({ state: 'in_stock' });
    expect(barsExpected(aSim().testing())).toBe(false);
  });
});

test('a late confirmation is accepted from the state before the request', () => {
  expect(confirmChange(aSim().active(), 'suspend', 'lost', LATER)).toMatchObject({ state: 'suspended' });
  expect(confirmChange(aSim().assigned(), 'test', '', LATER)).toMatchObject({ state: 'testing' });
  expect(confirmChange(aSim().testing(), 'activate', '', LATER)).toMatchObject({ state: 'active' });
  expect(confirmChange(aSim().suspended(), 'suspend', 'lost', LATER)).toBeUndefined();
  expect(confirmChange(aSim().active(), 'resume', '', LATER)).toBeUndefined();
  expect(confirmChange(aSim().in('in_stock'), 'terminate', '', LATER)).toMatchObject({ state: 'terminated' });
});

test('the bars at the operator are undecided while they change, and after the end', () => {
  expect(barsExpected(aSim().active())).toBe(false);
  expect(barsExpected(aSim().suspended())).toBe(true);
  expect(barsExpected(aSim().assigned())).toBe(true);
  expect(barsExpected(aSim().activating())).toBeUndefined();
  expect(barsExpected(suspending())).toBeUndefined();
  expect(barsExpected(aSim().in('terminated'))).toBeUndefined();
});
