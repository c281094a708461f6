import type { GuardSetup } from './guard.ts';

/** How an invocation ended: with what the function returned, or with its error as Lambda words it. */
export type InvocationResult =
  | { ok: true; payload: string; requestId: string }
  | { ok: false; error: FunctionError; requestId: string };

export type FunctionError = { errorType: string; errorMessage: string; trace?: string[] };

/** What goes to a worker. JSON travels as text: objects made in one thread are not plain objects in another. */
export type InvokeMessage = {
  requestId: string;
  /** The X-Ray trace header of the event: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html */
  trace: string;
  event: string;
  /** The value of `SCALED_CLOCK`. */
  clock: string;
  deadlineMs: number;
};

/** What comes back. */
export type WorkerMessage =
  | { type: 'ready' }
  | { type: 'failedToLoad'; error: FunctionError }
  | { type: 'result'; requestId: string; payload: string }
  | { type: 'error'; requestId: string; error: FunctionError };

/** What a worker is started with. */
export type WorkerSetup = {
  file: string;
  exportName: string;
  functionName: string;
  arn: string;
  memoryMb: number;
  /** How many events the worker was given so far; where it is set, the worker stands still until it changes. */
  given?: Int32Array | undefined;
  guard: GuardSetup;
};

/** The trace of an invocation. Its root has the digits of the request's id, so that calls can be told by it. */
export function traceOf(requestId: string): string {
  const digits = requestId.replaceAll('-', '');
  return `Root=1-${digits.slice(0, 8)}-${digits.slice(8)};Sampled=0`;
}

/** The id of the request that a trace header, or its root alone, is of. */
export function requestOf(trace: string): string | undefined {
  const [, first = '', rest = ''] = /1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(trace) ?? [];
  const groups = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(first + rest);
  return groups?.slice(1).join('-');
}
