import type { Agent, ClientRequest } from 'node:http';
import { Duplex } from 'node:stream';
import { callsOf, type Directory, type GuardedService, type ServiceRequest } from '../iam/calls.ts';
import { denialMessage, policyEvaluator, type Statement } from '../iam/evaluate.ts';

// Checks each call of AWS that a function makes against the function's role. Workers load this file from its bare source,
// before the bundle: by the time that a bundle makes a request, every way to do so by node:http or fetch leads here.

export type GuardSetup = {
  /** The services of the local cloud, by host and port. */
  services: Readonly<Record<string, GuardedService>>;
  /** As whom the function calls: its role's session. */
  principal: string;
  statements: readonly Statement[];
  directory: Directory;
};

/** An answer of AWS to a call that is not allowed. */
type Denial = { status: number; headers: Record<string, string>; body: string };

type Check = (request: ServiceRequest) => Denial | undefined;

/** Installs the check in this thread. */
export function guardCalls(setup: GuardSetup): void {
  const services = new Map(Object.entries(setup.services));
  const check = checkOf(setup);
  guardHttp(services, check);
  guardFetch(services, check);
}

function checkOf({ statements, principal, directory }: GuardSetup): Check {
  const decide = policyEvaluator(statements);
  return (request) => {
    for (const call of callsOf(request, directory)) {
      // Functions call services over TLS once they are deployed.
      const decision = decide({ ...call, context: { ...call.context, 'aws:SecureTransport': ['true'] } });
      if (decision !== 'allowed') {
        return denialOf(request.service, denialMessage(principal, call, decision));
      }
    }
    return undefined;
  };
}

function denialOf(service: GuardedService, message: string): Denial {
  const isJsonProtocol = service !== 'apigateway';
  return {
    status: isJsonProtocol ? 400 : 403,
    headers: {
      'content-type': isJsonProtocol ? 'application/x-amz-json-1.0' : 'application/json',
      'x-amzn-errortype': 'AccessDeniedException',
    },
    body: JSON.stringify({ ...(isJsonProtocol && { __type: 'AccessDeniedException' }), Message: message }),
  };
}

type AddRequest = (this: Agent, request: ClientRequest, options: { host?: string; port?: number | string }) => void;

/** Every request of node:http and node:https asks its agent for a connection: there it waits for its body, and is checked. */
function guardHttp(services: ReadonlyMap<string, GuardedService>, check: Check): void {
  // Imported, it would look at all that it exports, and load much that no function needs.
  const http = process.getBuiltinModule('node:http');
  // Not among the agent's types, but what agents of other libraries override, too.
  const prototype = http.Agent.prototype as unknown as { addRequest: AddRequest };
  const addRequest = prototype.addRequest;
  prototype.addRequest = function guarded(request, options) {
    const service = services.get(`${options.host}:${options.port}`);
    if (service === undefined) {
      addRequest.call(this, request, options);
      return;
    }
    const chunks: Buffer[] = [];
    const keep = (chunk: unknown, encoding: unknown) => {
      if (typeof chunk === 'string') {
        chunks.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'));
      } else if (chunk instanceof Uint8Array) {
        chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      }
    };
    const { write, end } = request;
    request.write = (chunk: unknown, encoding?: unknown) => {
      keep(chunk, encoding);
      return true;
    };
    request.end = (chunk?: unknown, encoding?: unknown, callback?: unknown) => {
      keep(chunk, encoding);
      const done = [chunk, encoding, callback].find((given) => typeof given === 'function');
      if (done) {
        request.once('finish', done as () => void);
      }
      Object.assign(request, { write, end });
      const [first] = chunks;
      const body = chunks.length === 1 && first ? first : Buffer.concat(chunks);
      const denial = check({
        service,
        method: request.method,
        path: request.path,
        target: String(request.getHeader('x-amz-target') ?? ''),
        body: body.toString(),
      });
      if (denial) {
        // Takes any stream in place of a socket.
        (request as unknown as { onSocket(socket: Duplex): void }).onSocket(answering(denial));
      } else {
        addRequest.call(this, request, options);
      }
      return body.length > 0 ? request.end(body) : request.end();
    };
  };
}

/** A connection whose other end reads everything and gives one answer. */
function answering({ status, headers, body }: Denial): Duplex {
  const head = [
    `HTTP/1.1 ${status} Denied`,
    ...Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
  ];
  let isAnswered = false;
  const connection = new Duplex({
    read: () => undefined,
    write(_chunk, _encoding, done) {
      done();
      if (!isAnswered) {
        isAnswered = true;
        setImmediate(() => connection.push(`${head.join('\r\n')}\r\n\r\n${body}`));
      }
    },
  });
  const self = () => connection;
  return Object.assign(connection, {
    setTimeout: self,
    setKeepAlive: self,
    setNoDelay: self,
    ref: self,
    unref: self,
  });
}

function guardFetch(services: ReadonlyMap<string, GuardedService>, check: Check): void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof URL || typeof input === 'string' ? input : input.url);
    const service = services.get(url.host);
    if (service === undefined) {
      return original(input, init);
    }
    const request = new Request(input, init);
    const denial = check({
      service,
      method: request.method,
      path: url.pathname + url.search,
      target: request.headers.get('x-amz-target') ?? '',
      body: await request.clone().text(),
    });
    return denial ? new Response(denial.body, denial) : original(request);
  };
}
