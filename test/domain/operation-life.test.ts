import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isOperationDone,
  isOperationFinished,
  newOperation,
  type Operation,
  type OperationRequest,
  type OperationState,
  operationStates,
} from '../../domain/operation.ts';
import {
  extendSelection,
  failOperation,
  failSelection,
  finishOperation,
  fixSelection,
  reopenOperation,
  requestOperationCancellation,
  startStageRun,
} from '../../domain/operation-steps.ts';

/*
 * The life of an operation under any sequence of events, in any order. An event that the rules refuse leaves the operation
 * unchanged. Only the guards of the use cases stand in front of the rules: a selection is extended until it is fixed, results
 * are counted for SIMs that have none, and an operation is finished once every SIM has a result.
 */

const BEGIN_MS = Date.parse('2026-03-02T10:30:00.000Z');

const failure = { code: 'internal_error', detail: 'It broke.' };

type Event =
  | { kind: 'start' | 'finish' | 'fail' | 'reopen' | 'cancel' | 'fail selection' }
  | { kind: 'select'; sims: number; isLast: boolean }
  | { kind: 'fix'; sims: number }
  | { kind: 'results'; succeeded: number; failed: number };

const isSelecting = (operation: Operation) =>
  operation.pages === undefined && !isOperationFinished(operation) && operation.cancelRequestedAt === undefined;

/** The operation after an event; `undefined` when nothing happens. */
function apply(operation: Operation, event: Event, at: string): Operation | undefined {
  switch (event.kind) {
    case 'start':
      return startStageRun(operation, operation, at);
    case 'finish':
      return isOperationDone(operation) ? finishOperation(operation, at) : undefined;
    case 'fail':
      return failOperation(operation, failure, at);
    case 'reopen':
      return operation.failure ? { ...reopenOperation(operation), updatedAt: at } : undefined;
    case 'cancel': {
      const cancelled = requestOperationCancellation(operation, at);
      return 'code' in cancelled ? undefined : cancelled;
    }
    case 'fail selection':
      return isSelecting(operation) ? failSelection(operation, failure, at) : undefined;
    case 'select':
      return isSelecting(operation)
        ? extendSelection(operation, event.sims, event.isLast ? undefined : 'further', at)
        : undefined;
    case 'fix':
      return isSelecting(operation)
        ? fixSelection(operation, { pages: Math.ceil(event.sims / 250), sims: event.sims }, at)
        : undefined;
    case 'results': {
      const { total = 0, succeeded, failed, state } = operation;
      const room = total - succeeded - failed;
      const more = Math.min(event.succeeded, room);
      return state === 'running'
        ? {
            ...operation,
            succeeded: succeeded + more,
            failed: failed + Math.min(event.failed, room - more),
            updatedAt: at,
          }
        : undefined;
    }
  }
}

const count = fc.nat({ max: 20 });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom<Event>({ kind: 'start' }, { kind: 'finish' }, { kind: 'start' }, { kind: 'finish' }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Event>(
      { kind: 'fail' },
      { kind: 'reopen' },
      { kind: 'reopen' },
      { kind: 'cancel' },
      { kind: 'fail selection' },
    ),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('select' as const), sims: count, isLast: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fix' as const), sims: count }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('results' as const), succeeded: count, failed: count }) },
);

const request: fc.Arbitrary<OperationRequest> = fc
  .record({
    effectiveAt: fc.option(fc.constant('2026-04-01T00:00:00.000Z'), { nil: undefined }),
    confirm: fc.option(count, { nil: undefined }),
    size: fc.option(
      count.map((sims) => ({ pages: Math.ceil(sims / 250), sims })),
      { nil: undefined },
    ),
  })
  .map(({ confirm, ...rest }) => ({
    id: 'op_first',
    action: 'activate' as const,
    target: confirm === undefined ? {} : { confirm },
    selection: { kind: 'list' as const },
    requestedBy: 'ann',
    ...rest,
  }));

type Step = { event: Event; before: Operation; after: Operation };

/** Every event that changed the operation, with the operation before and after it. */
function* live(requested: OperationRequest, events: readonly Event[]): Generator<Step> {
  let operation = newOperation(requested, new Date(BEGIN_MS).toISOString());
  for (const [index, each] of events.entries()) {
    const after = apply(operation, each, new Date(BEGIN_MS + (index + 1) * 1000).toISOString());
    if (after) {
      yield { event: each, before: operation, after };
      operation = after;
    }
  }
}

const history = fc.array(event, { maxLength: 40, size: 'max' });

function always(check: (step: Step) => void, numRuns = 300): void {
  fc.assert(
    fc.property(request, history, (requested, events) => {
      for (const step of live(requested, events)) {
        check(step);
      }
    }),
    { numRuns },
  );
}

describe('whatever happens to an operation, in any order', () => {
  test('it has a result for at most every SIM, and results are never lost', () => {
    always(({ before, after }) => {
      expect(after.succeeded + after.failed).toBeLessThanOrEqual(after.total ?? 0);
      expect(after.succeeded).toBeGreaterThanOrEqual(before.succeeded);
      expect(after.failed).toBeGreaterThanOrEqual(before.failed);
    });
  });

  test('a selection that is fixed stays as it is', () => {
    always(({ before, after }) => {
      if (before.total !== undefined) {
        expect([after.total, after.pages]).toEqual([before.total, before.pages]);
      }
      expect(after.total !== undefined && after.selecting !== undefined).toBe(false);
    });
  });

  test('a final state stays; only a failed execution or selection can continue', () => {
    always(({ before }) => {
      expect(isOperationFinished(before) && before.failure === undefined).toBe(false);
    });
  });

  test('a failure is recorded only while the operation is failed', () => {
    always(({ after: { failure: recorded, state } }) => {
      expect(recorded === undefined || state === 'failed').toBe(true);
    });
  });

  test('it has the time of its end exactly while it is finished', () => {
    always(({ after }) => {
      expect(after.finishedAt !== undefined).toBe(isOperationFinished(after));
    });
  });

  test('it finishes as its results require', () => {
    always(({ event: { kind }, after }) => {
      if (kind === 'finish') {
        const { cancelRequestedAt, failed, succeeded } = after;
        const uncancelled = failed === 0 ? 'succeeded' : succeeded === 0 ? 'failed' : 'partially_succeeded';
        expect(after.state).toBe(cancelRequestedAt === undefined ? uncancelled : 'cancelled');
      }
    });
  });

  test('its times are in order, and those of its creation, start and cancellation are set once', () => {
    always(({ before, after }) => {
      expect(after.createdAt).toBe(before.createdAt);
      for (const time of ['startedAt', 'cancelRequestedAt'] as const) {
        expect(after[time]).toBe(before[time] ?? after[time]);
      }
      expect(after.updatedAt > before.updatedAt).toBe(true);
      const times = [after.createdAt, after.startedAt, after.finishedAt].filter((time) => time !== undefined);
      expect(times).toEqual([...times].sort());
      expect(after.updatedAt >= (times.at(-1) ?? '')).toBe(true);
    });
  });

  test('each state is reached by some history', () => {
    const reached = new Set<OperationState>();
    fc.assert(
      fc.property(request, history, (requested, events) => {
        reached.add(newOperation(requested, new Date(BEGIN_MS).toISOString()).state);
        for (const { after } of live(requested, events)) {
          reached.add(after.state);
        }
      }),
      { numRuns: 500, seed: 7 },
    );
    expect([...reached].sort()).toEqual([...operationStates].sort());
  });
});
