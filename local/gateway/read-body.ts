import type { IncomingMessage } from 'node:http';

/** Reads a request's body. Returns `tooLarge` as soon as it exceeds the limit and discards the rest. */
export async function readBody(
  message: IncomingMessage,
  maxBytes: number,
): Promise<{ body: Buffer } | { tooLarge: true } | { broken: true }> {
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) {
    message.resume();
    return { tooLarge: true };
  }
  const { promise, resolve } = Promise.withResolvers<{ body: Buffer } | { tooLarge: true } | { broken: true }>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  message.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) {
      chunks.push(chunk);
    } else {
      chunks.length = 0;
      resolve({ tooLarge: true });
    }
  });
  message.once('end', () => resolve({ body: Buffer.concat(chunks) }));
  message.once('close', () => resolve({ broken: true }));
  message.once('error', () => resolve({ broken: true }));
  return promise;
}
