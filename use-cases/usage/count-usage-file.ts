import { getUsageProgress, saveCompleteUntil } from '../../adapters/dynamodb/usage-progress.ts';
import { completeUntilOfFile } from '../../domain/complete-until.ts';
import type { Operator } from '../../domain/operator.ts';
import { usageReportOf } from '../../domain/operator-capabilities.ts';
import type { UsageRejection } from '../../domain/usage.ts';
import type { UsageRecord } from '../../domain/usage-record.ts';
import { ingestUsage } from './ingest-usage.ts';

/**
 * Counts a file of usage records that the platform's staff uploaded.
 *
 * 1. Counts each record once, and evaluates the alarms of its partner.
 * 2. For an operator whose usage comes as files only, stores until when its usage is in.
 *
 * @returns the records that are not counted.
 */
export async function countUsageFile(
  operator: Operator,
  records: readonly UsageRecord[],
  now: Date,
): Promise<{ rejected: ReadonlyMap<UsageRecord, UsageRejection> }> {
  const ingested = await ingestUsage(operator.id, records, now);
  if (usageReportOf(operator) === 'files') {
    const before = (await getUsageProgress(operator.id))?.completeUntil;
    const completeUntil = completeUntilOfFile(records, before, now);
    if (completeUntil !== undefined && completeUntil !== before) {
      await saveCompleteUntil(operator.id, completeUntil);
    }
  }
  return ingested;
}
