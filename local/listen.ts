import { once } from 'node:events';
import type { Server } from 'node:http';

/** A server of this machine: its address without a slash at its end, and its end. */
export type LocalServer = { url: string; stop(): Promise<void> };

/** Lets a service of the local cloud be reached, on a port that is free. */
export async function listenLocally(server: Server): Promise<LocalServer> {
  // A client that keeps a connection finds it open: closing it at rest would fail requests that are on their way.
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
