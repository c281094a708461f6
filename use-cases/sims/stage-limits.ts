import { clock } from '../../adapters/clock.ts';
import { changeOperation } from '../../adapters/dynamodb/operations.ts';
import type { OperationId, PartnerId } from '../../domain/ids.ts';
import { noteWaiting } from '../../domain/operation-steps.ts';

/** The number of concurrent SIM writes of a task. More would not be faster and would be throttled sooner. */
export const WRITES_IN_FLIGHT = 32;

/** This long after its start, in real milliseconds, a request with a file saves no further row: API Gateway waits 29 seconds. */
export const FILE_SAVES_WITHIN_MS = 20_000;

/*
 * The history of an execution has at most 25,000 events (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
 * These limits keep it well below that for any number of SIMs: a call of a shard takes 7 events, 11 if
 * it waits for its operator, a shard 6 more, and there are up to 16 shards. Polling for confirmations for a week takes about 5,500
 * events. Waits for turns add at most 8,448 (4 runs of 12 waits in 16 shards, 11 events each).
 */

/** The number of calls of each shard in one run of a stage. The next run continues. */
export const TURNS_PER_STAGE_RUN = 12;
/** The number of stage runs of an execution. Then the work continues in a new execution. */
export const STAGE_RUNS_PER_EXECUTION = 4;

/**
 * Whether a run of a stage ends because its shard has waited for turns at operators often enough. Waiting does not fail an operation for
 * lack of progress.
 *
 * @param turn how often the shard has waited in this run.
 */
export async function endsStageRun(partnerId: PartnerId, operationId: OperationId, turn: number): Promise<boolean> {
  if (turn < TURNS_PER_STAGE_RUN) {
    return false;
  }
  const at = clock.now().toISOString();
  await changeOperation(partnerId, operationId, (operation) => noteWaiting(operation, at));
  return true;
}
