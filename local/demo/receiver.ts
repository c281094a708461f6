import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import type { Client } from './client.ts';

/** A received event whose signature was verified with the webhook's secret. */
export type VerifiedEvent = { type: string; data: Record<string, unknown> };

export type Receiver = {
  url: string;
  events: readonly VerifiedEvent[];
  stop(): void;
};

/** Starts a partner's server and creates a webhook for it. It verifies events with the library of Standard Webhooks. */
export async function startReceiver(api: Client, types: readonly string[]): Promise<Receiver> {
  const events: VerifiedEvent[] = [];
  let webhook: Webhook | undefined;
  const server = createServer(async (request, response) => {
    try {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      // Safe: the library has verified the signature; the API guide documents the content.
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
