import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Control } from './control.ts';
import { headerOf, readJson, sendJson } from './json-over-http.ts';
import { refusal } from './operators-api.ts';
import { type CallCount, operatorsService, type ServiceOptions } from './service.ts';
import { openStore } from './store.ts';

export { type Behaviour, type BehaviourRequest, behaviourSchema, type Usage, usageSchema } from './behaviour.ts';

export type SandboxOptions = Omit<ServiceOptions, 'store'> & {
  /** Default 0: picks a free port. */
  port?: number;
  /** The address to listen on. Default: this machine only. */
  host?: string;
  /** The file that keeps the books between runs. Omit it to keep them in memory. */
  storeFile?: string;
  /** The `Retry-After` of a 503, in real seconds. */
  retryAfterSeconds?: number;
};

export type Sandbox = Control & {
  /** How many calls an operator has received since the start, and how many of them it answered as too many. */
  callsOf(operatorId: string): CallCount;
  /** Without a trailing slash; an operator's base URL is `${url}/operators/${operatorId}`. */
  url: string;
  /** Ends all requests, saves the books and releases the port. */
  stop(): Promise<void>;
};

/**
 * Starts the stand-in for all operators, on one port. Resolves when it accepts requests; rejects when the port is taken
 * (`EADDRINUSE`) or the store file is invalid.
 *
 * @example
 * const sandbox = await startSandbox({ now: () => new Date(), apiKey: 'a-key' });
 * sandbox.behave('3uk', { leadTimeDays: 0 });
 * await sandbox.stop();
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', storeFile, retryAfterSeconds = 1, ...rest } = options;
  const store = await openStore(storeFile);
  const { answer, ...control } = operatorsService({ store, ...rest });

  const server = createServer((request, response) => {
    const call = {
      method: request.method ?? '',
      url: new URL(request.url ?? '/', 'http://sandbox'),
      header: (name: string) => headerOf(request, name),
      json: () => readJson(request),
    };
    answer(call).then(
      (apiAnswer) => {
        if (apiAnswer !== undefined) {
          sendJson(response, apiAnswer, apiAnswer.status === 503 ? { 'retry-after': String(retryAfterSeconds) } : {});
        }
      },
      (error) => {
        if (request.complete) {
          console.error('The operator sandbox failed:', error);
          sendJson(response, refusal(500, 'fault', 'The sandbox failed'));
        }
        // Otherwise the caller disconnected before it had sent the whole request.
      },
    );
  });
  server.requestTimeout = 0;
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const listeningPort = typeof address === 'object' && address !== null ? address.port : port;

  return {
    ...control,
    url: `http://${host}:${listeningPort}`,
    async stop() {
      if (server.listening) {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      }
      await store.save();
    },
  };
}

/** The clock of a standalone sandbox: a day lasts `dayMs` real milliseconds. */
function scaledNow(dayMs: number): () => Date {
  const start = Date.now();
  return () => new Date(start + ((Date.now() - start) * 86_400_000) / dayMs);
}

async function runStandalone(): Promise<void> {
  const { PORT = '0', HOST = '127.0.0.1', API_KEY, DAY_MS = '86400000', STORE_FILE } = process.env;
  if (API_KEY === undefined || API_KEY === '') {
    throw new Error('API_KEY is required: the key that callers must send');
  }
  const sandbox = await startSandbox({
    port: Number(PORT),
    host: HOST,
    now: scaledNow(Number(DAY_MS)),
    apiKey: API_KEY,
    ...(STORE_FILE === undefined ? {} : { storeFile: STORE_FILE }),
  });
  console.log(`ready ${sandbox.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void sandbox.stop());
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runStandalone();
}
