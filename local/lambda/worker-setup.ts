import { existsSync } from 'node:fs';
import path from 'node:path';
import { StartError } from '../start-error.ts';
import type { FunctionPart } from '../template/parts.ts';
import type { GuardSetup } from './guard.ts';
import type { FunctionError, WorkerSetup } from './invocation.ts';

/** The initial data of a function's workers. @throws StartError when the bundle lacks the handler's module */
export function setupOf(part: FunctionPart, guard: GuardSetup): WorkerSetup {
  const dot = part.handler.lastIndexOf('.');
  const module = part.handler.slice(0, dot);
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => path.join(part.folder, `${module}${extension}`))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) {
    throw new StartError(
      `The bundle of function ${part.name} lacks ${module}.mjs, which its handler ${part.handler} names.`,
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

/** Converts an error with which a worker ended to Lambda's format. */
export function crashOf(thrown: unknown): FunctionError {
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
