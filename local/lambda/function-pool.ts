import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FunctionPart } from '../template/parts.ts';
import { strippedSourceUrl } from './bare-source.ts';
import type { GuardSetup } from './guard.ts';
import {
  type ClockMessage,
  type FunctionError,
  type InvocationResult,
  type InvokeMessage,
  traceHeader,
  type WorkerMessage,
} from './invocation.ts';
import { crashOf, setupOf } from './worker-setup.ts';

/** A function with a pool of workers, which grows with its load up to a limit. */
export type FunctionPool = {
  part: FunctionPart;
  /** Runs the function on an event. Never rejects: a failure is a result. */
  invoke(event: string): Promise<InvocationResult>;
  /** Kills the worker that handles an invocation, as a failing machine would. @returns false when no worker handles it. */
  kill(requestId: string): boolean;
  /** Whether a worker handles the invocation. */
  isHandling(requestId: string): boolean;
  /** Passes the present clock to the busy workers, after it was set. The others receive it with their next event. */
  passClock(): void;
  /** The number of invocations so far, and their total duration. */
  load(): FunctionLoad;
  stop(): Promise<void>;
};

/** The number of invocations, and their total duration in real milliseconds, which Lambda would bill. */
export type FunctionLoad = { invocations: number; ms: number };

export type PoolOptions = {
  /** Each worker starts with the present variables. */
  environment: Readonly<Record<string, string>>;
  /** Returns the value of `SCALED_CLOCK`; called for each invocation. */
  clock(): string;
  /** The permissions against which its calls are checked. */
  guard: GuardSetup;
  /** Receives the function's standard output and error. */
  output(text: string): void;
  /** Whether workers are frozen between events, as Lambda's are. */
  freezes?: boolean;
  /** The maximum of concurrent workers; further events wait. */
  maxWorkers?: number;
  /** The idle time after which a worker is stopped. */
  idleMs?: number;
};

/** Workers mostly wait for the table. Even so, a few of them keep a core busy, and each costs a start and memory. */
const MAX_WORKERS = Math.min(Math.max(availableParallelism(), 2), 4);
/**
 * Lambda scales for every partner. Here a partner without a worker gets an extra one above the usual limit, so that it does not
 * wait behind another partner's fleet.
 */
const MAX_WORKERS_WITH_EXTRA = 8;
const EXTRA_AFTER_MS = 1_000;
/** Starting a worker again costs more than keeping it. */
const IDLE_MS = 120_000;
const GROW_AFTER_MS = 250;
/** Lambda allows ten seconds for the initialisation of a function; a busy small machine needs more. */
const LOAD_WITHIN_MS = 30_000;

/** An invocation that waits or runs. `group` is the partner of the event, or empty. */
type Invocation = {
  group: string;
  message: Omit<InvokeMessage, 'clock' | 'deadlineMs'>;
  settle(result: InvocationResult): void;
};
type Member = {
  worker: Worker;
  /** The number of events sent to the worker: a frozen worker waits for it to change. */
  eventsSent?: Int32Array | undefined;
  ready: boolean;
  invocation?: Invocation;
  startedAt?: number;
  timer?: NodeJS.Timeout | undefined;
};

