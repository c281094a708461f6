import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { account } from '../template/identity.ts';
import type { Authorized } from './authorizer.ts';
import type { Match } from './routes.ts';

/** Content types that API Gateway passes as text; it encodes others in base64. */
const TEXT_TYPES = /^(text\/|application\/(json|javascript|xml)\b)/i;

/**
 * Builds a function's event for a request, in payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function requestEvent(request: {
  message: IncomingMessage;
  path: string;
  query: string;
  body: Buffer;
  match: Match;
  authorized: Authorized | undefined;
  apiId: string;
  requestId: string;
}): Record<string, unknown> {
  const { message, path, query, body, match, authorized, apiId, requestId } = request;
  const method = message.method ?? 'GET';
  const host = message.headers.host ?? 'localhost';
  const sourceIp = message.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1';
  const now = new Date();
  const cookies = message.headers.cookie?.split(/; */).filter(Boolean);
  const isText = TEXT_TYPES.test(message.headers['content-type'] ?? '');
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath: decodeURIComponent(path),
    rawQueryString: query,
    ...(cookies && cookies.length > 0 && { cookies }),
    headers: {
      ...headersOf(message.headers),
      'x-amzn-trace-id': `Root=1-${Math.floor(now.getTime() / 1000).toString(16)}-${randomUUID().replaceAll('-', '').slice(0, 24)}`,
      'x-forwarded-for': sourceIp,
      'x-forwarded-port': host.split(':')[1] ?? '80',
      // A proxy in front of the local cloud can terminate TLS.
      'x-forwarded-proto': message.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http',
    },
    ...(query !== '' && { queryStringParameters: queryParameters(query) }),
    requestContext: {
      accountId: account,
      apiId,
      ...(authorized && { authorizer: { jwt: authorized } }),
      domainName: host,
      domainPrefix: host.split('.')[0],
      http: {
        method,
        path: decodeURIComponent(path),
        protocol: `HTTP/${message.httpVersion}`,
        sourceIp,
        userAgent: message.headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: match.route.key,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(match.parameters && { pathParameters: match.parameters }),
    ...(body.length > 0 && { body: isText ? body.toString('utf8') : body.toString('base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name === 'cookie' || value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value]],
    ),
  );
}

/** Repeated parameters are joined with commas. */
function queryParameters(query: string): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

/** `24/Nov/2026:02:13:05 +0000` */
function commonLogTime(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
