import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emptyTurnBook,
  endTurn,
  type OperatorLimits,
  pauseCalls,
  type Turn,
  type TurnBook,
  takeTurn,
} from '../../domain/operator-turns.ts';

/** An operator's turn book, with the time that a test moves. */
function book(limits: OperatorLimits) {
  let state: TurnBook = emptyTurnBook;
  const operator = {
    now: 1_000_000,
    take(holder: string, calls: number, urgent = false, unused = 0): Turn | number {
      const answer = takeTurn(state, limits, { holder, calls, urgent, unused }, operator.now);
      state = answer.book;
      return 'turn' in answer ? answer.turn : answer.waitMs;
    },
    end(holder: string, unused = 0): void {
      state = endTurn(state, limits, holder, unused, operator.now);
    },
    pause(ms: number, tookCalls = false): void {
      state = pauseCalls(state, ms, tookCalls, operator.now);
    },
  };
  return operator;
}

const isTurn = (answer: Turn | number): answer is Turn => typeof answer !== 'number';

/** The moments of the calls of a turn. */
const moments = ({ calls, from, intervalMs }: Turn) => Array.from({ length: calls }, (_, n) => from + n * intervalMs);

const mostWithin = (times: readonly number[], ms: number) =>
  Math.max(0, ...times.map((at) => times.filter((other) => other >= at && other < at + ms).length));

