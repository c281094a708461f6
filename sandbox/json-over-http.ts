import type { IncomingMessage, ServerResponse } from 'node:http';

/** A batch of 500 ICCIDs is a twentieth of it. */
export const MAX_BODY_BYTES = 256 * 1024;

/** A header's value; the first one of several. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Sends an answer whole. */
export function sendJson(
  response: ServerResponse,
  { status, body }: { status: number; body: unknown },
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** The body, null when there is none; undefined when it is not JSON or too long. Throws when the caller goes away. */
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
