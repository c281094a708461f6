import { type GatewayResponse, gatewayMessage } from './answer.ts';

/** Hop-by-hop headers, which a function cannot set. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
]);
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Converts a function's result to an HTTP response, in payload format 2.0. A result with a `statusCode` is a complete response;
 * any other result is a JSON body with status 200. A malformed response becomes 500.
 */
export function toGatewayResponse(payload: string): GatewayResponse {
  const result: unknown = JSON.parse(payload);
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: typeof result === 'string' ? result : payload,
    };
  }
  const fields: Record<string, unknown> = { ...result };
  const status = Number(fields.statusCode);
  const { body = '', isBase64Encoded = false } = fields;
  const headers = Object.entries(record(fields.headers)).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  const cookies = Array.isArray(fields.cookies) ? fields.cookies.map(String) : [];
  const isRight =
    Number.isInteger(status) &&
    status >= 200 &&
    status <= 599 &&
    (typeof body === 'string' || body === null) &&
    headers.every(([name, value]) => HEADER_NAME.test(name) && HEADER_VALUE.test(value)) &&
    cookies.every((cookie) => HEADER_VALUE.test(cookie));
  if (!isRight) {
    return gatewayMessage(500, 'Internal Server Error');
  }
  const text = typeof body === 'string' ? body : '';
  return {
    status,
    headers: {
      ...(text !== '' && { 'content-type': 'text/plain;charset=utf-8' }),
      ...Object.fromEntries(headers.filter(([name]) => !CONNECTION_HEADERS.has(name))),
    },
    cookies,
    body: isBase64Encoded === true ? Buffer.from(text, 'base64') : text,
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
