import { enableCompileCache, flushCompileCache } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { lambdaLimits } from '../limits.ts';
import { guardCalls } from './guard.ts';
import type { ClockMessage, FunctionError, InvokeMessage, WorkerMessage, WorkerSetup } from './invocation.ts';

// Runs a deployed bundle in its own thread, as Lambda's runtime does: loads it once, then handles one event at a time.

// Safe: the pool starts this file with this data.
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
 * Removes exports of `node:http` that no function uses. AWS clients import `node:http` for URLs without TLS, as the local cloud's
 * are. The import evaluates all exports, and these would load the whole of `fetch` at the start of each worker.
 */
function skipFetchModules(): void {
  const http: Record<string, unknown> = process.getBuiltinModule('node:http');
  for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent']) {
    delete http[name];
  }
}

/** The delay before a worker freezes, in which it sends its log. */
const FREEZE_AFTER_MS = 10;
let handled = 0;

/** Blocks the thread, with its timers and sockets, until the next event: Lambda freezes environments between invocations. */
function freeze(): void {
  const { eventsSent } = setup;
  if (eventsSent) {
    const events = handled;
    setTimeout(() => {
      if (events === handled) {
        Atomics.wait(eventsSent, 0, events);
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
  // Safe: Lambda, too, calls any exported function in this way.
  return handler as Handler;
}

async function invoke(
  handler: Handler,
  { requestId, trace, event, clock, deadlineMs }: InvokeMessage,
): Promise<WorkerMessage> {
  // As on Lambda, one event is handled at a time. The SDK sends the trace with every call.
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
  // Store V8's compile cache next to the bundles: the function's next worker starts faster.
  enableCompileCache(path.join(path.dirname(setup.file), '..', 'compile-cache'));
  skipFetchModules();
  guardCalls(setup.guard);
  const handler = await loadHandler();
  flushCompileCache();
  port?.on('message', (message: InvokeMessage | ClockMessage) => {
    if (message.event === undefined) {
      process.env.SCALED_CLOCK = message.clock;
      return;
    }
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
