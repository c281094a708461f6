import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { SentRequest } from './request.ts';

/** A response. `body` is undefined when it is empty, and the text itself when it is not JSON. */
export type HttpResponse = { status: number; headers: IncomingHttpHeaders; text: string; body: unknown };

/** A request hangs when it takes twice API Gateway's time-out. */
const HANGS_AFTER_MS = 60_000;
/** The attempts of a request: an idle connection that the server has closed fails only when it is used again. */
const ATTEMPTS = 3;

/** The parts of a request that are sent. */
type Outgoing = Pick<SentRequest, 'method' | 'target' | 'headers' | 'body'>;

export type Sender = { send(request: Outgoing, token: string | undefined): Promise<HttpResponse>; close(): void };

/** Sends requests unchanged, without a client that corrects their paths or headers. */
export function sender(url: string, connections: number): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);

  /** @throws Error when no response arrives in time */
  function once(sent: Outgoing, token: string | undefined): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const body = sent.body === undefined ? undefined : Buffer.from(sent.body);
    const request = httpRequest(
      {
        agent,
        hostname,
        port,
        method: sent.method,
        path: sent.target,
        headers: {
          ...sent.headers,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body ? { 'content-length': body.length } : {}),
        },
        signal: AbortSignal.timeout(HANGS_AFTER_MS),
      },
      resolve,
    );
    request.on('error', reject);
    request.end(body);
    return promise;
  }

  async function attempt(sent: Outgoing, token: string | undefined): Promise<HttpResponse> {
    const response = await once(sent, token);
    const given = await text(response);
    return { status: response.statusCode ?? 0, headers: response.headers, text: given, body: read(given) };
  }

  return {
    async send(sent, token) {
      for (let n = 1; ; n += 1) {
        try {
          return await attempt(sent, token);
        } catch (error) {
          const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
          // A server that refuses a body unread closes the connection while it is still being sent.
          if ((code !== 'ECONNRESET' && code !== 'EPIPE') || n === ATTEMPTS) {
            throw error;
          }
        }
      }
    },
    close: () => agent.destroy(),
  };
}

function read(given: string): unknown {
  if (given === '') {
    return undefined;
  }
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}
