import { lookup as lookUp } from 'node:dns/promises';
import type { Agent, IncomingMessage, RequestOptions } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPublicAddress, notPublicProblem, targetProblem } from '../../domain/webhook.ts';

/** The outcome of an attempt: the status that the receiver returned, or why there is none. */
export type PostOutcome = { ok: boolean; status?: number; error?: string };

/** The time-out for a receiver's response, in milliseconds. Receivers do longer work after responding. */
const TIMEOUT_MS = 5_000;

/** Connections to one receiver, kept open between events. Close them after a round: those of an earlier invocation may be dead. */
export type Connections = { agent: Promise<Agent>; destroy(): void };

export function openConnections(url: string): Connections {
  const agent = clientFor(url).then(({ Agent }) => new Agent({ keepAlive: true }));
  return { agent, destroy: () => void agent.then((opened) => opened.destroy()) };
}

/** Loads the client without TLS only when it is needed, on the local cloud: importing it loads all of `fetch` as well. */
async function clientFor(url: string) {
  return url.startsWith('https:') ? https : import('node:http');
}

/**
 * Posts an event to a receiver. Any 2xx counts as delivered; redirects are not followed. Never rejects.
 *
 * @param local whether the receiver may be on this machine. Otherwise, connects only to addresses that were checked to be public.
 */
export async function post(
  url: string,
  {
    body,
    headers,
    local,
    connections,
  }: { body: string; headers: Record<string, string>; local: boolean; connections?: Connections },
): Promise<PostOutcome> {
  const problem = targetProblem(url, local);
  if (problem) {
    return { ok: false, error: problem.detail };
  }
  try {
    const { statusCode: status = 0 } = await send(url, body, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': 'sim-fulfilment-webhooks',
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(local ? {} : { lookup: publicLookup }),
      ...(connections ? { agent: await connections.agent } : {}),
    });
    const ok = status >= 200 && status < 300;
    return { ok, status, ...(ok ? {} : { error: refusalOf(status) }) };
  } catch (error) {
    return { ok: false, error: reasonOf(error) };
  }
}

function refusalOf(status: number): string {
  return status >= 300 && status < 400
    ? `The receiver answered ${status}: redirects are not followed. Give the webhook the URL that it leads to.`
    : `The receiver answered ${status}.`;
}

async function send(url: string, body: string, options: RequestOptions): Promise<IncomingMessage> {
  const client = await clientFor(url);
  return new Promise((resolve, reject) => {
    const request = client.request(url, options);
    request.on('error', (error) => {
      // The receiver closed an idle connection just as it was reused. If the event arrived, the receiver recognises its id.
      if (request.reusedSocket && textIn(error, 'code') === 'ECONNRESET') {
        send(url, body, options).then(resolve, reject);
      } else {
        reject(error);
      }
    });
    request.on('response', (response) => {
      // Only the status matters: discard the body and its errors.
      response.on('error', () => undefined).resume();
      resolve(response);
    });
    request.end(body);
  });
}

/** Resolves a name for a connection, so that it uses the same addresses that were checked. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  publicAddresses(hostname).then(
    (addresses) => {
      const [first] = addresses;
      if (options.all === true) {
        callback(null, addresses);
      } else {
        callback(null, first?.address ?? '', first?.family);
      }
    },
    (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), '', 0),
  );
};

/** All addresses of a name. @throws NotPublic when one of them is not public. */
export async function publicAddresses(hostname: string): Promise<{ address: string; family: number }[]> {
  const addresses = await lookUp(hostname, { all: true });
  if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
    throw new NotPublic(hostname);
  }
  return addresses;
}

export class NotPublic extends Error {
  constructor(hostname: string) {
    super(notPublicProblem(hostname).detail);
    this.name = 'NotPublic';
  }
}

/** A description of a connection error that partners may see. */
function reasonOf(error: unknown): string {
  if (error instanceof NotPublic) {
    return error.message;
  }
  const code = textIn(error, 'code');
  return ['AbortError', 'TimeoutError'].includes(textIn(error, 'name'))
    ? `The receiver did not answer within ${TIMEOUT_MS / 1000} seconds.`
    : `The receiver could not be reached${code === '' ? '' : ` (${code})`}.`;
}

function textIn(error: unknown, field: 'name' | 'code'): string {
  const { [field]: text } = Object(error);
  return typeof text === 'string' ? text : '';
}
