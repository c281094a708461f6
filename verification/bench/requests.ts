import { Pool } from 'undici';

// A separate process: sends the same request repeatedly, one at a time per connection.

export type RequestsJob = {
  url: string;
  request: { method: 'GET' | 'POST'; path: string; headers: Record<string, string>; body?: string };
  connections: number;
  forMs: number;
};

export type RequestsResult = { perSecond: number; p50Ms: number; p99Ms: number };

process.once('message', async (message) => {
  // Safe: verification/bench/handlers.ts sends this type.
  const result = await ask(message as RequestsJob);
  process.send?.(result, () => process.exit(0));
});

async function ask({ url, request, connections, forMs }: RequestsJob): Promise<RequestsResult> {
  const pool = new Pool(url, { connections });
  const tookMs: number[] = [];
  const start = performance.now();
  async function connection(): Promise<void> {
    while (performance.now() - start < forMs) {
      const before = performance.now();
      const { statusCode, body } = await pool.request(request);
      const text = await body.text();
      if (statusCode !== 200) {
        throw new Error(`${request.method} ${request.path} answered ${statusCode}: ${text}`);
      }
      tookMs.push(performance.now() - before);
    }
  }
  await Promise.all(Array.from({ length: connections }, connection));
  const seconds = (performance.now() - start) / 1000;
  const sorted = tookMs.sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { perSecond: sorted.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}
