import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { OperatorId } from '../../domain/ids.ts';
import { emptyTurnBook, endTurn, pauseCalls, type TurnBook, takeTurn } from '../../domain/operator-turns.ts';
import { clock } from '../clock.ts';
import type { OperatorTraffic } from '../operators/traffic.ts';
import { absent, atVersion } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { get } from './reads.ts';
import { put, remove, update } from './write-requests.ts';
import { updateAndGet, write, writeIf } from './writes.ts';

/**
 * The circuit breaker of an operator: its consecutive failed calls, until when the circuit is open, and since when it has answered
 * nothing.
 */
type Health = { failures: number; closedUntil: number; since: string };

/** Earlier versions could write the end of a pause after an answer had removed the item, so that nothing else was stored. */
type StoredHealth = Pick<Health, 'closedUntil'> & Partial<Health>;

/** The circuit opens after this many consecutive failed calls, each with its own retries. */
const OPEN_AFTER_FAILURES = 3;
/** How long the circuit is open, in milliseconds. The pause doubles with each further failure. */
const FIRST_PAUSE_MS = 10_000;
const MAX_PAUSE_MS = 5 * 60_000;
/** How often a request for a turn is repeated when another one changes the book at the same time. */
const MAX_CONFLICTS = 6;
/** How long to wait after that many conflicts. */
const CONTENDED_WAIT_MS = 250;

/**
 * Turns and circuit breakers of operators, shared by all functions through the table.
 *
 * The circuit of an operator opens after three consecutive failed calls, for ten seconds. Then one call probes the operator: it
 * closes the circuit if the operator answers, or opens it for twice as long.
 */
export const operatorTraffic: OperatorTraffic = {
  async takeTurn(operatorId, limits, request) {
    const answer = await changeBook(operatorId, (book) => takeTurn(book, limits, request, Date.now()));
    if (answer === undefined) {
      return { waitMs: CONTENDED_WAIT_MS };
    }
    return 'turn' in answer ? { turn: answer.turn } : { waitMs: answer.waitMs };
  },

  async endTurn(operatorId, limits, holder, unused) {
    // After too many conflicts the turn expires.
    await changeBook(operatorId, (book) => ({ book: endTurn(book, limits, holder, unused, Date.now()) }));
  },

  async pauseCalls(operatorId, ms, tookCalls) {
    await changeBook(operatorId, (book) => ({ book: pauseCalls(book, ms, tookCalls, Date.now()) }));
  },

  async circuitState(operatorId) {
    const health = await get<StoredHealth>(itemKinds.operatorHealth.key({ operatorId }));
    if (health === undefined) {
      return 'closed';
    }
    if (health.failures === undefined || health.failures < OPEN_AFTER_FAILURES) {
      return 'halfOpen';
    }
    const now = clock.now().getTime();
    if (now < health.closedUntil) {
      return 'open';
    }
    // The caller that extends the pause is the one that probes the operator.
    const closedUntil = now + pauseAfter(health.failures);
    const probe = randomUUID();
    const change = { set: { closedUntil, probe } };
    // A retry after a lost response finds its own probe. The time alone would not tell two callers in one millisecond apart.
    const isUnchanged = {
      expression: '#closedUntil = :seen OR #probe = :probe',
      names: { '#closedUntil': 'closedUntil', '#probe': 'probe' },
      values: { ':seen': health.closedUntil, ':probe': probe },
    };
    const isOurs = await writeIf(update(itemKinds.operatorHealth.key({ operatorId }), change, isUnchanged));
    return isOurs ? 'halfOpen' : 'open';
  },

  async recordOutcome(operatorId, answered) {
    const key = itemKinds.operatorHealth.key({ operatorId });
    if (answered) {
      await write(remove(key));
      return;
    }
    const since = clock.now().toISOString();
    const failed = { add: { failures: 1 }, set: { closedUntil: 0 }, setIfAbsent: { since } };
    const { failures } = await updateAndGet<Health>(key, failed);
    if (failures >= OPEN_AFTER_FAILURES) {
      // Not after another call that the operator has answered meanwhile, or a later failure, which opens the circuit for longer.
      const isLastOutcome = {
        expression: '#failures = :failures',
        names: { '#failures': 'failures' },
        values: { ':failures': failures },
      };
      const closedUntil = clock.now().getTime() + pauseAfter(failures);
      await writeIf(update(key, { set: { closedUntil } }, isLastOutcome));
    }
  },

  async silentSince(operatorId) {
    const first = { setIfAbsent: { since: clock.now().toISOString(), failures: 0, closedUntil: 0 } };
    const { since } = await updateAndGet<Health>(itemKinds.operatorHealth.key({ operatorId }), first);
    return new Date(since);
  },
};

/** Changes the turn book of an operator. @returns the change; `undefined` after too many conflicts with others */
async function changeBook<Change extends { book: TurnBook }>(
  operatorId: OperatorId,
  change: (book: TurnBook) => Change,
): Promise<Change | undefined> {
  const key = itemKinds.operatorTurns.key({ operatorId });
  for (let attempt = 1; attempt <= MAX_CONFLICTS; attempt += 1) {
    const stored = await get<TurnBook & { version: number }>(key);
    const { version, ...before } = stored ?? { ...emptyTurnBook, version: 0 };
    const changed = change(before);
    const item = { ...key, ...changed.book, version: version + 1 };
    const isSame = isDeepStrictEqual(before, changed.book);
    if (isSame || (await writeIf(put(item, stored ? atVersion(version) : absent)))) {
      return changed;
    }
    await sleep(Math.random() * 20 * attempt);
  }
  return undefined;
}

function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, failures - OPEN_AFTER_FAILURES), MAX_PAUSE_MS);
}
