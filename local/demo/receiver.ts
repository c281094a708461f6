import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import type { Client } from './client.ts';

/** An event that came, and was found to be signed with the webhook's secret. */
export type VerifiedEvent = { type: string; data: Record<string, unknown> };

export type Receiver = {
  url: string;
  events: readonly VerifiedEvent[];
  stop(): void;
};

/** A partner's own server, with a webhook that tells it of events; it takes them with the library that the standard names. */
export async function startReceiver(api: Client, types: readonly string[]): Promise<Receiver> {
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
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/events`;
  const { secret } = await api.post<{ secret: string }>('/v1/webhooks', { url, events: types });
  webhook = new Webhook(secret);
  return {
    url,
    events,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
