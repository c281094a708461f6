import type { Agent, ClientRequest } from 'node:http';
import { Duplex } from 'node:stream';
import { type Directory, type GuardedService, requiredPermissions, type ServiceRequest } from '../iam/calls.ts';
import { denialMessage, policyEvaluator, type Statement } from '../iam/evaluate.ts';

// Checks each AWS call of a function against the function's role. Workers load this file without its types (bare-source.ts) and
// before the bundle, so that all its requests through node:http and fetch are checked.

export type GuardSetup = {
  /** The services of the local cloud, by host and port. */
  services: Readonly<Record<string, GuardedService>>;
  /** The caller: a session of the function's role. */
  principal: string;
  statements: readonly Statement[];
  directory: Directory;
};

/** AWS's response to a denied call. */
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
    for (const call of requiredPermissions(request, directory)) {
      // Deployed functions call services over TLS.
      const decision = decide({ ...call, context: { ...call.context, 'aws:SecureTransport': ['true'] } });
      if (decision !== 'allowed') {
        return denialOf(denialMessage(principal, call, decision));
      }
    }
    return undefined;
  };
}

function denialOf(message: string): Denial {
  return {
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': 'AccessDeniedException' },
    body: JSON.stringify({ __type: 'AccessDeniedException', Message: message }),
  };
}

type AddRequest = (this: Agent, request: ClientRequest, options: { host?: string; port?: number | string }) => void;

/** Every request of node:http and node:https asks its agent for a connection. There the guard collects its body and checks it. */
function guardHttp(services: ReadonlyMap<string, GuardedService>, check: Check): void {
  // An import would evaluate all exports, and load modules that no function needs.
  const http = process.getBuiltinModule('node:http');
  // Safe: the agent's types do not declare this method, but other libraries override it, too.
  const prototype = http.Agent.prototype as unknown as { addRequest: AddRequest };
  const addRequest = prototype.addRequest;
  prototype.addRequest = function guarded(request, options) {
    const service = services.get(`${options.host}:${options.port}`);
    if (service === undefined) {
      addRequest.call(this, request, options);
      return;
    }
    const chunks: Buffer[] = [];
    const collect = (chunk: unknown, encoding: unknown) => {
      if (typeof chunk === 'string') {
        chunks.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'));
      } else if (chunk instanceof Uint8Array) {
        chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      }
    };
    const { write, end } = request;
    request.write = (chunk: unknown, encoding?: unknown) => {
      collect(chunk, encoding);
      return true;
    };
    request.end = (chunk?: unknown, encoding?: unknown, callback?: unknown) => {
      collect(chunk, encoding);
      const done = [chunk, encoding, callback].find((argument) => typeof argument === 'function');
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
        // Safe: it accepts any stream in place of a socket.
        (request as unknown as { onSocket(socket: Duplex): void }).onSocket(respondWith(denial));
      } else {
        addRequest.call(this, request, options);
      }
      return body.length > 0 ? request.end(body) : request.end();
    };
  };
}

/** Creates a connection whose other end reads everything and sends one response. */
function respondWith({ status, headers, body }: Denial): Duplex {
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
