import { setTimeout as sleep } from 'node:timers/promises';
import type { InvocationResult } from '../lambda/invocation.ts';
import { lambdaLimits } from '../limits.ts';

/** A record of a stream, as Lambda hands it over. */
export type StreamRecord = Readonly<Record<string, unknown>> & {
  dynamodb: Readonly<Record<string, unknown>> & { SequenceNumber: string };
};

/** How an event source mapping treats a batch that fails. */
export type BatchPolicy = { retries: number; bisects: boolean; reportsItemFailures: boolean };

export type BatchFailure = { records: readonly StreamRecord[]; invocations: number; requestId: string };

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1000;

/**
 * Hands a batch over until each of its records has been handled or given up, as Lambda does: what a function reports as
 * failed is tried again from the first of it on; a batch that fails whole is halved, if the mapping says so; what fails
 * more often than the mapping allows (`-1`: without end) is given up.
 *
 * @param stopping ends it between two tries; what was not handled then is read again by the next run.
 * @returns whether all of it is done with.
 */
export async function handOver(
  batch: readonly StreamRecord[],
  policy: BatchPolicy,
  work: {
    invoke: (records: readonly StreamRecord[]) => Promise<InvocationResult>;
    giveUp: (failure: BatchFailure) => void;
    stopping: AbortSignal;
  },
): Promise<boolean> {
  let left = batch;
  for (let tries = 1; left.length > 0; tries += 1) {
    if (work.stopping.aborted) {
      return false;
    }
    const result = await work.invoke(left);
    const handled = handledBy(result, left, policy);
    if (handled > 0) {
      left = left.slice(handled);
      tries = 0;
      continue;
    }
    if (policy.bisects && !result.ok && left.length > 1) {
      const half = Math.ceil(left.length / 2);
      return (await handOver(left.slice(0, half), policy, work)) && handOver(left.slice(half), policy, work);
    }
    if (policy.retries >= 0 && tries > policy.retries) {
      work.giveUp({ records: left, invocations: tries, requestId: result.requestId });
      return true;
    }
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS);
    await sleep(wait, undefined, { signal: work.stopping }).catch(() => undefined);
  }
  return true;
}

/** How many records from the start are done with: those before the first that is reported as failed. */
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
  // A report that names what is not in the batch fails all of it.
  return places.length === 0 ? records.length : Math.max(0, Math.min(...places));
}

/** What the records of one invocation may weigh: there is some more around them. */
export const MAX_BATCH_BYTES = lambdaLimits.payloadBytes - 1_024;

/**
 * Cuts records into batches of at most so many, each of which fits into one invocation.
 *
 * @param areSmall whether they fit together, so that none has to be weighed
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
