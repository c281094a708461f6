import * as z from 'zod/mini';
import { runOf } from '../../adapters/dynamodb/runs.ts';
import { aliasOf } from '../../adapters/step-functions.ts';
import { continueInNewExecution } from '../../use-cases/continue-in-new-execution.ts';
import { isReplaced } from '../../use-cases/current-execution.ts';
import { nextStageOfOperation, nextStageOfOrder, type StageRun } from '../../use-cases/sims/next-stage.ts';
import { STAGE_RUNS_PER_EXECUTION } from '../../use-cases/sims/stage-limits.ts';
import { createTask, runInput } from '../background/task.ts';

/**
 * `alias`: the alias with which executions are started, if the state machine has published versions. `execution`: the name of
 * this execution, which the definition of release 0.1.0 does not pass. `confirms`: whether the definition has the stage
 * `confirm`; that of release 0.1.0 confirms activations as a part of their stage.
 */
const input = z.extend(runInput, {
  stageRuns: z.int(),
  stateMachineArn: z.string(),
  alias: z.optional(z.string()),
  execution: z.optional(z.string()),
  confirms: z.optional(z.boolean()),
});

/** The next step of the state machine, and the number of stage runs of this execution. */
type Next = (StageRun | { stage: 'none'; operationId: ''; shards: [] }) & { stageRuns: number };

/**
 * Decides which stage runs next. After a few stage runs, or when the definition lacks the stage, a new execution continues. An execution
 * that was replaced ends.
 */
export const handler = createTask(
  input,
  async ({ stageRuns, stateMachineArn, alias, execution, confirms = false, ...item }): Promise<Next> => {
    const run = runOf(item);
    const { kind, partnerId, id } = run;
    const replaced = await isReplaced(run, execution);
    const isFirst = stageRuns === 0;
    const next = replaced
      ? undefined
      : kind === 'order'
        ? await nextStageOfOrder(partnerId, id, isFirst)
        : await nextStageOfOperation(partnerId, id, isFirst);
    const isKnown = next?.stage !== 'confirm' || confirms;
    if (next && isKnown && stageRuns < STAGE_RUNS_PER_EXECUTION) {
      return { ...next, stageRuns: stageRuns + 1 };
    }
    // A crash of this task may have left the execution that replaces this one unstarted.
    const isContinued = next !== undefined || replaced;
    if (isContinued) {
      await continueInNewExecution(
        run,
        execution,
        alias === undefined ? stateMachineArn : aliasOf(stateMachineArn, alias),
      );
    }
    return { stage: 'none', operationId: '', shards: [], stageRuns: isContinued ? stageRuns : stageRuns + 1 };
  },
);
