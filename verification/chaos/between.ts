import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { ServiceName } from '../../local/cloud.ts';
import { type Call, callOf, type Owners } from './calls.ts';
import { errorAnswer, type Fault } from './faults.ts';

export type Between = { url: string; stop(): void };

/**
 * Starts a proxy between the functions and a service that forwards calls and injects faults.
 *
 * @param judge returns the fault for a call, if any; called once per attempt.
 * @param kill kills the worker that handles an invocation.
 */
export async function standBetween(
  service: ServiceName,
  target: string,
  { owners, judge, kill }: { owners: Owners; judge(call: Call): Fault | undefined; kill(invocation: string): void },
): Promise<Between> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });

  async function pass(message: IncomingMessage, body: Buffer): Promise<{ answer: IncomingMessage; bytes: Buffer }> {
    const { host: _host, ...headers } = message.headers;
    const call = httpRequest({ agent, hostname, port, method: message.method, path: message.url, headers });
    call.end(body);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    return { answer, bytes: await buffer(answer) };
  }

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(message);
    const call = callOf(service, message, body.toString(), owners);
    const fault = judge(call);
    const killed = () => call.invocation !== undefined && kill(call.invocation);
    switch (fault) {
      case 'fails':
      case 'throttled': {
        const { status, headers, body: text } = errorAnswer(service, fault);
        response.writeHead(status, headers).end(text);
        return;
      }
      case 'silent':
        return;
      case 'killed before':
        killed();
        message.socket.destroy();
        return;
      default: {
        const { answer: answered, bytes } = await pass(message, body);
        if (fault === undefined) {
          const { 'transfer-encoding': _encoding, ...headers } = answered.headers;
          response.writeHead(answered.statusCode ?? 500, headers).end(bytes);
          return;
        }
        if (fault === 'killed after') {
          killed();
        }
        message.socket.destroy();
      }
    }
  }

  const server = createServer((message, response) => {
    // A killed worker does not wait for its response.
    answer(message, response).catch(() => message.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    stop() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
