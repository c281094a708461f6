import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ScaledClock } from '../clock.ts';
import type { Issuer } from '../issuer.ts';
import { type Functions, TOO_MANY_REQUESTS } from '../lambda/functions.ts';
import { apiGatewayLimits, lambdaLimits } from '../limits.ts';
import type { Log } from '../log.ts';
import { StartError } from '../start-error.ts';
import type { HttpApiPart } from '../template/parts.ts';
import { type GatewayResponse, gatewayMessage } from './answer.ts';
import { authorize } from './authorizer.ts';
import { toGatewayResponse } from './function-answer.ts';
import { readBody } from './read-body.ts';
import { requestEvent } from './request-event.ts';
import { routeFinder } from './routes.ts';
import { throttle } from './throttle.ts';

/** Handles requests to `/_local/`; returns undefined for an unknown path. */
export type ControlRoutes = (request: {
  method: string;
  path: string;
  body: Buffer;
}) => Promise<GatewayResponse> | undefined;

/** Answers requests of browsers for pages; returns undefined for everything that is the API's. */
export type Pages = (request: {
  method: string;
  path: string;
  accept: string | undefined;
}) => Promise<GatewayResponse | undefined>;

export type Gateway = { url: string; stop(): Promise<void> };

/**
 * Serves the HTTP API of the template on a local port, with API Gateway's own responses.
 *
 * @throws StartError when the port is taken
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory of short functions that share its state.
export async function serveGateway(
  api: HttpApiPart,
  options: {
    port: number;
    issuer: Issuer;
    functions: Pick<Functions, 'invoke'>;
    control: ControlRoutes;
    pages?: Pages | undefined;
    /** The time that responses are dated with. */
    clock: Pick<ScaledClock, 'now'>;
    log: Log;
  },
): Promise<Gateway> {
  const { issuer, functions, control, pages, clock, log } = options;
  const find = routeFinder(api.routes);
  const isAllowed = api.throttle ? throttle(api.throttle) : () => true;
  const routeThrottles = new Map(Object.entries(api.routeThrottles).map(([key, limits]) => [key, throttle(limits)]));

  async function answer(message: IncomingMessage, requestId: string): Promise<GatewayResponse | undefined> {
    const method = message.method ?? 'GET';
    const [path, query] = pathAndQuery(message.url ?? '/');
    if (path === undefined || query === undefined) {
      return gatewayMessage(400, 'Bad Request');
    }
    if (path.startsWith('/_local/')) {
      return answerControl(message, method, path);
    }
    const page = await pages?.({ method, path, accept: message.headers.accept });
    if (page) {
      return page;
    }
    const match = find(method, path);
    const isRouteAllowed = (match && routeThrottles.get(match.route.key)) ?? isAllowed;
    if (!isRouteAllowed()) {
      return gatewayMessage(429, 'Too Many Requests');
    }
    if (!match) {
      return gatewayMessage(404, 'Not Found');
    }
    const { authorizer } = match.route;
    const decision = authorizer && (await authorize(message.headers.authorization, authorizer, issuer));
    if (decision && 'refused' in decision) {
      return decision.refused;
    }
    const read = await readBody(message, apiGatewayLimits.bodyBytes);
    if ('broken' in read) {
      return undefined;
    }
    if ('tooLarge' in read) {
      return gatewayMessage(413, 'Request Entity Too Large');
    }
    const event = JSON.stringify(
      requestEvent({
        message,
        path,
        query,
        body: read.body,
        match,
        authorized: decision?.authorized,
        apiId: api.id,
        requestId,
      }),
    );
    if (Buffer.byteLength(event) > lambdaLimits.payloadBytes) {
      return gatewayMessage(413, 'Request Entity Too Large');
    }
    return invoke(match.route.functionArn, event, match.route.timeoutMs);
  }

  async function invoke(functionArn: string, event: string, timeoutMs: number): Promise<GatewayResponse> {
    const { promise: timedOut, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    const result = await Promise.race([functions.invoke(functionArn, event), timedOut]);
    clearTimeout(timer);
    if (!result) {
      return gatewayMessage(503, 'Service Unavailable');
    }
    if (!result.ok) {
      return result.error.errorType === TOO_MANY_REQUESTS
        ? gatewayMessage(503, 'Service Unavailable')
        : gatewayMessage(500, 'Internal Server Error');
    }
    return toGatewayResponse(result.payload);
  }

  async function answerControl(
    message: IncomingMessage,
    method: string,
    path: string,
  ): Promise<GatewayResponse | undefined> {
    const read = await readBody(message, apiGatewayLimits.bodyBytes);
    if ('broken' in read) {
      return undefined;
    }
    if ('tooLarge' in read) {
      return gatewayMessage(413, 'Request Entity Too Large');
    }
    return (await control({ method, path, body: read.body })) ?? gatewayMessage(404, 'Not Found');
  }

  const server = createServer({ maxHeaderSize: apiGatewayLimits.headerBytes }, (message, response) => {
    const requestId = `${randomBytes(11).toString('base64url')}=`;
    message.on('error', () => undefined);
    answer(message, requestId)
      .catch((error: unknown) => {
        log(`${message.method} ${message.url} failed in the local gateway: ${String(error)}`);
        return gatewayMessage(500, 'Internal Server Error');
      })
      .then((gatewayResponse) => {
        // Discard the unread body, so that the connection can take the next request.
        message.resume();
        if (gatewayResponse) {
          write(response, gatewayResponse, { requestId, now: clock.now() });
        } else {
          response.destroy();
        }
      });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => refuseUnreadable(error, socket));
  server.keepAliveTimeout = 60_000;
  server.headersTimeout = 65_000;
  server.requestTimeout = 120_000;
  await listen(server, options.port);
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : options.port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      // Give requests in flight a moment to finish.
      const closeTimer = setTimeout(() => server.closeAllConnections(), 1000);
      await closed;
      clearTimeout(closeTimer);
    },
  };
}

