import { enableCompileCache, flushCompileCache } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { lambdaLimits } from '../limits.ts';
import { guardCalls } from './guard.ts';
import type { FunctionError, InvokeMessage, WorkerMessage, WorkerSetup } from './invocation.ts';

// A deployed bundle in a thread of its own, as Lambda's runtime runs it: loaded once, then one event after another.

// The pool starts this file with exactly that.
const setup = workerData as WorkerSetup;
const port = parentPort;

type Handler = (event: unknown, context: unknown, callback: (error: unknown, result?: unknown) => void) => unknown;

const MAX_RESPONSE_BYTES = lambdaLimits.payloadBytes;

function send(message: WorkerMessage): void {
  port?.postMessage(message);
}

function errorOf(thrown: unknown): FunctionError {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
    const { name, message, stack } = thrown as { name?: unknown; message: unknown; stack?: unknown };
    return {
      errorType: typeof name === 'string' && name !== '' ? name : 'Error',
      errorMessage: String(message),
      trace: typeof stack === 'string' ? stack.split('\n') : [],
    };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

/**
 * Clients of AWS bring in `node:http` for the addresses of a local cloud, which have no TLS. As a module it looks at all that it
 * exports, some of which brings in the whole of `fetch`: each worker would wait for that at its start. No function takes these
 * from there.
 */
function leaveOutFetch(): void {
  const http: Record<string, unknown> = process.getBuiltinModule('node:http');
  for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent']) {
    delete http[name];
  }
}

/** A worker that freezes has this long to hand over what it logged. */
const FREEZE_AFTER_MS = 10;
let handled = 0;

/** Stands still, timers and sockets too, until the next event: Lambda freezes what runs a function between two invocations. */
function freeze(): void {
  const { given } = setup;
  if (given) {
    const events = handled;
    setTimeout(() => {
      if (events === handled) {
        Atomics.wait(given, 0, events);
      }
    }, FREEZE_AFTER_MS);
  }
}

async function loadHandler(): Promise<Handler> {
  const loaded: Record<string, unknown> = await import(pathToFileURL(setup.file).href);
  const handler = loaded[setup.exportName];
  if (typeof handler !== 'function') {
    const error = new Error(`${setup.exportName} is undefined or not exported`);
    error.name = 'Runtime.HandlerNotFound';
    throw error;
  }
  // Whatever it is, it is called as Lambda calls it.
  return handler as Handler;
}

async function invoke(
  handler: Handler,
  { requestId, trace, event, clock, deadlineMs }: InvokeMessage,
): Promise<WorkerMessage> {
  // As Lambda does, which has one event at a time, too. The SDK sends it along with every call.
  process.env._X_AMZN_TRACE_ID = trace;
  process.env.SCALED_CLOCK = clock;
  const context = {
    awsRequestId: requestId,
    functionName: setup.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: setup.arn,
    memoryLimitInMB: String(setup.memoryMb),
    logGroupName: `/aws/lambda/${setup.functionName}`,
    logStreamName: 'local/[$LATEST]',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(deadlineMs - Date.now(), 0),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
  try {
    const payload = JSON.stringify(await handler(JSON.parse(event), context, () => undefined)) ?? 'null';
    const bytes = Buffer.byteLength(payload);
    return bytes > MAX_RESPONSE_BYTES
      ? {
          type: 'error',
          requestId,
          error: {
            errorType: 'Function.ResponseSizeTooLarge',
            errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
          },
        }
      : { type: 'result', requestId, payload };
  } catch (thrown) {
    return { type: 'error', requestId, error: errorOf(thrown) };
  }
}

try {
  // What V8 compiled is kept beside the bundles, as long as they are: the next worker of the function starts faster.
  enableCompileCache(path.join(path.dirname(setup.file), '..', 'compile-cache'));
  leaveOutFetch();
  guardCalls(setup.guard);
  const handler = await loadHandler();
  flushCompileCache();
  port?.on('message', (message: InvokeMessage) => {
    handled += 1;
    invoke(handler, message).then((result) => {
      send(result);
      freeze();
    });
  });
  send({ type: 'ready' });
} catch (thrown) {
  send({ type: 'failedToLoad', error: errorOf(thrown) });
}
