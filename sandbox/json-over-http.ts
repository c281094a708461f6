import type { IncomingMessage, ServerResponse } from 'node:http';

/** About twenty times the size of a batch of 500 ICCIDs. */
export const MAX_BODY_BYTES = 256 * 1024;

/** Returns a header's value, the first one if repeated. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Sends a JSON response. */
export function sendJson(
  response: ServerResponse,
  { status, body }: { status: number; body: unknown },
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Reads the body: `value` is null when it is empty. Returns undefined when it is not JSON or too long. Throws when the caller disconnects. */
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
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return { value: text === '' ? null : JSON.parse(text) };
  } catch {
    return undefined;
  }
}
