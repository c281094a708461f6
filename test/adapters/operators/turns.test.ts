import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { pacedTurn } from '../../../adapters/operators/turns.ts';
import { OperatorBusy } from '../../../domain/operator-port.ts';
import type { Turn } from '../../../domain/operator-turns.ts';

const NOW = 1_000_000;

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
});
afterEach(() => {
  jest.useRealTimers();
});

const turnOf = (calls: number, from = NOW): Turn => ({ calls, from, intervalMs: 100, until: from + 2_000 });

/** Unlike that of Node, on the clock of the test. */
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Makes calls that take some time, and records when they start. */
function caller(
  first: Turn,
  extend: () => Promise<Turn | undefined> = async () => undefined,
  pauseAll: (ms: number) => Promise<void> = async () => undefined,
) {
  const turn = pacedTurn(first, {}, extend, pauseAll, sleep);
  const starts: number[] = [];
  const make = (ms = 0) =>
    turn.paced(async () => {
      starts.push(Date.now() - NOW);
      await sleep(ms);
    });
  return { turn, starts, make };
}

describe('the calls of a turn', () => {
  test('start at their moments, however fast the answers', async () => {
    const { starts, make, turn } = caller(turnOf(3));
    const made = Promise.all([make(), make(), make()]);
    await jest.advanceTimersByTimeAsync(500);
    await made;
    expect(starts).toEqual([0, 100, 200]);
    expect(turn.unused()).toBe(0);
  });

  test('skip moments that have passed, so as not to come on top of the calls of others', async () => {
    const { starts, make, turn } = caller(turnOf(6));
    const made = make(250)
      .then(() => make())
      .then(() => make());
    await jest.advanceTimersByTimeAsync(500);
    await made;
    expect(starts).toEqual([0, 250, 350]);
    expect(turn.unused()).toBe(2);
  });

  test('continue in a further turn, or end when there is none', async () => {
    const turns = [turnOf(1, NOW + 400)];
    const { starts, make, turn } = caller(turnOf(1), async () => turns.shift());
    const made = Promise.allSettled([make(), make(), make()]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect((await made).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(starts).toEqual([0, 400]);
    expect(turn.isCut()).toBe(true);
    await expect(make()).rejects.toThrow(OperatorBusy);
  });

  test('end at once when the operator has received too many calls, and everybody pauses', async () => {
    const pauses: number[] = [];
    const { make, turn } = caller(turnOf(9), undefined, async (ms) => {
      pauses.push(ms);
    });
    await expect(turn.pause(3_000)).rejects.toThrow(OperatorBusy);
    await expect(make()).rejects.toThrow(OperatorBusy);
    expect(pauses).toEqual([3_000]);
    expect(turn.unused()).toBe(0);
  });
});
