import { clock } from '../clock.ts';
import type { OperatorTraffic } from '../operators/traffic.ts';
import { absent, get, remove, update, updateAndGet, write, writeIf } from './items.ts';
import { operatorCallsKey, operatorHealthKey } from './keys.ts';

/** How an operator is doing: calls in a row that it did not answer, and until when nobody shall try again. */
type Health = { failures: number; closedUntil: number };

/** So many calls in a row, each tried several times, tell that an operator is down. */
const OPEN_AFTER_FAILURES = 3;
/** How long it is then left alone: twice as long each time, in milliseconds. */
const FIRST_PAUSE_MS = 10_000;
const MAX_PAUSE_MS = 5 * 60_000;
/** The count of a second is of no use afterwards; DynamoDB removes it some time after. In seconds. */
const COUNT_LIFETIME_SECONDS = 3_600;

/**
 * The traffic of all functions with the operators, counted in the table.
 *
 * An operator is down when it did not answer three calls in a row. Nobody calls it then for ten seconds; after that one
 * call tries, and lets all others go on when it is answered, or closes the operator for twice as long.
 */
export const operatorTraffic: OperatorTraffic = {
  async acquire(operatorId, second, perSecond) {
    const hasCapacity = {
      expression: `${absent.expression} OR #calls < :most`,
      names: { '#calls': 'calls' },
      values: { ':most': perSecond },
    };
    const count = { add: { calls: 1 }, set: { expiresAt: second + COUNT_LIFETIME_SECONDS } };
    return writeIf(update(operatorCallsKey(operatorId, second), count, hasCapacity));
  },

  async circuitState(operatorId) {
    const health = await get<Health>(operatorHealthKey(operatorId));
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
    // Whoever moves the end on is the one that looks whether the operator is back.
    const closedUntil = now + pauseAfter(health.failures);
    const change = { set: { closedUntil } };
    // The retry of a call whose answer was lost finds its own change. Two callers of one millisecond may both try: that does no harm.
    const isUnchanged = {
      expression: '#closedUntil = :seen OR #closedUntil = :ours',
      names: { '#closedUntil': 'closedUntil' },
      values: { ':seen': health.closedUntil, ':ours': closedUntil },
    };
    const isOurs = await writeIf(update(operatorHealthKey(operatorId), change, isUnchanged));
    return isOurs ? 'halfOpen' : 'open';
  },

  async recordOutcome(operatorId, answered) {
    const key = operatorHealthKey(operatorId);
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
