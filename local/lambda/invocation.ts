import type { GuardSetup } from './guard.ts';

/** The result of an invocation: the function's return value, or its error in Lambda's format. */
export type InvocationResult =
  | { ok: true; payload: string; requestId: string }
  | { ok: false; error: FunctionError; requestId: string };

export type FunctionError = { errorType: string; errorMessage: string; trace?: string[] };

/** A message to a worker. JSON is sent as text: objects of one thread are not plain objects in another. */
export type InvokeMessage = {
  requestId: string;
  /** The X-Ray trace header of the event: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html */
  trace: string;
  event: string;
  /** The value of `SCALED_CLOCK`. */
  clock: string;
  deadlineMs: number;
};

/** A message to a busy worker: the value of `SCALED_CLOCK` from now on. */
export type ClockMessage = { clock: string; event?: undefined };

/** A message from a worker. */
export type WorkerMessage =
  | { type: 'ready' }
  | { type: 'failedToLoad'; error: FunctionError }
  | { type: 'result'; requestId: string; payload: string }
  | { type: 'error'; requestId: string; error: FunctionError };

/** The initial data of a worker. */
export type WorkerSetup = {
  file: string;
  exportName: string;
  functionName: string;
  arn: string;
  memoryMb: number;
  /** The number of events sent to the worker so far. If set, the worker is frozen until it changes. */
  eventsSent?: Int32Array | undefined;
  guard: GuardSetup;
};

/** Builds the trace header of an invocation. Its root contains the request's id, so that calls can be attributed to it. */
export function traceHeader(requestId: string): string {
  const digits = requestId.replaceAll('-', '');
  return `Root=1-${digits.slice(0, 8)}-${digits.slice(8)};Sampled=0`;
}

/** Returns the request id of a trace header, or of its root alone. */
export function requestIdOfTrace(trace: string): string | undefined {
  const [, first = '', rest = ''] = /1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(trace) ?? [];
  const groups = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(first + rest);
  return groups?.slice(1).join('-');
}
