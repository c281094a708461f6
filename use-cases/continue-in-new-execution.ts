import { clock } from '../adapters/clock.ts';
import { claimNextAttempt, type RunInput } from '../adapters/dynamodb/runs.ts';
import { attemptOf, startRun } from '../adapters/step-functions.ts';
import { recordOfRun } from './current-execution.ts';

/**
 * Starts the execution that continues the work of this one, because the history of an execution is limited.
 *
 * The task can run twice: the second run finds the attempt that the first one claimed, and starting it again has no effect.
 * Nothing is started when another execution has taken over.
 *
 * @param execution the name of this execution. The definition of release 0.1.0 does not pass it.
 * @param machine the state machine, or its alias, to start the execution with.
 */
export async function continueInNewExecution(
  run: RunInput,
  execution: string | undefined,
  machine: string,
): Promise<void> {
  const attempt = await nextAttempt(run, execution);
  if (attempt !== undefined) {
    await startRun(run, attempt, machine);
  }
}

async function nextAttempt(run: RunInput, execution: string | undefined): Promise<number | undefined> {
  const latest = (await recordOfRun(run))?.runAttempt;
  if (latest === undefined) {
    return undefined;
  }
  const own = (execution === undefined ? undefined : attemptOf(run.id, execution)) ?? latest;
  if (latest === own) {
    return claimNextAttempt(run, own, clock.now());
  }
  return latest === own + 1 ? latest : undefined;
}
