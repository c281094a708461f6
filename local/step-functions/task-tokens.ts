import { randomBytes } from 'node:crypto';
import { ServiceError } from '../aws-json-server.ts';

/** The error of a task: its name is what Retry and Catch match, its message what Catch is given as the cause. */
export class TaskError extends Error {
  override readonly name: string;

  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

type Waiting = {
  resolve(output: unknown): void;
  reject(error: unknown): void;
  beat(): void;
  forget(): void;
};

/** The tokens of tasks that wait for an answer from outside. */
export type TaskTokens = {
  issue(executionArn: string): string;
  /** Waits until somebody answers the token. Rejects when the answer is a failure, or the signal says to stop. */
  answerTo(
    token: string,
    limits: { timeoutMs: number; heartbeatMs?: number | undefined; signal: AbortSignal },
  ): { answer: Promise<unknown>; fail(error: unknown): void };
  succeed(token: unknown, output: unknown): void;
  fail(token: unknown, error: string, cause: string): void;
  heartbeat(token: unknown): void;
};

const PREFIX = 'AQC';

export function taskTokens(): TaskTokens {
  const waiting = new Map<string, Waiting>();

  /** @throws ServiceError as Step Functions answers a token that cannot be answered, or no longer */
  function find(token: unknown): Waiting {
    if (typeof token !== 'string' || !token.startsWith(PREFIX) || token.length > 2048) {
      throw new ServiceError('InvalidToken', "Invalid Token: 'Invalid token'");
    }
    const found = waiting.get(token);
    if (!found) {
      throw new ServiceError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    return found;
  }

  return {
    issue: (executionArn) =>
      PREFIX + Buffer.from(executionArn).toString('base64url') + randomBytes(24).toString('base64url'),
    answerTo(token, { timeoutMs, heartbeatMs, signal }) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      let beat: NodeJS.Timeout | undefined;
      // The engine ends the task itself when its time is up; the token ends with it.
      const timeout = setTimeout(() => entry.forget(), timeoutMs);
      const entry: Waiting = {
        resolve,
        reject,
        beat() {
          if (heartbeatMs !== undefined) {
            clearTimeout(beat);
            beat = setTimeout(() => {
              entry.forget();
              reject(new TaskError('States.HeartbeatTimeout', 'No heartbeat came in time'));
            }, heartbeatMs);
          }
        },
        forget() {
          waiting.delete(token);
          clearTimeout(timeout);
          clearTimeout(beat);
          signal.removeEventListener('abort', stopped);
        },
      };
      function stopped(): void {
        entry.forget();
        reject(new TaskError('Stopped', 'The execution was stopped'));
      }
      signal.addEventListener('abort', stopped, { once: true });
      if (signal.aborted) {
        stopped();
      } else {
        waiting.set(token, entry);
        entry.beat();
      }
      return {
        answer: promise,
        fail(error) {
          entry.forget();
          reject(error);
        },
      };
    },
    succeed(token, output) {
      const found = find(token);
      found.forget();
      found.resolve(output);
    },
    fail(token, error, cause) {
      const found = find(token);
      found.forget();
      found.reject(new TaskError(error, cause));
    },
    heartbeat(token) {
      find(token).beat();
    },
  };
}