/** Checks that a port is free, before anything else starts. @throws StartError when it is taken */
export async function refuseTakenPort(port: number): Promise<void> {
  const probe = createServer();
  await listen(probe, port);
  probe.close();
  await once(probe, 'close');
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
    const reason =
      code === 'EADDRINUSE'
        ? 'is in use: stop the other program, or set PORT to another port (0 picks a free one)'
        : `cannot be used (${String(code)}): set PORT to another port (0 picks a free one)`;
    throw new StartError(`Port ${port} ${reason}.`, { cause });
  }
}

function write(
  response: ServerResponse,
  { status, headers, cookies = [], body }: GatewayResponse,
  { requestId, now }: { requestId: string; now: Date },
): void {
  if (response.destroyed) {
    return;
  }
  const mayHaveBody = status !== 204 && status !== 304;
  response.writeHead(status, {
    ...headers,
    ...(mayHaveBody && { 'content-length': Buffer.byteLength(body) }),
    ...(cookies.length > 0 && { 'set-cookie': [...cookies] }),
    'apigw-requestid': requestId,
    date: now.toUTCString(),
  });
  response.end(mayHaveBody ? body : undefined);
}

/** Splits a URL into the path as sent and the query; returns an empty tuple when the path cannot be decoded. */
function pathAndQuery(url: string): [string, string] | [] {
  const [beforeFragment = ''] = url.split('#');
  const absolute = /^https?:\/\/[^/?]*/i.exec(beforeFragment)?.[0] ?? '';
  const target = beforeFragment.slice(absolute.length);
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  try {
    decodeURIComponent(path);
  } catch {
    return [];
  }
  return [path.startsWith('/') ? path : `/${path}`, mark === -1 ? '' : target.slice(mark + 1)];
}

/** Answers a request that Node.js could not parse, or whose headers are too large, directly on the socket. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'Request Header Fields Too Large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'Request Timeout']
        : ['400 Bad Request', 'Bad Request'];
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}
