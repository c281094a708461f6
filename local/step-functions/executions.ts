import { randomUUID } from 'node:crypto';
import { ExecutionAbortedError, ExecutionError, ExecutionTimeoutError } from 'aws-local-stepfunctions';
import { ServiceError } from '../aws-json-server.ts';
import type { ScaledClock } from '../clock.ts';
import type { Functions } from '../lambda/functions.ts';
import { stepFunctionsLimits } from '../limits.ts';
import type { StateMachinePart } from '../template/parts.ts';
import type { RunnableDefinition } from './definition.ts';
import { historyEventCount } from './history.ts';
import { MAX_PAYLOAD_BYTES, taskHandlers } from './task-handlers.ts';
import type { TaskTokens } from './task-tokens.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export type Execution = {
  arn: string;
  name: string;
  machineArn: string;
  input: string;
  status: ExecutionStatus;
  /** Scaled time. */
  startedAt: Date;
  stoppedAt?: Date;
  output?: string;
  error?: string;
  cause?: string;
  /** The number of events in the history of Step Functions. */
  historyEvents: number;
  /** The number of state transitions that Step Functions bills: states entered, and retries. */
  transitions: number;
  /** The size of the largest state output so far, in bytes. */
  largestPayload: number;
};

/** The executions of one state machine. They are kept in memory and lost at a restart. */
export type Executions = {
  /** Starts an execution. @throws ServiceError with the errors of StartExecution */
  start(request: { name?: string | undefined; input?: string | undefined }): Execution;
  find(name: string): Execution | undefined;
  /** Newest first. */
  list(): Execution[];
  /** Replaces the definition for executions that start from now on, as Step Functions does. */
  update(definition: RunnableDefinition): void;
  abort(execution: Execution, error?: string, cause?: string): void;
  stop(): Promise<void>;
};

/** The number of finished executions to keep, for DescribeExecution and to reject duplicate names. */
const MAX_FINISHED = 5_000;
const INVALID_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\u{d800}-\u{dfff}]/u;

