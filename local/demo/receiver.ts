import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** An event that came, and was found to be signed with the webhook's secret. */
export type VerifiedEvent = { type: string; data: Record<string, unknown> };

export type Receiver = {
  url: string;
  /** Takes events from now on: those that are signed with this secret. */
  expect(secret: string): void;
  events: readonly VerifiedEvent[];
  stop(): void;
};

/** A partner's own server, which takes webhooks: with the library that the standard names. */
export async function startReceiver(): Promise<Receiver> {
  const events: VerifiedEvent[] = [];
  let webhook: Webhook | undefined;
  const server = createServer(async (request, response) => {
    try {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      // Safe: the library has checked who signed it; what is in it says the API guide.
      events.push(webhook?.verify(await text(request), Object.fromEntries(headers)) as VerifiedEvent);
      response.writeHead(204).end();
    } catch {
      response.writeHead(400).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/events`,
    expect: (secret) => {
      webhook = new Webhook(secret);
    },
    events,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