const workerFile = fileURLToPath(new URL('./worker.ts', import.meta.url));

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory of short functions that share its state.
export function functionPool(part: FunctionPart, options: PoolOptions): FunctionPool {
  const { environment, clock, guard, output, idleMs = IDLE_MS } = options;
  const maxWorkers = Math.max(1, Math.min(options.maxWorkers ?? MAX_WORKERS, part.reservedConcurrency ?? MAX_WORKERS));
  const maxWorkersWithExtra = Math.max(
    maxWorkers,
    Math.min(options.maxWorkers ?? MAX_WORKERS_WITH_EXTRA, part.reservedConcurrency ?? MAX_WORKERS_WITH_EXTRA),
  );
  const setup = setupOf(part, guard);
  const members = new Set<Member>();
  const waiting: Invocation[] = [];
  let stopped = false;
  let growTimer: NodeJS.Timeout | undefined;
  const load: FunctionLoad = { invocations: 0, ms: 0 };

  function dispatch(): void {
    for (const member of members) {
      if (waiting.length === 0) {
        return;
      }
      if (member.ready && !member.invocation) {
        assign(member, takeNext());
      }
    }
    if (waiting.length > 0) {
      grow();
    }
  }

  /** Takes the waiting event whose partner has the fewest busy workers; among equals, the oldest. */
  function takeNext(): Invocation | undefined {
    const [first, ...others] = waiting;
    const next = others.reduce(
      (best, invocation) =>
        best !== undefined && busyFor(best.group) <= busyFor(invocation.group) ? best : invocation,
      first,
    );
    if (next !== undefined) {
      waiting.splice(waiting.indexOf(next), 1);
    }
    return next;
  }

  function busyFor(group: string): number {
    return [...members].filter(({ invocation }) => invocation?.group === group).length;
  }

  /** Starts the first worker immediately, and further ones only for events that have waited a while: a start is expensive. */
  function grow(): void {
    const isFull = members.size >= maxWorkers;
    if (members.size === 0) {
      startWorker();
    } else if (!isFull || (members.size < maxWorkersWithExtra && waiting.some(({ group }) => busyFor(group) === 0))) {
      growTimer ??= setTimeout(
        () => {
          growTimer = undefined;
          const starting = [...members].filter(({ ready }) => !ready).length;
          if (waiting.length > starting) {
            startWorker();
          }
          dispatch();
        },
        isFull ? EXTRA_AFTER_MS : GROW_AFTER_MS,
      );
    }
  }

  function assign(member: Member, invocation: Invocation | undefined): void {
    if (!invocation) {
      return;
    }
    clearTimeout(member.timer);
    member.invocation = invocation;
    member.startedAt = performance.now();
    load.invocations += 1;
    const timeoutMs = part.timeoutSeconds * 1000;
    member.timer = setTimeout(() => {
      end(member, {
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${invocation.message.requestId} Error: Task timed out after ${part.timeoutSeconds}.00 seconds`,
      });
    }, timeoutMs);
    if (member.eventsSent) {
      Atomics.add(member.eventsSent, 0, 1);
      Atomics.notify(member.eventsSent, 0);
    }
    member.worker.postMessage({
      ...invocation.message,
      clock: clock(),
      deadlineMs: Date.now() + timeoutMs,
    } satisfies InvokeMessage);
  }

  /** Stops a worker; the event that it handles fails with the error. */
  function end(member: Member, error: FunctionError): void {
    if (!members.delete(member)) {
      return;
    }
    clearTimeout(member.timer);
    const { invocation } = member;
    delete member.invocation;
    void member.worker.terminate();
    invocation?.settle({ ok: false, error, requestId: invocation.message.requestId });
    dispatch();
  }

  function memberFor(requestId: string): Member | undefined {
    return [...members].find(({ invocation }) => invocation?.message.requestId === requestId);
  }

  function becomeIdle(member: Member): void {
    member.timer = setTimeout(() => end(member, { errorType: 'Idle', errorMessage: 'Nothing to do' }), idleMs);
    member.timer.unref();
    dispatch();
  }

  function startWorker(): void {
    const eventsSent = options.freezes ? new Int32Array(new SharedArrayBuffer(4)) : undefined;
    const worker = new Worker(new URL(strippedSourceUrl(workerFile)), {
      workerData: { ...setup, eventsSent },
      env: { ...environment, SCALED_CLOCK: clock() },
      execArgv: [],
      argv: [],
      stdout: true,
      stderr: true,
      // Dozens of workers share this process, so their young generations are smaller than V8's default. Even smaller ones would be
      // collected constantly.
      resourceLimits: { maxOldGenerationSizeMb: part.memoryMb, maxYoungGenerationSizeMb: 32 },
    });
    // An idle worker does not keep the process alive, even if stop() is never called.
    worker.unref();
    const member: Member = { worker, eventsSent, ready: false };
    member.timer = setTimeout(
      () =>
        handleFailedLoad(member, { errorType: 'Sandbox.Timedout', errorMessage: 'The function did not load in time' }),
      LOAD_WITHIN_MS,
    );
    members.add(member);
    worker.stdout.on('data', (data) => output(String(data)));
    worker.stderr.on('data', (data) => output(String(data)));
    worker.on('message', (message: WorkerMessage) => {
      switch (message.type) {
        case 'ready':
          clearTimeout(member.timer);
          member.ready = true;
          becomeIdle(member);
          return;
        case 'failedToLoad':
          handleFailedLoad(member, message.error);
          return;
        case 'result':
        case 'error': {
          const { invocation } = member;
          if (invocation?.message.requestId !== message.requestId) {
            return;
          }
          clearTimeout(member.timer);
          delete member.invocation;
          load.ms += performance.now() - (member.startedAt ?? performance.now());
          invocation.settle(
            message.type === 'result'
              ? { ok: true, payload: message.payload, requestId: message.requestId }
              : { ok: false, error: message.error, requestId: message.requestId },
          );
          becomeIdle(member);
        }
      }
    });
    worker.on('error', (thrown: unknown) => handleCrash(member, crashOf(thrown)));
    worker.on('exit', (code) =>
      handleCrash(member, {
        errorType: 'Runtime.ExitError',
        errorMessage: `Error: Runtime exited with error: exit status ${code}`,
      }),
    );
  }

  function handleCrash(member: Member, error: FunctionError): void {
    if (members.has(member)) {
      output(`crashed: ${error.errorType} ${error.errorMessage}\n${(error.trace ?? []).join('\n')}`);
    }
    if (member.ready) {
      end(member, error);
    } else {
      handleFailedLoad(member, error);
    }
  }

  /** Fails a waiting event, as Lambda does, instead of loading the function forever. */
  function handleFailedLoad(member: Member, error: FunctionError): void {
    if (!members.has(member)) {
      return;
    }
    output(`failed to load: ${error.errorType} ${error.errorMessage}\n${(error.trace ?? []).join('\n')}`);
    const invocation = waiting.shift();
    invocation?.settle({ ok: false, error, requestId: invocation.message.requestId });
    end(member, error);
  }

  return {
    part,
    invoke(event) {
      const requestId = randomUUID();
      if (stopped) {
        const error = { errorType: 'Runtime.ExitError', errorMessage: 'The local cloud is stopping' };
        return Promise.resolve({ ok: false, requestId, error });
      }
      return new Promise((settle) => {
        waiting.push({ group: groupOf(event), message: { requestId, trace: traceHeader(requestId), event }, settle });
        dispatch();
      });
    },
    isHandling: (requestId) => memberFor(requestId) !== undefined,
    kill(requestId) {
      const member = memberFor(requestId);
      if (member) {
        const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`;
        end(member, { errorType: 'Runtime.ExitError', errorMessage });
      }
      return member !== undefined;
    },
    passClock() {
      for (const { worker, invocation } of members) {
        if (invocation) {
          worker.postMessage({ clock: clock() } satisfies ClockMessage);
        }
      }
    },
    load: () => ({ ...load }),
    async stop() {
      stopped = true;
      clearTimeout(growTimer);
      const error = { errorType: 'Runtime.ExitError', errorMessage: 'The local cloud is stopping' };
      for (const invocation of waiting.splice(0)) {
        invocation.settle({ ok: false, requestId: invocation.message.requestId, error });
      }
      const ending = [...members].map((member) => {
        members.delete(member);
        clearTimeout(member.timer);
        member.invocation?.settle({ ok: false, requestId: member.invocation.message.requestId, error });
        return member.worker.terminate();
      });
      await Promise.all(ending);
    },
  };
}

/** Tasks of the state machine receive the partner's id. */
function groupOf(event: string): string {
  return /"partnerId":"([^"]*)"/.exec(event)?.[1] ?? '';
}
