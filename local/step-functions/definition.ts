import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import type { ScaledClock } from '../clock.ts';
import { StartError } from '../start-error.ts';

/** The work of a task state, which the local cloud does instead of the engine. */
export type TaskStep =
  /** The state's input is the function's event; its result is the function's. */
  | { kind: 'direct'; functionArn: string }
  /** The input names the function and its payload. */
  | { kind: 'invoke' }
  /** Like `invoke`, but the result is the answer to the task's token. Milliseconds of scaled time. */
  | { kind: 'callback'; timeoutMs?: number; heartbeatMs?: number }
  /** A wait whose duration is known only when it starts. */
  | { kind: 'wait'; until: 'seconds' | 'real seconds' | 'timestamp' };

/** A state machine, ready for the engine. */
export type RunnableDefinition = { machine: StateMachine; steps: ReadonlyMap<string, TaskStep> };

type State = Record<string, unknown>;

/** The comment of a Wait that is not scaled. */
const REAL_TIME = 'real time';
/** The minimum real pause between retries, so that retries do not spin when days are short. */
const MIN_PAUSE_MS = 10;
/** The minimum real time-out of an execution and of a retry delay. */
const MIN_TIMEOUT_MS = 50;
/** Timers are limited to 24.8 days; a longer one fires immediately. */
const MAX_TIMER_MS = 24 * 86_400_000;

const INVOKE = /^arn:aws[\w-]*:states:::lambda:invoke(\.waitForTaskToken)?$/;
const FUNCTION_ARN = /^arn:aws[\w-]*:lambda:[\w-]+:\d+:function:[\w-]+(:\$LATEST)?$/;

const common = ['Type', 'Comment', 'InputPath', 'OutputPath'];
const transitions = ['Next', 'End'];
const errorHandling = ['Retry', 'Catch', 'ResultSelector', 'ResultPath'];

