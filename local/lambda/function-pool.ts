import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Refusal } from '../start-error.ts';
import type { FunctionPart } from '../template/parts.ts';
import { bareSource } from './bare-source.ts';
import type { GuardSetup } from './guard.ts';
import {
  type FunctionError,
  type InvocationResult,
  type InvokeMessage,
  traceOf,
  type WorkerMessage,
  type WorkerSetup,
} from './invocation.ts';

/** One function, with as many workers as its load asks for, up to a bound. */
export type FunctionPool = {
  part: FunctionPart;
  /** Runs the function on an event. Never rejects: a failure is a result. */
  invoke(event: string): Promise<InvocationResult>;
  /** Kills the worker that is at work on an invocation, as a machine that fails would. @returns false when none is. */
  kill(requestId: string): boolean;
  /** Whether a worker is at work on an invocation. */
  isAtWork(requestId: string): boolean;
  /** How often it was invoked so far, and how long its workers were busy with that. */
  load(): FunctionLoad;
  stop(): Promise<void>;
};

/** Invocations, and the milliseconds that Lambda would bill for them, of this machine's time. */
export type FunctionLoad = { invocations: number; ms: number };

export type PoolOptions = {
  environment: Readonly<Record<string, string>>;
  /** The clock as functions read it (`SCALED_CLOCK`), asked for with each invocation. */
  clock(): string;
  /** What its calls are checked against. */
  guard: GuardSetup;
  /** What the function writes to its standard output and error. */
  output(text: string): void;
  /** Whether workers stand still between two events, as Lambda's do. */
  freezes?: boolean;
  /** Workers at once; more events wait. */
  maxWorkers?: number;
  /** A worker that has nothing to do for this long is ended. */
  idleMs?: number;
};

/** Workers mostly wait for the table, yet a core is busy with few of them, and each costs its start and its memory. */
const MAX_WORKERS = Math.min(Math.max(availableParallelism(), 2), 4);
/**
 * Lambda has room for everybody. Here a partner of whom nothing is at work yet is given a worker over the bound rather than
 * wait behind another's fleet.
 */
const MOST_WORKERS = 8;
const CROWDED_AFTER_MS = 1_000;
/** To start one anew takes more of the machine than to keep it. */
const IDLE_MS = 120_000;
const GROW_AFTER_MS = 250;
/** Lambda gives the first load of a function ten seconds of its own; a busy small machine needs more. */
const LOAD_WITHIN_MS = 30_000;

/** `group`: whose the event is, as far as it says so. */
type Call = {
  group: string;
  message: Omit<InvokeMessage, 'clock' | 'deadlineMs'>;
  settle(result: InvocationResult): void;
};
type Member = {
  worker: Worker;
  /** How many events it was given: a worker that freezes waits for the number to change. */
  given?: Int32Array | undefined;
  ready: boolean;
  call?: Call;
  calledAt?: number;
  timer?: NodeJS.Timeout | undefined;
};

const workerFile = fileURLToPath(new URL('./worker.ts', import.meta.url));

