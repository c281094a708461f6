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
 * Starts an execution of the state machine. Idempotent: its name consists of the id and the attempt.
 *
 * @param stateMachineArn the machine or an alias of it. A task of the machine passes it, because it cannot have it in its environment.
 * @returns false when that attempt has already ended. A new attempt is needed to continue.
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

/** The status of the execution of an attempt; `never_started` when there is none of that name. */
export async function runStatus(input: RunInput, attempt: number): Promise<'running' | 'ended' | 'never_started'> {
  const machine = machineOf(required('STATE_MACHINE_ARN'));
  // The ARN of an execution contains its machine without the version or alias that it was started with.
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

/** The next state of an execution that awaits the delivery of its order. */
export type DeliveryAnswer = { goTo: 'receive' | 'end' };

/**
 * Resumes the execution that waits with this task token. Has no effect when the execution no longer waits (resumed before, timed
 * out or stopped): the sweep starts another execution if one is needed.
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

/** The attempt in the name of an execution; `undefined` when the name has another form. */
export function attemptOf(id: string, name: string): number | undefined {
  const attempt = name.startsWith(`${id}-`) ? Number(name.slice(id.length + 1)) : Number.NaN;
  return Number.isInteger(attempt) && attempt > 0 ? attempt : undefined;
}

/** The ARN of an alias of a state machine. Accepts the ARN of the machine or of any version or alias of it. */
export function aliasOf(stateMachineArn: string, alias: string): string {
  return `${machineOf(stateMachineArn)}:${alias}`;
}

/** Strips the version or alias: `arn:aws:states:<region>:<account>:stateMachine:<name>:<version or alias>`. */
function machineOf(stateMachineArn: string): string {
  return stateMachineArn.split(':').slice(0, 7).join(':');
}
