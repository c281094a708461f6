import { setTimeout as sleep } from 'node:timers/promises';
import type { InvocationResult } from '../lambda/invocation.ts';
import { lambdaLimits } from '../limits.ts';

/** A stream record, as Lambda delivers it. */
export type StreamRecord = Readonly<Record<string, unknown>> & {
  dynamodb: Readonly<Record<string, unknown>> & { SequenceNumber: string };
};

/** How an event source mapping retries a failed batch. */
export type BatchPolicy = { retries: number; bisects: boolean; reportsItemFailures: boolean };

export type BatchFailure = { records: readonly StreamRecord[]; invocations: number; requestId: string };

const FIRST_WAIT_MS = 50;
const MAX_WAIT_MS = 1000;

/**
 * Delivers a batch until each record has been handled or has exhausted its retries, as Lambda does. When a function reports item
 * failures, delivery restarts at the first failed record. A batch that fails as a whole is split in two if the mapping says so.
 * Records that fail more often than the mapping allows (`-1`: no limit) are given up.
 *
 * @param stopping stops between two attempts; the next run reads unhandled records again.
 * @returns whether every record was handled or given up.
 */
export async function deliverBatch(
  batch: readonly StreamRecord[],
  policy: BatchPolicy,
  work: {
    invoke: (records: readonly StreamRecord[]) => Promise<InvocationResult>;
    giveUp: (failure: BatchFailure) => void;
    stopping: AbortSignal;
  },
): Promise<boolean> {
  let remaining = batch;
  for (let attempts = 1; remaining.length > 0; attempts += 1) {
    if (work.stopping.aborted) {
      return false;
    }
    const result = await work.invoke(remaining);
    const handled = handledBy(result, remaining, policy);
    if (handled > 0) {
      remaining = remaining.slice(handled);
      attempts = 0;
      continue;
    }
    if (policy.bisects && !result.ok && remaining.length > 1) {
      const half = Math.ceil(remaining.length / 2);
      return (
        (await deliverBatch(remaining.slice(0, half), policy, work)) &&
        deliverBatch(remaining.slice(half), policy, work)
      );
    }
    if (policy.retries >= 0 && attempts > policy.retries) {
      work.giveUp({ records: remaining, invocations: attempts, requestId: result.requestId });
      return true;
    }
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), MAX_WAIT_MS);
    await sleep(wait, undefined, { signal: work.stopping }).catch(() => undefined);
  }
  return true;
}

/** Counts the handled records: those before the first reported failure. */
function handledBy(
  result: InvocationResult,
  records: readonly StreamRecord[],
  { reportsItemFailures }: BatchPolicy,
): number {
  if (!result.ok) {
    return 0;
  }
  if (!reportsItemFailures) {
    return records.length;
  }
  const answer: { batchItemFailures?: { itemIdentifier?: unknown }[] | null } | null = JSON.parse(result.payload);
  const failed = answer?.batchItemFailures ?? [];
  const places = failed.map(({ itemIdentifier }) =>
    records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier),
  );
  // A report with an unknown record fails the whole batch.
  return places.length === 0 ? records.length : Math.max(0, Math.min(...places));
}

/** The maximum size of the records of one invocation; the event around them needs the rest. */
export const MAX_BATCH_BYTES = lambdaLimits.payloadBytes - 1_024;

/**
 * Splits records into batches that respect the batch size and fit into one invocation.
 *
 * @param areSmall whether all records fit into one invocation, so that their sizes need not be measured
 */
export function batchesOf(
  records: readonly StreamRecord[],
  { batchSize, areSmall, maxBytes = MAX_BATCH_BYTES }: { batchSize: number; areSmall: boolean; maxBytes?: number },
): StreamRecord[][] {
  const batches: StreamRecord[][] = [];
  let bytes = 0;
  for (const record of records) {
    const size = areSmall ? 0 : Buffer.byteLength(JSON.stringify(record)) + 1;
    const last = batches.at(-1);
    if (last && last.length < batchSize && bytes + size <= maxBytes) {
      last.push(record);
      bytes += size;
    } else {
      batches.push([record]);
      bytes = size;
    }
  }
  return batches;
}