type Running = { execution: Execution; abort(): void; done: Promise<void> };

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory of short functions that share its state.
export function stateMachineExecutions(
  part: StateMachinePart,
  deployed: RunnableDefinition,
  services: { functions: Functions; tokens: TaskTokens; clock: ScaledClock },
): Executions {
  const { functions, tokens, clock } = services;
  let definition = deployed;
  const executions = new Map<string, Execution>();
  const running = new Map<string, Running>();
  const finished: string[] = [];

  function start(request: { name?: string | undefined; input?: string | undefined }): Execution {
    const { name = randomUUID(), input = '{}' } = request;
    if (name.length === 0 || name.length > stepFunctionsLimits.nameLength || INVALID_NAME.test(name)) {
      throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
    }
    const parsed = parsedInput(input);
    const arn = `${part.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = executions.get(name);
    if (existing) {
      // StartExecution is idempotent while an execution with the same input runs.
      if (existing.status === 'RUNNING' && existing.input === input) {
        return existing;
      }
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution: Execution = {
      arn,
      name,
      machineArn: part.arn,
      input,
      status: 'RUNNING',
      startedAt: clock.now(),
      historyEvents: 0,
      transitions: 0,
      largestPayload: Buffer.byteLength(input),
    };
    executions.set(name, execution);
    run(execution, parsed);
    return execution;
  }

  function run(execution: Execution, input: unknown): void {
    const stopping = new AbortController();
    let issued: string | undefined;
    const token = () => {
      issued ??= tokens.issue(execution.arn);
      return issued;
    };
    const context = {
      Task: {
        // Each attempt of a task has its own token; the task's handler takes the one from its input.
        get Token() {
          return token();
        },
      },
      // Rewritten definitions read this instead of the engine's $$.Execution.
      LocalExecution: {
        Id: execution.arn,
        Name: execution.name,
        RoleArn: part.role.arn,
        StartTime: execution.startedAt.toISOString(),
        Input: input,
      },
      StateMachine: { Id: part.arn, Name: part.name },
    };
    const handlers = taskHandlers(definition.steps, {
      functions,
      tokens,
      clock,
      signal: stopping.signal,
      takeToken() {
        const taken = token();
        issued = undefined;
        return taken;
      },
    });
    // Safe: the engine's type for JSON is not exported; the input is parsed JSON.
    const { result, eventLogs, abort } = definition.machine.run(input as never, {
      overrides: { taskResourceLocalHandlers: handlers },
      context,
    });
    const abortAll = () => {
      stopping.abort();
      abort();
    };

    const ended = result.then(
      (output) => {
        execution.status = 'SUCCEEDED';
        execution.output = JSON.stringify(output);
      },
      (error: unknown) => fail(execution, error),
    );
    const counted = (async () => {
      for await (const event of eventLogs) {
        execution.historyEvents += historyEventCount(event);
        execution.transitions += event.type === 'StateEntered' || event.type === 'StateRetried' ? 1 : 0;
        if (execution.status === 'RUNNING' && execution.historyEvents > stepFunctionsLimits.historyEvents) {
          const cause = `The execution reached the maximum number of history events (${stepFunctionsLimits.historyEvents}).`;
          end(execution, 'FAILED', 'States.Runtime', cause);
          abortAll();
        }
        const output = event.type === 'StateExited' ? JSON.stringify(event.state.output ?? null) : '';
        execution.largestPayload = Math.max(execution.largestPayload, Buffer.byteLength(output));
        if (execution.status === 'RUNNING' && Buffer.byteLength(output) > MAX_PAYLOAD_BYTES) {
          const cause = `The output of the state exceeds the maximum of ${MAX_PAYLOAD_BYTES} bytes`;
          end(execution, 'FAILED', 'States.DataLimitExceeded', cause);
          abortAll();
        }
      }
    })();
    const done = Promise.all([ended, counted.catch(() => undefined)]).then(() => {
      execution.stoppedAt ??= clock.now();
      // Stop pending waits of this execution.
      stopping.abort();
      running.delete(execution.name);
      keepFinished(execution.name);
    });
    running.set(execution.name, { execution, abort: abortAll, done });
    void ended.then(() => {
      execution.stoppedAt ??= clock.now();
    });
  }

  function keepFinished(name: string): void {
    finished.push(name);
    while (finished.length > MAX_FINISHED) {
      executions.delete(finished.shift() ?? '');
    }
  }

  return {
    start,
    find: (name) => executions.get(name),
    list: () => [...executions.values()].reverse(),
    update(newDefinition) {
      definition = newDefinition;
    },
    abort(execution, error, cause) {
      if (execution.status === 'RUNNING') {
        end(execution, 'ABORTED', error, cause);
        execution.stoppedAt = clock.now();
        running.get(execution.name)?.abort();
      }
    },
    async stop() {
      const all = [...running.values()];
      for (const { execution, abort } of all) {
        end(execution, 'ABORTED');
        abort();
      }
      await Promise.all(all.map(({ done }) => done));
    },
  };
}

function end(execution: Execution, status: ExecutionStatus, error?: string, cause?: string): void {
  execution.status = status;
  if (error !== undefined) {
    execution.error = error;
  }
  if (cause !== undefined) {
    execution.cause = cause;
  }
}

function fail(execution: Execution, error: unknown): void {
  if (execution.status !== 'RUNNING') {
    return;
  }
  if (error instanceof ExecutionTimeoutError) {
    end(execution, 'TIMED_OUT');
  } else if (error instanceof ExecutionAbortedError) {
    end(execution, 'ABORTED');
  } else {
    const reason = error instanceof ExecutionError ? error.cause : error;
    const { name, message } = reason as { name?: string; message?: string };
    end(execution, 'FAILED', name ?? 'States.Runtime', message ?? '');
  }
}

function parsedInput(input: string): unknown {
  if (Buffer.byteLength(input) > MAX_PAYLOAD_BYTES) {
    throw new ServiceError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: longer than ${MAX_PAYLOAD_BYTES} bytes`,
    );
  }
  try {
    return JSON.parse(input);
  } catch {
    throw new ServiceError('InvalidExecutionInput', 'Invalid State Machine Execution Input: not JSON');
  }
}
