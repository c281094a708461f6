import { describe, expect, test } from '@jest/globals';
import {
  isOperationDone,
  MAX_RUNS_WITHOUT_PROGRESS,
  newOperation,
  type Operation,
  seenByNewExecution,
  waitingForOperator,
} from '../../domain/operation.ts';
import { runsWithoutProgress, startStageRun } from '../../domain/operation-steps.ts';

const AT = '2026-05-04T10:00:00.000Z';

function anOperation(action: Operation['action'], fields: Partial<Operation> = {}): Operation {
  const request = { id: 'op_1', action, target: {}, selection: { kind: 'list' }, requestedBy: 'ann' } as const;
  return { ...newOperation({ ...request, size: { pages: 1, sims: 10 } }, AT), ...fields };
}

/** The operation after its next stage run has started. */
const run = (operation: Operation) => startStageRun(operation, operation, AT) ?? operation;

describe('the phases of a stage', () => {
  test.each(['activate', 'suspend', 'resume', 'unassign', 'terminate'] as const)(
    'to %s alternate between asking operators and waiting for them',
    (action) => {
      const first = run(anOperation(action));
      const second = run(first);
      expect([first.phase, second.phase, run(second).phase]).toEqual(['request', 'confirm', 'request']);
    },
  );

  test.each(['migrate', 'assign'] as const)('to %s do not include waiting', (action) => {
    expect(run(run(anOperation(action))).phase).toBe('request');
  });

  test('of a dry run do not include waiting', () => {
    expect(run(run(anOperation('suspend', { dryRun: true }))).phase).toBe('request');
  });
});

describe('an operation that waits for its operator', () => {
  const waiting = { ...run(run(anOperation('suspend'))), succeeded: 3, failed: 1 };

  test('shows how many SIMs wait', () => {
    expect(waitingForOperator(waiting)).toBe(6);
    expect(waitingForOperator({ ...waiting, succeeded: 9 })).toBeUndefined();
    expect(waitingForOperator(run(waiting))).toBeUndefined();
  });

  test('counts runs without a result only while operators are asked', () => {
    let operation = anOperation('suspend');
    for (let round = 0; round < MAX_RUNS_WITHOUT_PROGRESS; round += 1) {
      operation = run(run(operation));
    }
    expect(runsWithoutProgress(operation)).toBe(MAX_RUNS_WITHOUT_PROGRESS + 1);
    expect(runsWithoutProgress({ ...operation, succeeded: 1 })).toBe(0);
  });

  test('is done once it is cancelled and the operator has confirmed what it was asked for', () => {
    const cancelled = { cancelRequestedAt: AT };
    expect(isOperationDone({ ...anOperation('suspend'), ...cancelled })).toBe(true);
    const requested = run(anOperation('suspend'));
    expect(isOperationDone({ ...requested, ...cancelled })).toBe(false);
    expect(isOperationDone({ ...run(requested), ...cancelled })).toBe(true);
    expect(isOperationDone({ ...run(anOperation('migrate')), ...cancelled })).toBe(true);
    // The execution that confirms may have been replaced before it had the operator's answers.
    expect(isOperationDone(seenByNewExecution({ ...run(requested), ...cancelled }))).toBe(false);
    expect(run(seenByNewExecution(run(requested))).phase).toBe('confirm');
  });
});
