import { once } from 'node:events';
import type { Server } from 'node:http';

/** A server on this machine. Its URL has no trailing slash. */
export type LocalServer = { url: string; stop(): Promise<void> };

/** Lets a server listen on a free local port. */
export async function listenLocally(server: Server): Promise<LocalServer> {
  // Keep idle connections open for long: closing one could fail a request in flight.
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
