import type { IncomingMessage, ServerResponse } from 'node:http';

/** About twenty times the size of a batch of 500 ICCIDs. */
export const MAX_BODY_BYTES = 256 * 1024;

/** Returns a header's value, the first one if repeated. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Sends a JSON response, or a page if the body is a text. */
export function sendJson(
  response: ServerResponse,
  answer: { status: number; body: unknown; headers?: Record<string, string> },
  headers: Record<string, string> = {},
): void {
  const { contentType, text } = encodeBody(answer.body);
  response.writeHead(answer.status, { 'content-type': contentType, ...answer.headers, ...headers });
  response.end(text);
}

/** The text of a response: JSON, or a page if the body is a text. */
export function encodeBody(body: unknown): { contentType: string; text: string } {
  return typeof body === 'string'
    ? { contentType: 'text/html', text: body }
    : { contentType: 'application/json', text: JSON.stringify(body) };
}

/** Parses the text of a request: a form, or JSON. `value` is null when it is empty. Returns undefined when it is neither. */
export function parseBody(text: string, contentType: string | undefined): { value: unknown } | undefined {
  if (contentType?.startsWith('application/x-www-form-urlencoded') === true) {
    return { value: Object.fromEntries(new URLSearchParams(text)) };
  }
  try {
    return { value: text === '' ? null : JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Reads the body: `value` is null when it is empty. Returns undefined when it is neither JSON nor a form, or too long. Throws when the caller disconnects. */
export async function readJson(request: IncomingMessage): Promise<{ value: unknown } | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) {
      chunks.push(chunk);
    }
  }
  if (length > MAX_BODY_BYTES) {
    return undefined;
  }
  return parseBody(Buffer.concat(chunks).toString('utf8'), request.headers['content-type']);
}
