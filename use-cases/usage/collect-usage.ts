import { clock } from '../../adapters/clock.ts';
import { allOperators } from '../../adapters/dynamodb/operators.ts';
import {
  countUsageFailure,
  readUsageProgress,
  saveCompleteUntil,
  saveUsageCursor,
  type UsageProgress,
} from '../../adapters/dynamodb/usage-progress.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import type { OperatorId } from '../../domain/ids.ts';
import type { PlatformKind } from '../../domain/operator.ts';
import { platformKindOf, usageReportOf } from '../../domain/operator-capabilities.ts';
import { OperatorUnavailable, type UnreadableRecord } from '../../domain/operator-port.ts';
import { MAX_FAILED_COLLECTIONS } from '../../domain/retry-policies.ts';
import type { UsageRecord } from '../../domain/usage-record.ts';
import { operatorOf } from '../operator-gateway.ts';
import { deadLetterUnreadable, ingestUsage } from './ingest-usage.ts';

/** The maximum number of pages of records that are counted together. Larger batches need fewer writes: one per SIM and day. */
const PAGES_PER_BATCH = 10;

/**
 * Collects the usage records of every operator that reports them over its API, and counts them.
 *
 * 1. Reads each operator's records from its cursor on, or from the first after a change of its platform, a batch of pages at a time.
 * 2. Counts the records. Those that cannot be read or counted are dead-lettered.
 * 3. Stores the cursor last. After a crash the same records are read again, and each still counts once.
 * 4. At the end of the list, stores until when the operator's usage is in: until it was asked, unless it says otherwise.
 *
 * An operator that fails does not affect others.
 */
export async function collectUsage(hasTime: () => boolean): Promise<void> {
  const progress = await readUsageProgress();
  const collected = (await allOperators()).filter((operator) => usageReportOf(operator) === 'records');
  for (const { id: operatorId, ...operator } of collected) {
    await collectFrom(operatorId, platformKindOf(operator), progress.get(operatorId), hasTime).catch(
      (error: unknown) => {
        if (error instanceof OperatorUnavailable) {
          logger.warn('operator unavailable', { operatorId, error });
        } else {
          logger.error('usage not collected', { operatorId, error });
          recordMetric('AttemptsFailed', 1);
        }
      },
    );
  }
}

async function collectFrom(
  operatorId: OperatorId,
  kind: PlatformKind,
  progress: UsageProgress | undefined,
  hasTime: () => boolean,
): Promise<void> {
  const operator = operatorOf(operatorId);
  let cursor = cursorFor(kind, progress);
  let isLastAttempt = (progress?.failures ?? 0) + 1 >= MAX_FAILED_COLLECTIONS;
  for (let isEnd = false; !isEnd && hasTime(); ) {
    const records: UsageRecord[] = [];
    const unreadable: UnreadableRecord[] = [];
    let next = cursor;
    let completeUntil = '';
    for (let page = 0; page < PAGES_PER_BATCH && !isEnd && hasTime(); page += 1) {
      const askedAt = clock.now();
      const sent = await operator.usageSince(next);
      completeUntil = sent.completeUntil ?? askedAt.toISOString();
      records.push(...sent.records);
      isEnd = sent.nextCursor === next || sent.records.length + sent.unreadable.length === 0;
      if (!isEnd) {
        unreadable.push(...sent.unreadable);
      }
      next = sent.nextCursor;
    }
    // An unchanged cursor means that the operator repeated its last page, which is counted already.
    if (next !== undefined && next !== cursor) {
      await deadLetterUnreadable(operatorId, unreadable, clock.now());
      await ingestOrCountFailure(operatorId, records, isLastAttempt);
      await saveUsageCursor(operatorId, next, kind);
      isLastAttempt = false;
    }
    cursor = next;
    if (isEnd) {
      await saveCompleteUntil(operatorId, completeUntil);
    }
  }
}

/** The cursor at which an operator's records continue. An operator that has moved to another platform starts without one. */
function cursorFor(kind: PlatformKind, progress: UsageProgress | undefined): string | undefined {
  const isOurs = progress?.cursorOf === undefined || progress.cursorOf === kind;
  return isOurs ? progress?.cursor : undefined;
}

/** Counts transient failures, so that the cursor does not stay in the same place forever. */
async function ingestOrCountFailure(
  operatorId: OperatorId,
  records: readonly UsageRecord[],
  isLastAttempt: boolean,
): Promise<void> {
  try {
    await ingestUsage(operatorId, records, clock.now(), { isLastAttempt });
  } catch (error) {
    await countUsageFailure(operatorId);
    throw error;
  }
}
