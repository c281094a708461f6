import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScaledClock } from '../clock.ts';
import type { Failures } from '../failures.ts';
import type { Harsh } from '../harsh/harsh-mode.ts';
import type { Directory, GuardedService } from '../iam/calls.ts';
import { lambdaLimits } from '../limits.ts';
import type { FunctionsLog } from '../log.ts';
import { StartError } from '../start-error.ts';
import { account, region } from '../template/identity.ts';
import type { FunctionPart } from '../template/parts.ts';
import { type FunctionLoad, type FunctionPool, functionPool } from './function-pool.ts';
import type { GuardSetup } from './guard.ts';
import type { FunctionError, InvocationResult } from './invocation.ts';

/** All functions of the template. */
export type Functions = {
  /** Runs a function and waits for its result. Never rejects because of the function: a failure is a result. */
  invoke(arn: string, event: string): Promise<InvocationResult>;
  /**
   * Invokes a function asynchronously: failures are retried, then go to the function's destination. When the signal aborts, an attempt
   * that runs is waited for, and no other one starts.
   */
  invokeAsynchronously(arn: string, event: string, signal?: AbortSignal): Promise<void>;
  /** Checks that a function exists. @throws StartError when it does not */
  assertExists(arn: string, who: string): void;
  /** Kills the worker that handles an invocation, as a failing machine would. @returns false when no worker handles it. */
  kill(requestId: string): boolean;
  /** Returns the name of the function that handles an invocation. */
  functionHandling(requestId: string): string | undefined;
  /** The load of each function so far, by name. */
  load(): ReadonlyMap<string, FunctionLoad>;
  /** Sets an environment variable of the workers that start from now on. */
  setVariable(name: string, value: string): void;
  stop(): Promise<void>;
};

/** The error of an invocation that exceeds the account's or the function's concurrency, as Step Functions names it. */
export const TOO_MANY_REQUESTS = 'Lambda.TooManyRequestsException';

