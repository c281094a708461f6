import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** A robust client: it retries a request with its idempotency key until it succeeds. */
export type SteadyClient = {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  postCsv<T>(path: string, text: string): Promise<T>;
  put<T>(path: string, body?: unknown): Promise<T>;
};

const PAUSE_MS = 300;
/** Longer than a crashed attempt claims its key. */
const TIMEOUT_MS = 90_000;

export function steadyClient(url: string, token: string): SteadyClient {
  async function call<T>(method: string, path: string, rest: { headers?: object; body?: string } = {}): Promise<T> {
    const deadline = performance.now() + TIMEOUT_MS;
    for (;;) {
      const { status, body } = await send(`${url}${path}`, {
        method,
        body: rest.body ?? null,
        headers: { authorization: `Bearer ${token}`, ...rest.headers },
      });
      if (status >= 200 && status < 300) {
        // Safe as long as the API keeps its contract.
        return body as T;
      }
      if (!isRetryable(status, body) || performance.now() > deadline) {
        throw new Error(`${method} ${path} returned ${status} ${JSON.stringify(body)}`);
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
    postCsv: (path, text) => {
      const headers = { 'content-type': 'text/csv', 'idempotency-key': randomUUID() };
      return call('POST', path, { headers, body: text });
    },
    put: (path, body = {}) =>
      call('PUT', path, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  };
}

/** Sends a request; status 0 means no response. */
async function send(url: string, request: RequestInit): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(url, request);
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: 0, body: undefined };
  }
}

function isRetryable(status: number, body: unknown): boolean {
  const isUnderWay = typeof body === 'object' && body !== null && 'code' in body && body.code === 'request_under_way';
  return status === 0 || status === 429 || status >= 500 || isUnderWay;
}
