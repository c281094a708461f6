import { clock } from '../clock.ts';
import type { OperatorTraffic } from '../operators/traffic.ts';
import { absent } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { get } from './reads.ts';
import { remove, update } from './write-requests.ts';
import { updateAndGet, write, writeIf } from './writes.ts';

/** The circuit breaker of an operator: its consecutive failed calls, and until when the circuit is open. */
type Health = { failures: number; closedUntil: number };

/** The circuit opens after this many consecutive failed calls, each with its own retries. */
const OPEN_AFTER_FAILURES = 3;
/** How long the circuit is open, in milliseconds. The pause doubles with each further failure. */
const FIRST_PAUSE_MS = 10_000;
const MAX_PAUSE_MS = 5 * 60_000;
/** The count of a second expires after this time, in seconds. */
const COUNT_LIFETIME_SECONDS = 3_600;

/**
 * Rate limits and circuit breakers of operators, shared by all functions through the table.
 *
 * The circuit of an operator opens after three consecutive failed calls, for ten seconds. Then one call probes the operator: it
 * closes the circuit if the operator answers, or opens it for twice as long.
 */
export const operatorTraffic: OperatorTraffic = {
  async acquire(operatorId, second, perSecond) {
    const hasCapacity = {
      expression: `${absent.expression} OR #calls < :most`,
      names: { '#calls': 'calls' },
      values: { ':most': perSecond },
    };
    const count = { add: { calls: 1 }, set: { expiresAt: second + COUNT_LIFETIME_SECONDS } };
    return writeIf(update(itemKinds.operatorCalls.key({ operatorId, second }), count, hasCapacity));
  },

  async circuitState(operatorId) {
    const health = await get<Health>(itemKinds.operatorHealth.key({ operatorId }));
    if (health === undefined) {
      return 'closed';
    }
    if (health.failures < OPEN_AFTER_FAILURES) {
      return 'halfOpen';
    }
    const now = clock.now().getTime();
    if (now < health.closedUntil) {
      return 'open';
    }
    // The caller that extends the pause is the one that probes the operator.
    const closedUntil = now + pauseAfter(health.failures);
    const change = { set: { closedUntil } };
    // A retry after a lost response finds its own change. Two callers within one millisecond may both probe, which is harmless.
    const isUnchanged = {
      expression: '#closedUntil = :seen OR #closedUntil = :ours',
      names: { '#closedUntil': 'closedUntil' },
      values: { ':seen': health.closedUntil, ':ours': closedUntil },
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
    const { failures } = await updateAndGet<Health>(key, { add: { failures: 1 }, set: { closedUntil: 0 } });
    if (failures >= OPEN_AFTER_FAILURES) {
      await write(update(key, { set: { closedUntil: clock.now().getTime() + pauseAfter(failures) } }));
    }
  },
};

function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, failures - OPEN_AFTER_FAILURES), MAX_PAUSE_MS);
}
