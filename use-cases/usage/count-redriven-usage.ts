import { clock } from '../../adapters/clock.ts';
import { queryRedrivenUsage, removeRedrivenUsage } from '../../adapters/dynamodb/dead-letters.ts';
import { readRecords } from '../../adapters/operators/sim-fulfilment/answers.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import type { FailedUsage } from '../../domain/dead-letter.ts';
import { evaluateAlarmsOfSims } from '../alarms/evaluate-alarms.ts';
import { deadLetterAlarm, deadLetterUnreadable, ingestUsage } from './ingest-usage.ts';

/** The maximum number of dead letters that one run counts. */
const MAX_REDRIVEN = 100;

/** Counts redriven usage and evaluates redriven alarms. Work that fails again is dead-lettered again. */
export async function countRedrivenUsage(hasTime: () => boolean): Promise<void> {
  for (const { id, work } of await queryRedrivenUsage(MAX_REDRIVEN)) {
    if (!hasTime()) {
      return;
    }
    try {
      await countAgain(work, clock.now());
      await removeRedrivenUsage(id);
    } catch (error) {
      logger.error('redriven usage not counted', { id, error });
      recordMetric('AttemptsFailed', 1);
    }
  }
}

async function countAgain(work: FailedUsage, now: Date): Promise<void> {
  if (work.kind === 'alarm') {
    for (const failure of await evaluateAlarmsOfSims(work.partnerId, work.iccids, now)) {
      await deadLetterAlarm(failure, now);
    }
    return;
  }
  // Safe: `failedUsage` wrote the text as a list. Each element is checked below.
  const { records, unreadable } = readRecords(JSON.parse(work.records) as unknown[]);
  await ingestUsage(work.operatorId, records, now);
  await deadLetterUnreadable(work.operatorId, unreadable, now);
}
