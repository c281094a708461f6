import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorId } from '../../domain/ids.ts';
import { OperatorBusy } from '../../domain/operator-port.ts';
import type { OperatorLimits, Turn } from '../../domain/operator-turns.ts';
import type { OperatorTraffic } from './traffic.ts';

/** How calls of an operator wait for their moment. */
export type Pacer = {
  /** How many calls may be made at the same time. */
  width: number;
  /**
   * Makes a call when its moment has come.
   *
   * @throws OperatorBusy without making it, when the operator takes no further call for now.
   */
  paced<T>(call: () => Promise<T>): Promise<T>;
  /**
   * The operator has received too many calls: nobody calls it for a while.
   *
   * @throws OperatorBusy when this ends the turn.
   */
  pause(ms: number): Promise<void>;
};

/** For an operator without limits. */
export const unpaced: Pacer = { width: 1, paced: (call) => call(), pause: async () => undefined };

/** How many calls a function makes at the same time at an operator that limits their rate alone. */
const DEFAULT_WIDTH = 8;

/** A turn that this function has, for several calls. */
export type PacedTurn = Pacer & {
  /** Whether a call was refused because the turn was over. */
  isCut(): boolean;
  /** How many of its last calls were not made. */
  unused(): number;
};

/**
 * Paces the calls of a turn. A moment that was missed by more than the time between two calls lapses, so that late calls do not come
 * on top of those of the next turn.
 *
 * @param extend gets a further turn when this one is over, if the operator is free.
 * @param sleepFor replaced in tests.
 */
export function pacedTurn(
  first: Turn,
  { concurrency = DEFAULT_WIDTH }: OperatorLimits,
  extend: () => Promise<Turn | undefined>,
  pauseAll: (ms: number, tookCalls: boolean) => Promise<void>,
  sleepFor: (ms: number) => Promise<void> = sleep,
): PacedTurn {
  let turn: Turn | undefined = first;
  let next = 0;
  let lastAt = 0;
  let extending: Promise<void> | undefined;
  let isCut = false;
  let taken = 0;

  /** The moment of the next call in this turn; `undefined` when it has none left. */
  function takeMoment(): number | undefined {
    if (turn === undefined) {
      return undefined;
    }
    const { calls, from, intervalMs, until } = turn;
    // Without a limit a second, calls have no moments.
    const lapsed = intervalMs === 0 ? 0 : Math.floor((Date.now() - from) / intervalMs);
    const index = Math.max(next, lapsed);
    const at = Math.max(from + index * intervalMs, Date.now(), lastAt + intervalMs);
    if (index >= calls || at > until) {
      return undefined;
    }
    next = index + 1;
    lastAt = at;
    return at;
  }

  async function extendOnce(): Promise<void> {
    turn = await extend();
    next = 0;
    extending = undefined;
  }

  async function paced<T>(call: () => Promise<T>): Promise<T> {
    let at = takeMoment();
    while (at === undefined && turn !== undefined) {
      extending ??= extendOnce();
      await extending;
      at = takeMoment();
    }
    if (at === undefined) {
      isCut = true;
      throw new OperatorBusy('The operator takes no further calls in this turn.');
    }
    const waitMs = at - Date.now();
    if (waitMs > 0) {
      await sleepFor(waitMs);
    }
    const result = await call();
    taken += 1;
    return result;
  }

  return {
    width: concurrency,
    paced,
    async pause(ms) {
      turn = undefined;
      isCut = true;
      await pauseAll(ms, taken > 0);
      throw new OperatorBusy('The operator has received too many calls.');
    },
    isCut: () => isCut,
    unused: () => (turn === undefined ? 0 : Math.max(0, turn.calls - next)),
  };
}

/** How long a function waits for the moment of a single call. */
const MAX_WAIT_MS = 6_000;

/** Paces single calls: each takes an urgent turn of its own. */
export function pacedSingly(operatorId: OperatorId, limits: OperatorLimits, traffic: OperatorTraffic): Pacer {
  return {
    width: 1,
    async paced(call) {
      const holder = crypto.randomUUID();
      const deadline = performance.now() + MAX_WAIT_MS;
      for (;;) {
        const answer = await traffic.takeTurn(operatorId, limits, { holder, calls: 1, urgent: true });
        if ('turn' in answer) {
          await sleep(Math.max(0, answer.turn.from - Date.now()));
          try {
            return await call();
          } finally {
            await traffic.endTurn(operatorId, limits, holder, 0);
          }
        }
        if (performance.now() + answer.waitMs > deadline) {
          throw new OperatorBusy('The operator takes no further calls for now.');
        }
        // Jitter, so that those who wait do not all ask at the same moment.
        await sleep(answer.waitMs * (0.75 + 0.5 * Math.random()));
      }
    },
    pause: (ms) => traffic.pauseCalls(operatorId, ms, false),
  };
}
