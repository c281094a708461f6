import { deadLetter, failedUsage } from '../../adapters/dynamodb/dead-letters.ts';
import { isTransient } from '../../adapters/dynamodb/failures.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import type { OperatorId } from '../../domain/ids.ts';
import type { UnreadableRecord } from '../../domain/operator-port.ts';
import type { UsageRejection } from '../../domain/usage.ts';
import type { UsageRecord } from '../../domain/usage-record.ts';
import type { AlarmFailure } from '../alarms/evaluate-alarms.ts';
import { countUsage } from './count-usage.ts';

/** The maximum number of problems of unreadable records in the error of a dead letter. */
const MAX_NAMED_PROBLEMS = 10;

/**
 * Counts usage records of an operator, collected or uploaded.
 *
 * 1. Counts each record once, and evaluates the alarms of its partner.
 * 2. Dead-letters the records and alarms that failed permanently. They do not affect others.
 * 3. Logs and measures the records that are not counted.
 *
 * @param isLastAttempt dead-letters transient failures as well, instead of throwing them.
 * @returns the records that are not counted. All others are counted, now or earlier.
 * @throws the error of a transient failure (throttling, an outage). Everything else is then counted, and the batch can be
 *   ingested again.
 */
export async function ingestUsage(
  operatorId: OperatorId,
  records: readonly UsageRecord[],
  now: Date,
  { isLastAttempt = false }: { isLastAttempt?: boolean } = {},
): Promise<{ rejected: ReadonlyMap<UsageRecord, UsageRejection> }> {
  const { rejected, failures, alarmFailures } = await countUsage(operatorId, records, now);
  const isPermanent = ({ error }: { error: unknown }) => isLastAttempt || !isTransient(error);
  for (const failure of failures.filter(isPermanent)) {
    await deadLetterRecords(operatorId, failure, now);
    for (const record of failure.records) {
      rejected.set(record, 'setAside');
    }
  }
  for (const failure of alarmFailures.filter(isPermanent)) {
    await deadLetterAlarm(failure, now);
  }
  report(operatorId, records.length, rejected);
  const transient = [...failures, ...alarmFailures].find((failure) => !isPermanent(failure));
  if (transient) {
    throw transient.error;
  }
  return { rejected };
}

/** Dead-letters an alarm that could not be evaluated. It does not affect others. */
export async function deadLetterAlarm({ error, ...alarm }: AlarmFailure, now: Date): Promise<void> {
  await deadLetter({ kind: 'alarm', ...alarm }, String(error), now);
  logger.error('dead-lettered', { kind: 'alarm', partnerId: alarm.partnerId, alarmId: alarm.id, error });
  recordMetric('DeadLettered', 1);
}

/** Dead-letters records that cannot be read. They do not affect others. */
export async function deadLetterUnreadable(
  operatorId: OperatorId,
  unreadable: readonly UnreadableRecord[],
  now: Date,
): Promise<void> {
  if (unreadable.length === 0) {
    return;
  }
  const problems = unreadable.map(({ problem }) => problem).slice(0, MAX_NAMED_PROBLEMS);
  const records = unreadable.map(({ record }) => record);
  await deadLetterRecords(operatorId, { records, error: `invalid usage records: ${problems.join('; ')}` }, now);
  recordMetric('UsageRecordsNotCounted', unreadable.length);
}

/** Stores records as the operator sent them, until they are redriven. */
async function deadLetterRecords(
  operatorId: OperatorId,
  { records, error }: { records: readonly unknown[]; error: unknown },
  now: Date,
): Promise<void> {
  for (const work of failedUsage(operatorId, records)) {
    await deadLetter(work, String(error), now);
    recordMetric('DeadLettered', 1);
  }
  logger.error('dead-lettered', { kind: 'usage', operatorId, records: records.length, error });
}

function report(operatorId: OperatorId, records: number, rejected: ReadonlyMap<UsageRecord, UsageRejection>): void {
  recordMetric('UsageRecordsCounted', records - rejected.size);
  if (rejected.size > 0) {
    const reasons = Map.groupBy(rejected.values(), (reason) => reason);
    const counts = Object.fromEntries([...reasons].map(([reason, all]) => [reason, all.length]));
    logger.warn('usage not counted', { operatorId, ...counts });
    recordMetric('UsageRecordsNotCounted', rejected.size);
  }
}
