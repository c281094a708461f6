import { clock } from '../../adapters/clock.ts';
import { deadLetter, queryRedrivenUsage, removeRedrivenUsage } from '../../adapters/dynamodb/dead-letters.ts';
import {
  countUsageFailure,
  readUsageProgress,
  saveUsageCursor,
  type UsageProgress,
} from '../../adapters/dynamodb/usage.ts';
import { readRecords } from '../../adapters/operators/answers.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import type { FailedUsage } from '../../domain/dead-letter.ts';
import { operatorIds } from '../../domain/operator.ts';
import { OperatorUnavailable, type UnreadableRecord } from '../../domain/operator-port.ts';
import type { UsageRecord } from '../../domain/usage-record.ts';
import { evaluateAlarmsOfSims } from '../../use-cases/alarms/evaluate-alarms.ts';
import { operatorOf } from '../../use-cases/operators.ts';
import { deadLetterRecords, ingestUsage } from '../../use-cases/usage/count-usage.ts';
import { createSchedule } from '../background/schedule.ts';

/** So many pages of an operator's records are counted together: of a SIM and day they are one write. */
const PAGES_AT_A_TIME = 10;
/** Of the records of a page that make no sense, so many are logged one by one. */
const MAX_LOGGED = 10;
/** Dead letters that one run takes up again. */
const MAX_REDRIVEN = 100;
/** After so many runs that a passing fault kept at the same cursor, its records are dead-lettered: a day of runs. */
const MAX_FAILURES = 12;

/**
 * Collects what operators report that SIMs used, one operator after the other, and counts what was redriven. The cursor
 * moves on when its records are counted or dead-lettered, and not before: what a crash cut short comes again, and counts
 * once.
 */
export const handler = createSchedule(async (hasTime) => {
  await countRedriven(hasTime);
  const progress = await readUsageProgress();
  for (const operatorId of operatorIds) {
    await collect(operatorId, progress.get(operatorId), hasTime).catch((error: unknown) => {
      // One that cannot be collected from holds up no other.
      if (error instanceof OperatorUnavailable) {
        logger.warn('operator unavailable', { operatorId, error });
      } else {
        logger.error('usage not collected', { operatorId, error });
        recordMetric('LooksFailed', 1);
      }
    });
  }
});

async function collect(
  operatorId: (typeof operatorIds)[number],
  progress: UsageProgress | undefined,
  hasTime: () => boolean,
): Promise<void> {
  const operator = operatorOf(operatorId);
  let cursor = progress?.cursor;
  let isLastTry = (progress?.failures ?? 0) + 1 >= MAX_FAILURES;
  for (let isEnd = false; !isEnd && hasTime(); ) {
    const records: UsageRecord[] = [];
    const unreadable: UnreadableRecord[] = [];
    let next = cursor;
    for (let page = 0; page < PAGES_AT_A_TIME && !isEnd && hasTime(); page += 1) {
      const sent = await operator.usageSince(next);
      records.push(...sent.records);
      isEnd = sent.nextCursor === next || sent.records.length + sent.unreadable.length === 0;
      if (!isEnd) {
        unreadable.push(...sent.unreadable);
      }
      next = sent.nextCursor;
    }
    // At the end an operator that repeats itself sends what is in already.
    if (next !== undefined && next !== cursor) {
      await deadLetterUnreadable(operatorId, unreadable);
      await takeInOrCount(operatorId, records, isLastTry);
      await saveUsageCursor(operatorId, next);
      isLastTry = false;
    }
    cursor = next;
  }
}

/** Takes records in; a failure that may pass is counted, so that the cursor is not kept for ever. */
async function takeInOrCount(operatorId: string, records: readonly UsageRecord[], isLastTry: boolean): Promise<void> {
  try {
    await ingestUsage(operatorId, records, clock.now(), { isLastTry });
  } catch (error) {
    await countUsageFailure(operatorId);
    throw error;
  }
}

/** Records that make no sense hold up none of the others: they are stored as they came. */
async function deadLetterUnreadable(operatorId: string, unreadable: readonly UnreadableRecord[]): Promise<void> {
  if (unreadable.length === 0) {
    return;
  }
  const problems = unreadable.map(({ problem }) => problem).slice(0, MAX_LOGGED);
  const records = unreadable.map(({ record }) => record);
  await deadLetterRecords(operatorId, { records, error: `usage not understood: ${problems.join('; ')}` }, clock.now());
  recordMetric('UsageRecordsNotCounted', unreadable.length);
}

/** Counts dead letters that were redriven; what fails again is dead-lettered again. */
async function countRedriven(hasTime: () => boolean): Promise<void> {
  for (const { id, work } of await queryRedrivenUsage(MAX_REDRIVEN)) {
    if (!hasTime()) {
      return;
    }
    try {
      await redrive(work);
      await removeRedrivenUsage(id);
    } catch (error) {
      logger.error('redriven usage not counted', { id, error });
      recordMetric('LooksFailed', 1);
    }
  }
}

async function redrive(work: FailedUsage): Promise<void> {
  const now = clock.now();
  if (work.kind === 'alarm') {
    for (const { error, ...alarm } of await evaluateAlarmsOfSims(work.partnerId, work.iccids, now)) {
      await deadLetter({ kind: 'alarm', ...alarm }, String(error), now);
    }
    return;
  }
  // Safe: the text is a list that `usageWork` made; each of its elements is checked below.
  const { records, unreadable } = readRecords(JSON.parse(work.records) as unknown[]);
  await ingestUsage(work.operatorId, records, now);
  await deadLetterUnreadable(work.operatorId, unreadable);
}
