import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** A client as a good one is: it sends a request again, with its key, until it is answered. */
export type SteadyClient = {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
};

const PAUSE_MS = 300;
/** Longer than an attempt that crashed holds its key. */
const GIVES_UP_AFTER_MS = 90_000;

export function steadyClient(url: string, token: string): SteadyClient {
  async function call<T>(method: string, path: string, rest: { headers?: object; body?: string } = {}): Promise<T> {
    const deadline = performance.now() + GIVES_UP_AFTER_MS;
    for (;;) {
      const { status, body } = await answerTo(`${url}${path}`, {
        method,
        body: rest.body ?? null,
        headers: { authorization: `Bearer ${token}`, ...rest.headers },
      });
      if (status >= 200 && status < 300) {
        // Safe as far as the API keeps its contract.
        return body as T;
      }
      if (!isWorthAnotherTry(status, body) || performance.now() > deadline) {
        throw new Error(`${method} ${path} is answered ${status} ${JSON.stringify(body)}`);
      }
      await pause(PAUSE_MS);
    }
  }

  return {
    get: (path) => call('GET', path),
    post: (path, body) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
      return call('POST', path, { headers, body: JSON.stringify(body) });
    },
  };
}

/** Status 0: there was no answer. */
async function answerTo(url: string, request: RequestInit): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(url, request);
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: 0, body: undefined };
  }
}

function isWorthAnotherTry(status: number, body: unknown): boolean {
  const isUnderWay = typeof body === 'object' && body !== null && 'code' in body && body.code === 'request_under_way';
  return status === 0 || status === 429 || status >= 500 || isUnderWay;
}
