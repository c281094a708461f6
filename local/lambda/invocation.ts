/** How an invocation ended: with what the function returned, or with its error as Lambda words it. */
export type InvocationResult =
  | { ok: true; payload: string; requestId: string }
  | { ok: false; error: FunctionError; requestId: string };

export type FunctionError = { errorType: string; errorMessage: string; trace?: string[] };

/** What goes to a worker. JSON travels as text: objects made in one thread are not plain objects in another. */
export type InvokeMessage = {
  requestId: string;
  event: string;
  deadlineMs: number;
};

/** What comes back. */
export type WorkerMessage =
  | { type: 'ready' }
  | { type: 'failedToLoad'; error: FunctionError }
  | { type: 'result'; requestId: string; payload: string }
  | { type: 'error'; requestId: string; error: FunctionError };

/** What a worker is started with. */
export type WorkerSetup = { file: string; exportName: string; functionName: string; arn: string; memoryMb: number };
