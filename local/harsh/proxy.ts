import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type LocalServer, listenLocally } from '../listen.ts';
import type { ErrorResponse } from './requests.ts';

export type ServiceResponse = { status: number; headers: OutgoingHttpHeaders; body: Buffer | string };

/** A request that the proxy forwards; `operation` is that of AWS's JSON protocol, else empty. */
export type PassedRequest = {
  operation: string;
  body: Buffer;
  /** Sends the request, or a changed one, to the service. */
  pass(changed?: { operation: string; body: string }): Promise<ServiceResponse>;
};

/** The faults that the proxy injects into the calls of a service. */
export type ServiceFaults = {
  /** Whether the connection breaks before the service sees the call. */
  breaks(isReused: boolean): boolean;
  /** Returns the error for a call that fails without effect. */
  refuses(request: Pick<PassedRequest, 'operation' | 'body'>): ErrorResponse | undefined;
  /** Responds to the call, usually as the service does. */
  respond(request: PassedRequest): Promise<ServiceResponse>;
  /** Whether the response is lost. */
  losesResponse(): boolean;
  /** The milliseconds after which an idle connection is closed; `undefined`: it stays open. */
  closesIdleAfter(): number | undefined;
};

/** Serves a proxy between the functions and a service. */
export async function serveHarshProxy(target: string, harshness: ServiceFaults): Promise<LocalServer> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const used = new WeakSet<Socket>();
  const idle = new WeakMap<Socket, NodeJS.Timeout>();

  async function forward(
    message: IncomingMessage,
    body: Buffer | string,
    operation?: string,
  ): Promise<ServiceResponse> {
    const { host: _host, 'content-length': _length, ...headers } = message.headers;
    const call = httpRequest({
      agent,
      hostname,
      port,
      method: message.method,
      path: message.url,
      headers: {
        ...headers,
        'content-length': Buffer.byteLength(body),
        ...(operation !== undefined && { 'x-amz-target': `${prefixOf(message)}.${operation}` }),
      },
    });
    call.end(body);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    const { 'transfer-encoding': _encoding, 'content-length': _size, ...answered } = answer.headers;
    return { status: answer.statusCode ?? 500, headers: answered, body: await buffer(answer) };
  }

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = message;
    clearTimeout(idle.get(socket));
    const isReused = used.has(socket);
    used.add(socket);
    const body = await buffer(message);
    const operation = operationOf(message);
    if (harshness.breaks(isReused)) {
      socket.destroy();
      return;
    }
    const refusal = harshness.refuses({ operation, body });
    if (refusal) {
      send(response, refusal);
    } else {
      const answer = await harshness.respond({
        operation,
        body,
        pass: (changed) => forward(message, changed?.body ?? body, changed?.operation),
      });
      if (harshness.losesResponse()) {
        socket.destroy();
        return;
      }
      send(response, answer);
    }
    const closesAfter = harshness.closesIdleAfter();
    if (closesAfter !== undefined) {
      idle.set(socket, setTimeout(() => socket.destroy(), closesAfter).unref());
    }
  }

  const server = await listenLocally(
    createServer((message, response) => {
      // The client has disconnected: the response has no receiver.
      handle(message, response).catch(() => message.socket.destroy());
    }),
  );
  return {
    url: server.url,
    async stop() {
      await server.stop();
      agent.destroy();
    },
  };
}

function operationOf({ headers }: IncomingMessage): string {
  return String(headers['x-amz-target'] ?? '').split('.')[1] ?? '';
}

function prefixOf({ headers }: IncomingMessage): string {
  return String(headers['x-amz-target'] ?? '').split('.')[0] ?? '';
}

function send(response: ServerResponse, { status, headers, body }: ServiceResponse): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
