import { randomBytes } from 'node:crypto';
import { ServiceError } from '../aws-json-server.ts';
import type { ScaledClock } from '../clock.ts';
import { SECRET_BYTES, TOKEN_PREFIX } from './machine-of-token.ts';

/** A task's error: Retry and Catch match its name; its message is the cause. */
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

/** The tokens of tasks that wait for a callback. */
export type TaskTokens = {
  issue(executionArn: string): string;
  /** Waits for the answer to a token. Rejects when the answer is a failure or the signal aborts. */
  answerTo(
    token: string,
    /** Milliseconds of scaled time. */
    limits: { timeoutMs?: number | undefined; heartbeatMs?: number | undefined; signal: AbortSignal },
  ): { answer: Promise<unknown>; fail(error: unknown): void };
  succeed(token: unknown, output: unknown): void;
  fail(token: unknown, error: string, cause: string): void;
  heartbeat(token: unknown): void;
};

/** The minimum real time-out of a callback, so that code can answer in time when days are short. */
const MIN_TIMEOUT_MS = 50;

/** Creates the task tokens. Time-outs and heartbeats use scaled time. */
export function taskTokens(clock: Pick<ScaledClock, 'sleep'>): TaskTokens {
  const waiting = new Map<string, Waiting>();

  /** @throws ServiceError with Step Functions' error for an invalid or expired token */
  function find(token: unknown): Waiting {
    if (typeof token !== 'string' || !token.startsWith(TOKEN_PREFIX) || token.length > 2048) {
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
      TOKEN_PREFIX + Buffer.from(executionArn).toString('base64url') + randomBytes(SECRET_BYTES).toString('base64url'),
    answerTo(token, { timeoutMs, heartbeatMs, signal }) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const answered = new AbortController();
      let lastBeat = new AbortController();
      const failAfter = async (scaledMs: number, beat: AbortSignal, error: TaskError) => {
        await clock.sleep(scaledMs, { atLeastMs: MIN_TIMEOUT_MS, signal: beat });
        if (!beat.aborted) {
          entry.forget();
          reject(error);
        }
      };
      const entry: Waiting = {
        resolve,
        reject,
        beat() {
          if (heartbeatMs !== undefined) {
            lastBeat.abort();
            lastBeat = new AbortController();
            const error = new TaskError('States.HeartbeatTimeout', 'No heartbeat was received in time');
            void failAfter(heartbeatMs, lastBeat.signal, error);
          }
        },
        forget() {
          waiting.delete(token);
          answered.abort();
          lastBeat.abort();
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
        if (timeoutMs !== undefined) {
          void failAfter(timeoutMs, answered.signal, new TaskError('States.Timeout', ''));
        }
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
