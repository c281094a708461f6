import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

export type ThrottlingProxy = { url: string; throttled(): number; stop(): void };

/**
 * Starts a proxy before a local AWS service that answers some calls with a throttling error.
 *
 * @param target the address of the service.
 * @param error the error of AWS for a call that is to be throttled; `undefined` for one that is forwarded.
 */
export async function startThrottlingProxy(
  target: string,
  error: (request: IncomingMessage) => { __type: string; message: string } | undefined,
): Promise<ThrottlingProxy> {
  let throttled = 0;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const refusal = error(request);
    if (refusal) {
      throttled += 1;
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(refusal));
      return;
    }
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    // Safe: the SDK sends each header once.
    const answer = await fetch(target, { method: 'POST', headers: headers as Record<string, string>, body });
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    throttled: () => throttled,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
