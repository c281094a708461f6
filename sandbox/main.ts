import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { headerOf, readJson, sendJson } from './json-over-http.ts';
import { refusal } from './operators-api.ts';
import { operatorsService, type Service, type ServiceOptions } from './service.ts';
import { openStore } from './store.ts';

export { type Behaviour, type BehaviourRequest, behaviourSchema, type Usage, usageSchema } from './behaviour.ts';

export type SandboxOptions = Omit<ServiceOptions, 'store'> & {
  /** 0, or left out, picks a free one. */
  port?: number;
  /** The address to listen on; this machine alone when left out. */
  host?: string;
  /** Where to keep the books between runs; without it they are in memory. */
  storeFile?: string;
  /** Seconds (real ones) that a 503 asks the caller to wait. */
  retryAfterSeconds?: number;
};

export type Sandbox = Pick<Service, 'behave' | 'recordUsage'> & {
  /** Without a slash at its end; an operator's base URL is `${url}/operators/${operatorId}`. */
  url: string;
  /** Ends all requests, saves the books and frees the port. */
  stop(): Promise<void>;
};

/**
 * Starts the stand-in for the operators: all of them, on one port. Resolves when it takes requests; rejects when the
 * port is taken (`EADDRINUSE`) or the store file is none.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', storeFile, retryAfterSeconds = 1, ...rest } = options;
  const store = await openStore(storeFile);
  const { answer, behave, recordUsage } = operatorsService({ store, ...rest });

  const server = createServer((request, response) => {
    const call = {
      method: request.method ?? '',
      url: new URL(request.url ?? '/', 'http://sandbox'),
      header: (name: string) => headerOf(request, name),
      json: () => readJson(request),
    };
    answer(call).then(
      (given) => {
        if (given !== undefined) {
          sendJson(response, given, given.status === 503 ? { 'retry-after': String(retryAfterSeconds) } : {});
        }
      },
      (error) => {
        if (request.complete) {
          console.error('The operator sandbox failed:', error);
          sendJson(response, refusal(500, 'fault', 'The sandbox failed'));
        }
        // Else the caller went away before it had asked all.
      },
    );
  });
  server.requestTimeout = 0;
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const listeningPort = typeof address === 'object' && address !== null ? address.port : port;

  return {
    behave,
    recordUsage,
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

/** The clock of a sandbox on its own: a day lasts `dayMs` real milliseconds, from now on. */
function scaledNow(dayMs: number): () => Date {
  const start = Date.now();
  return () => new Date(start + ((Date.now() - start) * 86_400_000) / dayMs);
}

async function runAlone(): Promise<void> {
  const { PORT = '0', HOST = '127.0.0.1', API_KEY, DAY_MS = '86400000', STORE_FILE } = process.env;
  if (API_KEY === undefined || API_KEY === '') {
    throw new Error('API_KEY is needed: the key that callers have to show');
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
  await runAlone();
}
