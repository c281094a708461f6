import { setTimeout as sleep } from 'node:timers/promises';
import type { ScaledClock } from '../clock.ts';
import type { Functions } from '../lambda/functions.ts';
import type { InvocationResult } from '../lambda/invocation.ts';
import { stepFunctionsLimits } from '../limits.ts';
import type { TaskStep } from './definition.ts';
import { TaskError, type TaskTokens } from './task-tokens.ts';

/** The maximum size of a state's input and output. */
export const MAX_PAYLOAD_BYTES = stepFunctionsLimits.payloadBytes;
const MIN_PAUSE_MS = 10;

// biome-ignore lint/suspicious/noExplicitAny: the engine does not export its JSON type, and any is assignable to it.
export type TaskHandlers = Record<string, (input: any) => Promise<any>>;

/** Ends the execution: Retry and Catch do not apply. */
class Unrecoverable extends TaskError {
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/**
 * Creates a handler for each task of one execution.
 *
 * @param takeToken returns the token of the task's input; the engine calls the handler in the same tick
 */
export function taskHandlers(
  steps: ReadonlyMap<string, TaskStep>,
  options: {
    functions: Functions;
    tokens: TaskTokens;
    clock: ScaledClock;
    takeToken(): string;
    signal: AbortSignal;
  },
): TaskHandlers {
  const { functions, tokens, clock, takeToken, signal } = options;
  return Object.fromEntries([...steps].map(([name, step]) => [name, handlerOf(step)]));

  function handlerOf(step: TaskStep): TaskHandlers[string] {
    switch (step.kind) {
      case 'direct':
        return async (input: unknown) => parsed(payloadOf(await run(step.functionArn, input)));
      case 'invoke':
        return async (input: unknown) => {
          const { functionArn, payload } = invocationIn(input);
          const result = parsed(payloadOf(await run(functionArn, payload)));
          return { ExecutedVersion: '$LATEST', Payload: result, StatusCode: 200 };
        };
      case 'callback':
        return async (input: unknown) => {
          const token = takeToken();
          const { functionArn, payload } = invocationIn(input);
          const { answer, fail } = tokens.answerTo(token, { ...step, signal });
          run(functionArn, payload).then(payloadOf).catch(fail);
          const output = await answer;
          checkSize('output', JSON.stringify(output));
          return output;
        };
      case 'wait':
        return async ({ value, passed }: { value: unknown; passed: unknown }) => {
          const inSeconds = step.until !== 'timestamp';
          const ms = inSeconds ? Number(value) * 1000 : Date.parse(String(value)) - clock.now().getTime();
          if (!Number.isFinite(ms) || (inSeconds && (ms < 0 || ms % 1000 !== 0))) {
            throw new Unrecoverable('States.Runtime', `${JSON.stringify(value)} is not a valid time to wait for`);
          }
          if (step.until === 'real seconds') {
            await sleep(ms, undefined, { signal });
          } else if (ms > 0) {
            await clock.sleep(ms, { atLeastMs: MIN_PAUSE_MS, signal });
          }
          return passed;
        };
    }
  }

  async function run(functionArn: string, payload: unknown): Promise<InvocationResult> {
    const event = JSON.stringify(payload ?? {});
    checkSize('input', event);
    if (signal.aborted) {
      // The engine continues to retry in a stopped execution.
      throw new Unrecoverable('Stopped', 'The execution was stopped');
    }
    return functions.invoke(functionArn, event);
  }
}

function invocationIn(input: unknown): { functionArn: string; payload: unknown } {
  const { FunctionName, Payload }: { FunctionName?: unknown; Payload?: unknown } =
    typeof input === 'object' && input !== null ? input : {};
  return { functionArn: String(FunctionName), payload: Payload };
}

/** @throws TaskError with the function's error: the name is its type, the cause Lambda's JSON */
function payloadOf(result: InvocationResult): string {
  if (!result.ok) {
    throw new TaskError(result.error.errorType, JSON.stringify(result.error));
  }
  return result.payload;
}

function parsed(payload: string): unknown {
  checkSize('output', payload);
  return JSON.parse(payload);
}

function checkSize(what: string, json: string): void {
  if (Buffer.byteLength(json) > MAX_PAYLOAD_BYTES) {
    throw new Unrecoverable(
      'States.DataLimitExceeded',
      `The ${what} of the state exceeds the maximum of ${MAX_PAYLOAD_BYTES} bytes`,
    );
  }
}