describe('turns at an operator', () => {
  test('give as many calls as two seconds take, evenly spread', () => {
    const operator = book({ requestsPerSecond: 10 });
    expect(operator.take('a', 300)).toEqual({
      calls: 19,
      from: operator.now,
      intervalMs: 105,
      until: expect.any(Number),
    });
    expect(book({ requestsPerSecond: 10 }).take('a', 3)).toMatchObject({ calls: 3 });
  });

  test('belong to one function at a time, until it ends its turn or its turn expires', () => {
    const operator = book({ concurrency: 1 });
    expect(isTurn(operator.take('a', 5))).toBe(true);
    expect(isTurn(operator.take('b', 5))).toBe(false);
    operator.end('b');
    expect(isTurn(operator.take('b', 5))).toBe(false);
    operator.end('a');
    expect(isTurn(operator.take('b', 5))).toBe(true);
    operator.now += 11_000;
    expect(isTurn(operator.take('a', 5))).toBe(true);
  });

  test('tell others when to come back: when the work of those before them is done', () => {
    const operator = book({ requestsPerSecond: 10 });
    operator.take('a', 250);
    const b = operator.take('b', 50);
    expect(b).toBe(10_000);
    expect(operator.take('c', 50)).toBe(10_000 + 50 * 105);
    // Asking too early keeps the place.
    operator.now += 1_000;
    expect(operator.take('b', 50)).toBe(9_000);
  });

  test('pass to those who wait after ten seconds, and back', () => {
    const operator = book({ requestsPerSecond: 10 });
    operator.take('a', 500);
    const wait = operator.take('b', 40);
    if (isTurn(wait)) {
      throw new Error('b has to wait');
    }
    const start = operator.now;
    while (operator.now < start + wait) {
      operator.now += 2_000;
      expect(isTurn(operator.take('a', 500))).toBe(operator.now < start + 10_000);
    }
    const turn = operator.take('b', 40);
    expect(turn).toMatchObject({ calls: 19 });
    operator.now += 2_000;
    operator.take('b', 21);
    operator.now += 2_000;
    operator.take('b', 2);
    operator.now += 210;
    operator.end('b');
    expect(isTurn(operator.take('a', 400))).toBe(true);
  });

  test('are free for others when nobody is there to take them', () => {
    const operator = book({ requestsPerSecond: 10 });
    operator.take('a', 100);
    operator.take('b', 10);
    operator.now += 2_000;
    operator.end('a');
    // b was told to come back much later.
    expect(isTurn(operator.take('c', 10))).toBe(true);
  });

  test('are kept for somebody who is due, but not for somebody who does not come', () => {
    const operator = book({ requestsPerSecond: 10 });
    operator.take('a', 10);
    const wait = operator.take('b', 10);
    operator.now += isTurn(wait) ? 0 : wait;
    operator.end('a');
    expect(isTurn(operator.take('c', 10))).toBe(false);
    operator.now += 4_001;
    expect(isTurn(operator.take('c', 10))).toBe(true);
  });

  test('let an urgent call pass at the end of the current one', () => {
    const operator = book({ requestsPerSecond: 10, concurrency: 1 });
    operator.take('a', 100);
    operator.take('b', 100);
    expect(operator.take('call', 1, true)).toBe(250);
    operator.now += 500;
    expect(operator.take('call', 1, true)).toBe(250);
    expect(operator.take('a', 80, false, 14)).toBe(250);
    operator.now += 105;
    expect(isTurn(operator.take('call', 1, true))).toBe(true);
    operator.end('call');
    expect(isTurn(operator.take('a', 80))).toBe(true);
  });

  test('return calls that were not made', () => {
    const operator = book({ requestsPerSecond: 10 });
    operator.take('a', 19);
    operator.now += 210;
    operator.end('a', 17);
    expect(operator.take('b', 5)).toMatchObject({ from: operator.now + 105 });
  });

  test('start after a pause when the operator has received too many calls', () => {
    const operator = book({ requestsPerSecond: 10 });
    operator.take('a', 5);
    operator.pause(30_000);
    operator.end('a');
    expect(operator.take('b', 5)).toBe(30_000);
    expect(operator.take('call', 1, true)).toBe(30_000);
    operator.now += 30_000;
    expect(isTurn(operator.take('b', 5))).toBe(true);
    // The pause doubles until a turn ends well, and is bounded.
    operator.pause(30_000);
    expect(operator.take('b', 5)).toBe(60_000);
    operator.pause(86_400_000);
    expect(operator.take('b', 5)).toBe(900_000);
    operator.now += 900_000;
    expect(isTurn(operator.take('b', 5))).toBe(true);
    operator.end('b');
    operator.pause(2_000);
    expect(operator.take('b', 5)).toBe(2_000);
    operator.now += 2_000;
    operator.pause(2_000, true);
    expect(operator.take('b', 5)).toBe(2_000);
  });

  test('never exceed the limits of a second and of a minute, whoever takes them and whenever', () => {
    const limit = fc.record({
      requestsPerSecond: fc.integer({ min: 1, max: 30 }),
      requestsPerMinute: fc.integer({ min: 1, max: 300 }),
    });
    const step = fc.record({
      holder: fc.constantFrom('a', 'b', 'c'),
      calls: fc.integer({ min: 1, max: 60 }),
      urgent: fc.boolean(),
      passMs: fc.integer({ min: 0, max: 3_000 }),
      // How many of the granted calls are made; the others are returned.
      made: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(limit, fc.array(step, { minLength: 20, maxLength: 80 }), (limits, steps) => {
        const operator = book(limits);
        const calls: number[] = [];
        for (const { holder, calls: wanted, urgent, passMs, made } of steps) {
          const turn = operator.take(holder, wanted, urgent);
          if (isTurn(turn)) {
            const times = moments(turn).slice(0, Math.ceil(turn.calls * made));
            calls.push(...times);
            operator.now = Math.max(operator.now, times.at(-1) ?? 0);
            operator.end(holder, turn.calls - times.length);
          }
          operator.now += passMs;
        }
        expect(mostWithin(calls, 1_000)).toBeLessThanOrEqual(limits.requestsPerSecond);
        expect(mostWithin(calls, 60_000)).toBeLessThanOrEqual(limits.requestsPerMinute);
      }),
    );
  });

  test('serve everybody who comes back when told, and use nine tenths of what the operator takes', () => {
    const work = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(work, fc.integer({ min: 1, max: 20 }), (sizes, requestsPerSecond) => {
        const operator = book({ requestsPerSecond, concurrency: 1 });
        const start = operator.now;
        const open = sizes.map((left, index) => ({ holder: `${index}`, left, at: start }));
        const total = sizes.reduce((sum, size) => sum + size, 0);
        for (let holder = open[0]; holder !== undefined; ) {
          operator.now = Math.max(operator.now, holder.at);
          const turn = operator.take(holder.holder, holder.left);
          if (isTurn(turn)) {
            holder.left -= turn.calls;
            holder.at = turn.from + turn.calls * turn.intervalMs;
            if (holder.left === 0) {
              operator.now = holder.at;
              operator.end(holder.holder);
            }
          } else {
            // The state machine waits whole seconds.
            holder.at = operator.now + Math.ceil(turn / 1_000) * 1_000;
          }
          [holder] = open.filter(({ left }) => left > 0).sort((a, b) => a.at - b.at);
        }
        const ideal = (total / requestsPerSecond) * 1_000 * 1.05;
        expect(operator.now - start).toBeLessThanOrEqual(ideal * 1.15 + 2_000 * sizes.length);
      }),
    );
  });
});
