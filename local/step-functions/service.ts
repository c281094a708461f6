import { type AwsJsonServer, ServiceError, serveAwsJson } from '../aws-json-server.ts';
import type { ScaledClock } from '../clock.ts';
import { missingForDefinition } from '../iam/deployment-permissions.ts';
import type { Functions } from '../lambda/functions.ts';
import { stepFunctionsLimits } from '../limits.ts';
import type { Log } from '../log.ts';
import { requestQuota } from '../request-quota.ts';
import { StartError } from '../start-error.ts';
import type { StateMachinePart } from '../template/parts.ts';
import { type RunnableDefinition, runnableDefinition } from './definition.ts';
import { type Execution, type Executions, stateMachineExecutions } from './executions.ts';
import { MAX_PAYLOAD_BYTES } from './task-handlers.ts';
import { taskTokens } from './task-tokens.ts';

export type StepFunctions = AwsJsonServer & {
  /** Executions of all state machines, newest first. */
  executions(): Execution[];
  /** Sets the functions. They start after the service, because their environment contains its URL. */
  connect(functions: Functions): void;
};

/** Serves the Step Functions protocol for the state machines of the template. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory of short functions that share its state.
export async function serveStepFunctions(
  parts: readonly StateMachinePart[],
  options: { clock: ScaledClock; log: Log },
): Promise<StepFunctions> {
  const { clock, log } = options;
  const tokens = taskTokens(clock);
  const machines = new Map<string, Executions>();
  const definitions = parts.map((part) => ({
    part,
    definition: runnableDefinition(part.name, part.definition, clock),
  }));
  let connectedFunctions: Functions | undefined;

  /** @throws StartError when a task calls an unknown function */
  function assertFunctionsDeployed(name: string, { steps }: RunnableDefinition): void {
    for (const step of steps.values()) {
      if (step.kind === 'direct') {
        connectedFunctions?.assertExists(step.functionArn, `State machine ${name}`);
      }
    }
  }

  function machineOf(arn: unknown): Executions {
    const machine = machines.get(String(arn));
    if (!machine) {
      throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${String(arn)}'`);
    }
    return machine;
  }

  function executionOf(arn: unknown): { machine: Executions; execution: Execution } {
    const [, machineName, name] = /^arn:aws:states:[^:]+:\d+:execution:([^:]+):([^:]+)$/.exec(String(arn)) ?? [];
    if (machineName === undefined || name === undefined) {
      throw new ServiceError('InvalidArn', `Invalid Arn: '${String(arn)}'`);
    }
    const part = parts.find((candidate) => candidate.name === machineName);
    const machine = part && machines.get(part.arn);
    const execution = machine?.find(name);
    if (!machine || !execution) {
      throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${String(arn)}'`);
    }
    return { machine, execution };
  }

  const server = await serveAwsJson({
    prefix: 'AWSStepFunctions',
    log,
    quota: requestQuota(stepFunctionsLimits.requests, 'ThrottlingException'),
    operations: {
      StartExecution({ stateMachineArn, name, input }) {
        const execution = machineOf(stateMachineArn).start({ name: text(name), input: text(input) });
        return { executionArn: execution.arn, startDate: seconds(execution.startedAt) };
      },
      DescribeExecution({ executionArn }) {
        return executionResponse(executionOf(executionArn).execution);
      },
      StopExecution({ executionArn, error, cause }) {
        const { machine, execution } = executionOf(executionArn);
        machine.abort(execution, text(error), text(cause));
        return { stopDate: seconds(execution.stoppedAt ?? clock.now()) };
      },
      ListExecutions({ stateMachineArn, statusFilter, maxResults, nextToken }) {
        const all = machineOf(stateMachineArn)
          .list()
          .filter(({ status }) => statusFilter === undefined || status === statusFilter);
        const from = Number(nextToken ?? 0);
        const upTo = from + (Number(maxResults) || 100);
        return {
          executions: all.slice(from, upTo).map((execution) => {
            const {
              executionArn,
              stateMachineArn: machineArn,
              name,
              status,
              startDate,
              stopDate,
            } = executionResponse(execution);
            return { executionArn, stateMachineArn: machineArn, name, status, startDate, stopDate };
          }),
          ...(upTo < all.length && { nextToken: String(upTo) }),
        };
      },
      UpdateStateMachine({ stateMachineArn, definition }) {
        const machine = machineOf(stateMachineArn);
        const part = parts.find(({ arn }) => arn === stateMachineArn);
        const name = part?.name ?? '';
        try {
          const given: unknown = JSON.parse(text(definition) ?? '');
          const changed = runnableDefinition(name, given, clock);
          assertFunctionsDeployed(name, changed);
          const [missing] = part ? missingForDefinition(part, given) : [];
          if (missing !== undefined) {
            throw new StartError(missing);
          }
          machine.update(changed);
        } catch (error) {
          throw new ServiceError('InvalidDefinition', error instanceof Error ? error.message : String(error));
        }
        return { updateDate: seconds(clock.now()) };
      },
      SendTaskSuccess({ taskToken, output }) {
        tokens.succeed(taskToken, outputOf(output));
      },
      SendTaskFailure({ taskToken, error, cause }) {
        tokens.fail(taskToken, text(error) ?? '', text(cause) ?? '');
      },
      SendTaskHeartbeat({ taskToken }) {
        tokens.heartbeat(taskToken);
      },
    },
  });

  return {
    url: server.url,
    executions: () => [...machines.values()].flatMap((machine) => machine.list()),
    connect(functions) {
      connectedFunctions = functions;
      for (const { part, definition } of definitions) {
        assertFunctionsDeployed(part.name, definition);
        machines.set(part.arn, stateMachineExecutions(part, definition, { functions, tokens, clock }));
      }
    },
    async stop() {
      await Promise.all([...machines.values()].map((machine) => machine.stop()));
      await server.stop();
    },
  };
}

function executionResponse(execution: Execution) {
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machineArn,
    name: execution.name,
    status: execution.status,
    startDate: seconds(execution.startedAt),
    stopDate: execution.status === 'RUNNING' || !execution.stoppedAt ? undefined : seconds(execution.stoppedAt),
    input: execution.input,
    inputDetails: { included: true },
    output: execution.output,
    error: execution.error,
    cause: execution.cause,
  };
}

function outputOf(output: unknown): unknown {
  const given = text(output);
  if (given === undefined || Buffer.byteLength(given) > MAX_PAYLOAD_BYTES) {
    throw new ServiceError('InvalidOutput', "Invalid Output: 'Output exceeds maximum length or is missing'");
  }
  try {
    return JSON.parse(given);
  } catch {
    throw new ServiceError('InvalidOutput', "Invalid Output: 'Not JSON'");
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}
