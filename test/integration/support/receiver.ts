import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** A received event with its signature. */
export type Received = { headers: IncomingHttpHeaders; body: string; status: number };

export type Event = { id: string; type: string; timestamp: string; data: Record<string, unknown> };

/** A receiver of webhooks: a real HTTP server. */
export type Receiver = {
  url: string;
  /** All requests answered so far. */
  requests: Received[];
  /** Sets the answer from now on. A promise makes the caller wait. */
  answers(status: () => number | Promise<number>): void;
  /** The accepted events, verified with the reference library. */
  taken(secret: string): Event[];
  stop(): void;
};

export async function startReceiver(): Promise<Receiver> {
  const requests: Received[] = [];
  let answer: () => number | Promise<number> = () => 204;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const status = await answer();
    requests.push({ headers: request.headers, body, status });
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/events`,
    requests,
    answers: (status) => {
      answer = status;
    },
    taken: (secret) =>
      requests
        .filter(({ status }) => status < 300)
        .map(({ headers, body }) => {
          const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
          const event = new Webhook(secret).verify(body, signed);
          // Safe: the reference library has verified it, and tests check its content.
          return { ...(event as Event), id: signed['webhook-id'] ?? '' };
        }),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
