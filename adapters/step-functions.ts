import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidToken,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { memoize } from '../domain/memoize.ts';
import { clientTimeouts } from './aws-clients.ts';
import type { RunInput } from './dynamodb/runs.ts';
import { required } from './environment.ts';

const client = memoize(() => new SFNClient(clientTimeouts));

/**
 * Starts an execution of the state machine. Its name is the id and the attempt, so that starting twice starts one.
 *
 * @param stateMachineArn the machine, or an alias of it; a task of the machine itself, which cannot have it in its environment, gives it.
 * @returns false when that attempt was started before and is over: it takes another attempt to go on.
 */
export async function startRun(
  { kind, partnerId, id }: RunInput,
  attempt: number,
  stateMachineArn = required('STATE_MACHINE_ARN'),
): Promise<boolean> {
  try {
    await client().send(
      new StartExecutionCommand({
        stateMachineArn,
        name: executionName(id, attempt),
        input: JSON.stringify({ kind, partnerId, id, work: { stageRuns: 0 } }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) {
      return false;
    }
    throw error;
  }
}

/** Whether the execution of an attempt is at work; `never_started` when there is none of that name. */
export async function runStatus(input: RunInput, attempt: number): Promise<'running' | 'ended' | 'never_started'> {
  const machine = machineOf(required('STATE_MACHINE_ARN'));
  // An execution is called after its machine, whichever version or alias it was started with.
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${executionName(input.id, attempt)}`;
  try {
    const { status } = await client().send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING' ? 'running' : 'ended';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) {
      return 'never_started';
    }
    throw error;
  }
}

/** Where an execution that awaited its order's delivery goes on. */
export type DeliveryAnswer = { goTo: 'receive' | 'end' };

/**
 * Lets the execution go on that waits with this token. One that no longer waits (answered before, timed out, stopped)
 * is left alone: the token has done its work, or the sweep starts another execution.
 */
export async function answerTask(taskToken: string, answer: DeliveryAnswer): Promise<void> {
  try {
    await client().send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(answer) }));
  } catch (error) {
    if (!(error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken)) {
      throw error;
    }
  }
}

function executionName(id: string, attempt: number): string {
  return `${id}-${attempt}`;
}

/** The attempt that an execution of this name is; `undefined` when the name is of another form. */
export function attemptOf(id: string, name: string): number | undefined {
  const attempt = name.startsWith(`${id}-`) ? Number(name.slice(id.length + 1)) : Number.NaN;
  return Number.isInteger(attempt) && attempt > 0 ? attempt : undefined;
}

/** The ARN of an alias of a state machine, from any ARN that is the machine's or names a version or an alias of it. */
export function aliasOf(stateMachineArn: string, alias: string): string {
  return `${machineOf(stateMachineArn)}:${alias}`;
}

/** Without what may follow it: `arn:aws:states:<region>:<account>:stateMachine:<name>:<version or alias>`. */
function machineOf(stateMachineArn: string): string {
  return stateMachineArn.split(':').slice(0, 7).join(':');
}
