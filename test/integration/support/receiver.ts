import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** An event as it came, signed. */
export type Received = { headers: IncomingHttpHeaders; body: string; status: number };

export type Event = { id: string; type: string; timestamp: string; data: Record<string, unknown> };

/** A receiver of webhooks: a real HTTP server of a test's own. */
export type Receiver = {
  url: string;
  /** All requests that it has answered so far. */
  requests: Received[];
  /** What it answers from now on; a promise lets the caller wait. */
  answers(status: () => number | Promise<number>): void;
  /** The events that it took, checked by the reference library. */
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
          // Safe as far as the reference library takes it: what a test expects of it says whether it is one.
          return { ...(event as Event), id: signed['webhook-id'] ?? '' };
        }),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