export function functionPool(part: FunctionPart, options: PoolOptions): FunctionPool {
  const { environment, clock, guard, output, idleMs = IDLE_MS } = options;
  const maxWorkers = Math.max(1, Math.min(options.maxWorkers ?? MAX_WORKERS, part.reservedConcurrency ?? MAX_WORKERS));
  const mostWorkers = Math.max(
    maxWorkers,
    Math.min(options.maxWorkers ?? MOST_WORKERS, part.reservedConcurrency ?? MOST_WORKERS),
  );
  const setup = setupOf(part, guard);
  const members = new Set<Member>();
  const waiting: Call[] = [];
  let stopped = false;
  let growing: NodeJS.Timeout | undefined;
  const load: FunctionLoad = { invocations: 0, ms: 0 };

  function dispatch(): void {
    for (const member of members) {
      if (waiting.length === 0) {
        return;
      }
      if (member.ready && !member.call) {
        give(member, takeNext());
      }
    }
    if (waiting.length > 0) {
      grow();
    }
  }

  /** Of what waits, the event of whom the fewest are at work; of the same, the one that came first. */
  function takeNext(): Call | undefined {
    const [first, ...others] = waiting;
    const next = others.reduce(
      (best, call) => (best !== undefined && atWorkFor(best.group) <= atWorkFor(call.group) ? best : call),
      first,
    );
    if (next !== undefined) {
      waiting.splice(waiting.indexOf(next), 1);
    }
    return next;
  }

  function atWorkFor(group: string): number {
    return [...members].filter(({ call }) => call?.group === group).length;
  }

  /** The first worker starts at once; a further one only for events that have waited a while, as each start takes longer. */
  function grow(): void {
    const isFull = members.size >= maxWorkers;
    if (members.size === 0) {
      startWorker();
    } else if (!isFull || (members.size < mostWorkers && waiting.some(({ group }) => atWorkFor(group) === 0))) {
      growing ??= setTimeout(
        () => {
          growing = undefined;
          const starting = [...members].filter(({ ready }) => !ready).length;
          if (waiting.length > starting) {
            startWorker();
          }
          dispatch();
        },
        isFull ? CROWDED_AFTER_MS : GROW_AFTER_MS,
      );
    }
  }

  function give(member: Member, call: Call | undefined): void {
    if (!call) {
      return;
    }
    clearTimeout(member.timer);
    member.call = call;
    member.calledAt = performance.now();
    load.invocations += 1;
    const timeoutMs = part.timeoutSeconds * 1000;
    member.timer = setTimeout(() => {
      end(member, {
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${call.message.requestId} Error: Task timed out after ${part.timeoutSeconds}.00 seconds`,
      });
    }, timeoutMs);
    if (member.given) {
      Atomics.add(member.given, 0, 1);
      Atomics.notify(member.given, 0);
    }
    member.worker.postMessage({
      ...call.message,
      clock: clock(),
      deadlineMs: Date.now() + timeoutMs,
    } satisfies InvokeMessage);
  }

  /** Ends a worker; the event that it is busy with fails with the error. */
  function end(member: Member, error: FunctionError): void {
    if (!members.delete(member)) {
      return;
    }
    clearTimeout(member.timer);
    const { call } = member;
    delete member.call;
    void member.worker.terminate();
    call?.settle({ ok: false, error, requestId: call.message.requestId });
    dispatch();
  }

  function memberAtWorkOn(requestId: string): Member | undefined {
    return [...members].find(({ call }) => call?.message.requestId === requestId);
  }

  function rest(member: Member): void {
    member.timer = setTimeout(() => end(member, { errorType: 'Idle', errorMessage: 'Nothing to do' }), idleMs);
    member.timer.unref();
    dispatch();
  }

  function startWorker(): void {
    const given = options.freezes ? new Int32Array(new SharedArrayBuffer(4)) : undefined;
    const worker = new Worker(new URL(bareSource(workerFile)), {
      workerData: { ...setup, given },
      env: { ...environment, SCALED_CLOCK: clock() },
      execArgv: [],
      argv: [],
      stdout: true,
      stderr: true,
      // Young generations below V8's own: dozens of workers share this one process. Much smaller ones are collected all the time.
      resourceLimits: { maxOldGenerationSizeMb: part.memoryMb, maxYoungGenerationSizeMb: 32 },
    });
    // Whoever wants to end while functions rest may: stop() is for those that clean up.
    worker.unref();
    const member: Member = { worker, given, ready: false };
    member.timer = setTimeout(
      () => failedToLoad(member, { errorType: 'Sandbox.Timedout', errorMessage: 'The function did not load in time' }),
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
          rest(member);
          return;
        case 'failedToLoad':
          failedToLoad(member, message.error);
          return;
        case 'result':
        case 'error': {
          const { call } = member;
          if (call?.message.requestId !== message.requestId) {
            return;
          }
          clearTimeout(member.timer);
          delete member.call;
          load.ms += performance.now() - (member.calledAt ?? performance.now());
          call.settle(
            message.type === 'result'
              ? { ok: true, payload: message.payload, requestId: message.requestId }
              : { ok: false, error: message.error, requestId: message.requestId },
          );
          rest(member);
        }
      }
    });
    worker.on('error', (thrown: unknown) => crashed(member, crashOf(thrown)));
    worker.on('exit', (code) =>
      crashed(member, {
        errorType: 'Runtime.ExitError',
        errorMessage: `Error: Runtime exited with error: exit status ${code}`,
      }),
    );
  }

  function crashed(member: Member, error: FunctionError): void {
    if (members.has(member)) {
      output(`crashed: ${error.errorType} ${error.errorMessage}\n${(error.trace ?? []).join('\n')}`);
    }
    if (member.ready) {
      end(member, error);
    } else {
      failedToLoad(member, error);
    }
  }

  /** An event that waits for a function that does not load fails as on Lambda, instead of loading it for ever. */
  function failedToLoad(member: Member, error: FunctionError): void {
    if (!members.has(member)) {
      return;
    }
    output(`failed to load: ${error.errorType} ${error.errorMessage}\n${(error.trace ?? []).join('\n')}`);
    const call = waiting.shift();
    call?.settle({ ok: false, error, requestId: call.message.requestId });
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
        waiting.push({ group: groupOf(event), message: { requestId, trace: traceOf(requestId), event }, settle });
        dispatch();
      });
    },
    isAtWork: (requestId) => memberAtWorkOn(requestId) !== undefined,
    kill(requestId) {
      const member = memberAtWorkOn(requestId);
      if (member) {
        const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`;
        end(member, { errorType: 'Runtime.ExitError', errorMessage });
      }
      return member !== undefined;
    },
    load: () => ({ ...load }),
    async stop() {
      stopped = true;
      clearTimeout(growing);
      const error = { errorType: 'Runtime.ExitError', errorMessage: 'The local cloud is stopping' };
      for (const call of waiting.splice(0)) {
        call.settle({ ok: false, requestId: call.message.requestId, error });
      }
      const ending = [...members].map((member) => {
        members.delete(member);
        clearTimeout(member.timer);
        member.call?.settle({ ok: false, requestId: member.call.message.requestId, error });
        return member.worker.terminate();
      });
      await Promise.all(ending);
    },
  };
}

/** A task of the state machine is told whose SIMs it works on. */
function groupOf(event: string): string {
  return /"partnerId":"([^"]*)"/.exec(event)?.[1] ?? '';
}

function setupOf(part: FunctionPart, guard: GuardSetup): WorkerSetup {
  const dot = part.handler.lastIndexOf('.');
  const module = part.handler.slice(0, dot);
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => path.join(part.folder, `${module}${extension}`))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) {
    throw new Refusal(
      `The bundle of function ${part.name} holds no ${module}.mjs, as its handler ${part.handler} asks.`,
    );
  }
  return {
    file,
    exportName: part.handler.slice(dot + 1),
    functionName: part.name,
    arn: part.arn,
    memoryMb: part.memoryMb,
    guard,
  };
}

function crashOf(thrown: unknown): FunctionError {
  const { name, message, stack, code } =
    typeof thrown === 'object' && thrown !== null
      ? (thrown as { name?: unknown; message?: unknown; stack?: unknown; code?: unknown })
      : { message: thrown };
  return {
    errorType:
      code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'Runtime.OutOfMemory' : typeof name === 'string' ? name : 'Runtime.Unknown',
    errorMessage: String(message),
    trace: typeof stack === 'string' ? stack.split('\n') : [],
  };
}
