import { clock } from '../../adapters/clock.ts';
import { keepUsageCursor, readUsageCursors } from '../../adapters/dynamodb/usage.ts';
import { operatorIds } from '../../domain/operator.ts';
import { OperatorUnavailable } from '../../domain/operator-port.ts';
import type { UsageRecord } from '../../domain/usage-record.ts';
import { takeInUsage } from '../count-usage.ts';
import { logger, measure } from '../http/telemetry.ts';
import { operatorOf } from '../operators.ts';
import { schedule } from './schedule.ts';

/** So many pages of an operator's records are counted together: of a SIM and day they are one write. */
const PAGES_AT_A_TIME = 10;
/** Of the records of a page that make no sense, so many are told one by one. */
const MOST_LOGGED = 10;

/**
 * Takes in what operators say that SIMs used, one operator after the other. The cursor moves on when its records are
 * counted, and not before: what a crash cut short comes again, and counts once.
 */
export const handler = schedule(async (hasTime) => {
  const cursors = await readUsageCursors();
  for (const operatorId of operatorIds) {
    await collect(operatorId, cursors.get(operatorId), hasTime).catch((error: unknown) => {
      // One that cannot be collected from holds up no other.
      if (error instanceof OperatorUnavailable) {
        logger.warn('operator unavailable', { operatorId, error });
      } else {
        logger.error('usage not collected', { operatorId, error });
        measure('LooksFailed', 1);
      }
    });
  }
});

async function collect(operatorId: string, from: string | undefined, hasTime: () => boolean): Promise<void> {
  const operator = operatorOf(operatorId);
  let cursor = from;
  for (let isEnd = false; !isEnd && hasTime(); ) {
    const records: UsageRecord[] = [];
    let next = cursor;
    for (let page = 0; page < PAGES_AT_A_TIME && !isEnd && hasTime(); page += 1) {
      const told = await operator.usageSince(next);
      records.push(...told.records);
      isEnd = told.nextCursor === next || told.records.length + told.unreadable.length === 0;
      if (!isEnd) {
        tellUnreadable(operatorId, next, told.unreadable);
      }
      next = told.nextCursor;
    }
    // At the end an operator that repeats itself says what is in already.
    if (next !== undefined && next !== cursor) {
      await takeInUsage(operatorId, records, clock.now());
      await keepUsageCursor(operatorId, next);
    }
    cursor = next;
  }
}

/** A record that makes no sense holds up none of the others. */
function tellUnreadable(operatorId: string, cursor: string | undefined, unreadable: readonly string[]): void {
  if (unreadable.length > 0) {
    const count = unreadable.length;
    logger.warn('usage not understood', { operatorId, cursor, count, unreadable: unreadable.slice(0, MOST_LOGGED) });
    measure('UsageRecordsNotCounted', count);
  }
}