/** Lambda waits a minute before the first retry and two before the second. */
const retryWaitsMs = [60_000, 120_000];
const MIN_WAIT_MS = 50;

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory of short functions that share its state.
export function startFunctions(
  parts: readonly FunctionPart[],
  options: {
    clock: ScaledClock;
    endpoints: Readonly<Record<string, string>>;
    directory: Directory;
    log: FunctionsLog;
    failures: Failures;
    harsh?: Pick<Harsh, 'deliveries' | 'freezes'> | undefined;
    /** The maximum of concurrent invocations of all functions. */
    concurrency?: number | undefined;
  },
): Functions {
  const { clock, endpoints, directory, log, failures, harsh, concurrency = lambdaLimits.concurrency } = options;
  let running = 0;
  const runningByFunction = new Map<string, number>();
  const stopping = new AbortController();
  const environments: Record<string, string>[] = [];
  const pools = new Map<string, FunctionPool>();
  for (const part of parts) {
    const environment = environmentOf(part, endpoints);
    environments.push(environment);
    pools.set(
      part.arn,
      functionPool(part, {
        environment,
        clock: clock.environment,
        guard: guardOf(part, endpoints, directory),
        output: (text) => log.write(part.name, text),
        freezes: harsh?.freezes ?? false,
      }),
    );
  }

  clock.onSet(() => {
    for (const pool of pools.values()) {
      pool.passClock();
    }
  });

  function poolOf(arn: string): FunctionPool {
    // `$LATEST` is the function itself.
    const pool = pools.get(arn) ?? pools.get(arn.replace(/:\$LATEST$/, ''));
    if (!pool) {
      throw new StartError(`There is no function ${arn}. Known functions: ${[...pools.keys()].join(', ')}.`);
    }
    return pool;
  }

  /** Returns Lambda's own error for an event that is too large or exceeds the concurrency. */
  function refusalOf({ part }: FunctionPool, event: string): FunctionError | undefined {
    const bytes = Buffer.byteLength(event);
    if (bytes > lambdaLimits.payloadBytes) {
      return {
        errorType: 'Lambda.RequestTooLargeException',
        errorMessage: `Request must be smaller than ${lambdaLimits.payloadBytes} bytes for the InvokeFunction operation`,
      };
    }
    const runningHere = runningByFunction.get(part.name) ?? 0;
    return running >= concurrency || runningHere >= (part.reservedConcurrency ?? Number.POSITIVE_INFINITY)
      ? { errorType: TOO_MANY_REQUESTS, errorMessage: 'Rate Exceeded.' }
      : undefined;
  }

  async function invoke(arn: string, event: string): Promise<InvocationResult> {
    const pool = poolOf(arn);
    const error = refusalOf(pool, event);
    if (error) {
      return { ok: false, requestId: randomUUID(), error };
    }
    const { name } = pool.part;
    running += 1;
    runningByFunction.set(name, (runningByFunction.get(name) ?? 0) + 1);
    const result = await pool.invoke(event).finally(() => {
      running -= 1;
      runningByFunction.set(name, (runningByFunction.get(name) ?? 1) - 1);
    });
    if (!result.ok) {
      log.write(pool.part.name, `${result.requestId} ${result.error.errorType}: ${result.error.errorMessage}`);
    }
    return result;
  }

  /** An asynchronous event waits in Lambda's queue while there is no free concurrency; waiting does not count as an attempt. */
  async function invokeWhenConcurrencyAllows(
    arn: string,
    event: string,
    signal: AbortSignal,
  ): Promise<InvocationResult> {
    for (;;) {
      const result = await invoke(arn, event);
      if (result.ok || result.error.errorType !== TOO_MANY_REQUESTS || signal.aborted) {
        return result;
      }
      await sleep(MIN_WAIT_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Invokes a function and retries failures, as Lambda does with asynchronous events. */
  async function deliver(arn: string, event: string, afterMs: number, signal: AbortSignal): Promise<void> {
    const { part } = poolOf(arn);
    const { retries, onFailure } = part.asynchronously;
    if (afterMs > 0) {
      await sleep(afterMs, undefined, { signal }).catch(() => undefined);
    }
    for (let attempt = 0; !signal.aborted; attempt++) {
      const result = await invokeWhenConcurrencyAllows(arn, event, signal);
      if (result.ok || signal.aborted) {
        return;
      }
      if (attempt >= retries) {
        if (onFailure !== undefined) {
          failures.add(onFailure, {
            version: '1.0',
            timestamp: clock.now().toISOString(),
            requestContext: {
              requestId: result.requestId,
              functionArn: `${part.arn}:$LATEST`,
              condition: 'RetriesExhausted',
              approximateInvokeCount: attempt + 1,
            },
            requestPayload: JSON.parse(event),
            responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
            responsePayload: result.error,
          });
        }
        return;
      }
      const wait = retryWaitsMs[Math.min(attempt, retryWaitsMs.length - 1)] ?? 0;
      await clock.sleep(wait, { atLeastMs: MIN_WAIT_MS, signal });
    }
  }

  return {
    invoke,
    assertExists(arn, who) {
      if (!pools.has(arn)) {
        throw new StartError(`${who} names the function ${arn}, which is not in the template.`);
      }
    },
    kill: (requestId) => [...pools.values()].some((pool) => pool.kill(requestId)),
    functionHandling: (requestId) => [...pools.values()].find((pool) => pool.isHandling(requestId))?.part.name,
    setVariable(name, value) {
      for (const environment of environments) {
        environment[name] = value;
      }
    },
    load: () => new Map([...pools.values()].map(({ part, load }) => [part.name, load()])),
    async invokeAsynchronously(arn, event, signal) {
      const bytes = Buffer.byteLength(event);
      if (bytes > lambdaLimits.asynchronousPayloadBytes) {
        throw new Error(
          `RequestEntityTooLargeException: ${bytes} byte payload is too large for the Event invocation type ` +
            `(limit ${lambdaLimits.asynchronousPayloadBytes} bytes)`,
        );
      }
      const times = harsh?.deliveries() ?? [0];
      const ends = AbortSignal.any([stopping.signal, ...(signal ? [signal] : [])]);
      await Promise.all(times.map((afterMs) => deliver(arn, event, afterMs, ends)));
    },
    async stop() {
      stopping.abort();
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
}

/** The services whose calls are checked, by the environment variables with their URLs. */
const guardedServices: Readonly<Record<string, GuardedService>> = {
  AWS_ENDPOINT_URL_DYNAMODB: 'dynamodb',
  AWS_ENDPOINT_URL_SFN: 'states',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: 'secretsmanager',
  AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: 'cognito-idp',
};

function guardOf(
  { name, role }: FunctionPart,
  endpoints: Readonly<Record<string, string>>,
  directory: Directory,
): GuardSetup {
  return {
    services: Object.fromEntries(
      Object.entries(guardedServices).flatMap(([variable, service]) => {
        const url = endpoints[variable];
        return url === undefined ? [] : [[new URL(url).host, service]];
      }),
    ),
    principal: `arn:aws:sts::${account}:assumed-role/${role.name}/${name}`,
    statements: role.statements,
    directory,
  };
}

function environmentOf(part: FunctionPart, endpoints: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...part.environment,
    ...endpoints,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    // Keep the developer's own AWS configuration from functions.
    AWS_CONFIG_FILE: '/nowhere',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: part.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(part.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: part.folder,
    _HANDLER: part.handler,
    TZ: ':UTC',
    ...(process.env.PATH !== undefined && { PATH: process.env.PATH }),
  };
}