/** The fields of each state type that the engine supports, directly or after rewriting. */
const knownFields: Readonly<Record<string, readonly string[]>> = {
  Task: [...common, ...transitions, ...errorHandling, 'Resource', 'Parameters', 'TimeoutSeconds', 'HeartbeatSeconds'],
  Map: [
    ...common,
    ...transitions,
    ...errorHandling,
    'ItemsPath',
    'ItemSelector',
    'ItemProcessor',
    'Iterator',
    'Parameters',
    'MaxConcurrency',
    'Label',
  ],
  Parallel: [...common, ...transitions, ...errorHandling, 'Branches', 'Parameters'],
  Pass: [...common, ...transitions, 'Result', 'ResultPath', 'Parameters'],
  Wait: [...common, ...transitions, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Choice: [...common, 'Choices', 'Default'],
  Succeed: common,
  Fail: ['Type', 'Comment', 'Error', 'ErrorPath', 'Cause', 'CausePath'],
};

/**
 * Validates a deployed definition, then rewrites it for the local engine: retries, waits and callback time-outs use scaled time,
 * Lambda's time-outs real time.
 *
 * @throws StartError that names an unsupported state or field
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory of short functions that share its state.
export function runnableDefinition(
  name: string,
  definition: unknown,
  clock: Pick<ScaledClock, 'realMs'>,
): RunnableDefinition {
  const refuse = (message: string): never => {
    throw new StartError(`State machine ${name}: ${message}`);
  };
  if (typeof definition !== 'object' || definition === null) {
    return refuse('its definition is not a JSON object.');
  }
  try {
    // The engine's constructor runs the validator over the definition.
    new StateMachine(definition as StateMachineDefinition);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  const steps = new Map<string, TaskStep>();
  const names = new Set<string>();
  // The engine reports the iteration's input and the real time as the execution's input and start in a Map.
  const text = JSON.stringify(definition).replaceAll('$$.Execution.', () => '$$.LocalExecution.');
  if (text.includes('$$.State.') || text.includes('$$.Task.RetryCount')) {
    refuse('the local engine does not support $$.State and $$.Task.RetryCount of the context object.');
  }
  const rewritten = rewriteMachine(JSON.parse(text), false);
  return {
    // Safe: the validator has accepted the definition, and rewriting keeps its structure.
    machine: new StateMachine(rewritten as unknown as StateMachineDefinition, {
      validationOptions: { noValidate: true },
    }),
    steps,
  };

  function rewriteMachine(machine: State, inMap: boolean): State {
    const states = Object.entries(machine.States as Record<string, State>).map(([stateName, state]) => {
      if (names.has(stateName)) {
        refuse(`two states have the name ${stateName}.`);
      }
      names.add(stateName);
      return [stateName, rewriteState(stateName, state, inMap)];
    });
    if (machine.QueryLanguage !== undefined && machine.QueryLanguage !== 'JSONPath') {
      refuse(`the local engine supports the query language JSONPath only, not ${String(machine.QueryLanguage)}.`);
    }
    const { ProcessorConfig: processor, TimeoutSeconds: timeout, ...rest } = machine;
    if (typeof processor === 'object' && processor !== null && 'Mode' in processor && processor.Mode !== 'INLINE') {
      refuse(`the local engine supports a Map in mode INLINE only, not ${String(processor.Mode)}.`);
    }
    return {
      ...rest,
      ...(typeof timeout === 'number' && { TimeoutSeconds: scaledMs(timeout, MIN_TIMEOUT_MS) / 1000 }),
      States: Object.fromEntries(states),
    };
  }

  function rewriteState(stateName: string, state: State, inMap: boolean): State {
    const type = String(state.Type);
    const unknown = Object.keys(state).filter(
      (field) => !knownFields[type]?.includes(field) && field !== 'QueryLanguage',
    );
    if (unknown.length > 0) {
      refuse(
        `${stateName} (${type}) has ${unknown.join(', ')}, which the local engine does not support. Supported: ${knownFields[type]?.join(', ')}.`,
      );
    }
    if (state.QueryLanguage !== undefined && state.QueryLanguage !== 'JSONPath') {
      refuse(`${stateName}: the local engine does not support the query language ${String(state.QueryLanguage)}.`);
    }
    const { QueryLanguage: _, ...fields } = state;
    const retried = Array.isArray(fields.Retry) ? { ...fields, Retry: fields.Retry.map(scaledRetry) } : fields;
    switch (type) {
      case 'Task':
        return rewriteTask(stateName, retried, inMap);
      case 'Wait':
        return rewriteWait(stateName, retried);
      case 'Map': {
        const { ItemProcessor, Iterator: iterator, ...rest } = retried;
        return { ...rest, ItemProcessor: rewriteMachine((ItemProcessor ?? iterator) as State, true) };
      }
      case 'Parallel':
        return {
          ...retried,
          Branches: (retried.Branches as State[]).map((branch) => rewriteMachine(branch, inMap)),
        };
      default:
        return retried;
    }
  }

  function rewriteTask(stateName: string, state: State, inMap: boolean): State {
    const { HeartbeatSeconds, ...rest } = state;
    if (inMap && JSON.stringify(state.Parameters ?? '').includes('$$.Map.')) {
      refuse(`${stateName}: the local engine supports $$.Map only in the Map's ItemSelector.`);
    }
    const resource = String(state.Resource);
    const [isInvoke, isCallback] = INVOKE.exec(resource) ?? [];
    if (isCallback) {
      steps.set(stateName, {
        kind: 'callback',
        ...(typeof state.TimeoutSeconds === 'number' && { timeoutMs: state.TimeoutSeconds * 1000 }),
        ...(typeof HeartbeatSeconds === 'number' && { heartbeatMs: HeartbeatSeconds * 1000 }),
      });
      return {
        ...rest,
        ...(Array.isArray(rest.Retry) && { Retry: withTimeoutRule(stateName, rest.Retry) }),
        ...(Array.isArray(rest.Catch) && { Catch: withTimeoutRule(stateName, rest.Catch) }),
        TimeoutSeconds: MAX_TIMER_MS / 1000,
      };
    }
    if (HeartbeatSeconds !== undefined) {
      refuse(`${stateName}: HeartbeatSeconds is for tasks that wait for their token.`);
    }
    if (isInvoke) {
      steps.set(stateName, { kind: 'invoke' });
    } else if (FUNCTION_ARN.test(resource)) {
      steps.set(stateName, { kind: 'direct', functionArn: resource });
    } else {
      refuse(
        `${stateName}: the local engine does not support the resource ${resource}. Supported: functions, ` +
          'arn:aws:states:::lambda:invoke and arn:aws:states:::lambda:invoke.waitForTaskToken.',
      );
    }
    // A task without a time-out has no limit; the engine's default would be a minute.
    const timeoutMs = typeof state.TimeoutSeconds === 'number' ? state.TimeoutSeconds * 1000 : MAX_TIMER_MS;
    return { ...rest, TimeoutSeconds: Math.min(timeoutMs, MAX_TIMER_MS) / 1000 };
  }

  /**
   * `States.TaskFailed` matches every error except a time-out. The engine does not recognise the time-out of a token, which uses
   * scaled time: a rule for time-outs is inserted before the first rule with `States.TaskFailed`.
   */
  function withTimeoutRule(stateName: string, rules: State[]): State[] {
    const named = (rule: State) => (Array.isArray(rule.ErrorEquals) ? rule.ErrorEquals.map(String) : []);
    const first = rules.findIndex((rule) => named(rule).includes('States.TaskFailed'));
    if (first < 0 || rules.slice(0, first).some((rule) => named(rule).includes('States.Timeout'))) {
      return rules;
    }
    const ruleOf = (error: string) => rules.find((rule) => named(rule).includes(error));
    const forTimeouts = ruleOf('States.Timeout') ?? ruleOf('States.ALL');
    const isRetry = rules.every((rule) => rule.Next === undefined);
    if (forTimeouts === undefined && !isRetry) {
      refuse(
        `${stateName}: the local engine supports a Catch of States.TaskFailed only together with one of States.Timeout or States.ALL.`,
      );
    }
    const rule = forTimeouts ?? { MaxAttempts: 0 };
    return rules.toSpliced(first, 0, { ...rule, ErrorEquals: ['States.Timeout'] });
  }

  /** Converts a Wait to a task that waits in scaled time. */
  function rewriteWait(stateName: string, state: State): State {
    const { Seconds, SecondsPath, Timestamp, TimestampPath, ...rest } = state;
    const inSeconds = Seconds ?? SecondsPath;
    const seconds = state.Comment === REAL_TIME ? 'real seconds' : 'seconds';
    steps.set(stateName, { kind: 'wait', until: inSeconds === undefined ? 'timestamp' : seconds });
    return {
      ...rest,
      Type: 'Task',
      Resource: 'local:wait',
      TimeoutSeconds: MAX_TIMER_MS / 1000,
      Parameters: {
        ...(SecondsPath === undefined && TimestampPath === undefined
          ? { value: Seconds ?? Timestamp }
          : { 'value.$': SecondsPath ?? TimestampPath }),
        'passed.$': '$',
      },
    };
  }

  function scaledRetry(retrier: State): State {
    const interval = typeof retrier.IntervalSeconds === 'number' ? retrier.IntervalSeconds : 1;
    const rate = typeof retrier.BackoffRate === 'number' ? retrier.BackoffRate : 2;
    const attempts = typeof retrier.MaxAttempts === 'number' ? retrier.MaxAttempts : 3;
    const maxDelay =
      typeof retrier.MaxDelaySeconds === 'number'
        ? retrier.MaxDelaySeconds
        : interval * rate ** Math.max(attempts - 1, 0);
    return {
      ...retrier,
      IntervalSeconds: scaledMs(interval, MIN_PAUSE_MS) / 1000,
      MaxDelaySeconds: scaledMs(maxDelay, MIN_TIMEOUT_MS) / 1000,
    };
  }

  function scaledMs(seconds: number, minMs: number): number {
    return Math.min(Math.max(clock.realMs(seconds * 1000), minMs), MAX_TIMER_MS);
  }
}
