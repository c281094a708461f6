import { type Answer, gatewayMessage } from './answer.ts';

/** Headers that belong to the connection, which a function cannot set. */
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
 * The HTTP answer that a function's result stands for, in payload format 2.0: one with a `statusCode` says all, anything
 * else is a body of JSON with status 200. What is neither is 500.
 */
export function functionAnswer(payload: string): Answer {
  const result: unknown = JSON.parse(payload);
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: typeof result === 'string' ? result : payload,
    };
  }
  const given: Record<string, unknown> = { ...result };
  const status = Number(given.statusCode);
  const { body = '', isBase64Encoded = false } = given;
  const headers = Object.entries(record(given.headers)).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  const cookies = Array.isArray(given.cookies) ? given.cookies.map(String) : [];
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
