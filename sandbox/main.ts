import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type BehaviourRequest, behaviourSchema, type Usage, usageSchema } from './behaviour.ts';
import { headerOf, readJson, sendJson } from './json-over-http.ts';
import { isOperatorId, type OperatorId, operatorIds } from './networks.ts';
import { type ApiAnswer, answerRequest, noteUsage, refusal } from './operators-api.ts';
import { openStore } from './store.ts';

export { type Behaviour, type BehaviourRequest, behaviourSchema, type Usage, usageSchema } from './behaviour.ts';

export type SandboxOptions = {
  /** 0, or left out, picks a free one. */
  port?: number;
  /** The address to listen on; this machine alone when left out. */
  host?: string;
  /** The time that the operators live in. */
  now: () => Date;
  /** What callers have to show: `Authorization: Bearer <apiKey>`. */
  apiKey: string;
  /** Where to keep the books between runs; without it they are in memory. */
  storeFile?: string;
  /** Seconds (real ones) that a 503 asks the caller to wait. */
  retryAfterSeconds?: number;
  /** Draws from 0 to 1 for `failureRate`; for tests. */
  random?: () => number;
};

export type Sandbox = {
  /** Without a slash at its end; an operator's base URL is `${url}/operators/${operatorId}`. */
  url: string;
  /** Tells an operator how to behave from now on; replaces all it was told before. Throws on what is no behaviour. */
  behave(operatorId: string, behaviour: BehaviourRequest): void;
  /** Notes what a SIM of the operator used. Throws on what is no usage. */
  recordUsage(operatorId: string, usage: Usage): void;
  /** Ends all requests, saves the books and frees the port. */
  stop(): Promise<void>;
};

/**
 * Starts the stand-in for the operators: all of them, on one port. Resolves when it takes requests; rejects when the
 * port is taken (`EADDRINUSE`) or the store file is none.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', now, apiKey, storeFile, retryAfterSeconds = 1, random = Math.random } = options;
  const store = await openStore(storeFile);

  const sandbox = {
    behave(operatorId: string, behaviour: BehaviourRequest) {
      store.books(knownOperator(operatorId)).behaviour = behaviourSchema.parse(behaviour);
      store.changed();
    },
    recordUsage(operatorId: string, usage: Usage) {
      const id = knownOperator(operatorId);
      noteUsage({ operatorId: id, books: store.books(id), now: now() }, usageSchema.parse(usage));
      store.changed();
    },
  };

  async function answerOperator(operatorId: OperatorId, path: string[], url: URL, request: IncomingMessage) {
    const books = store.books(operatorId);
    if (books.behaviour.stall) {
      return undefined;
    }
    const body = await readJson(request);
    if (body === undefined) {
      return refusal(400, 'invalid_json', 'The body is not JSON, or too long');
    }
    // A call that fails may have done its work all the same, as with any operator: half of them have.
    const fails = random() < books.behaviour.failureRate;
    const works = !fails || random() < 0.5;
    const answer = works
      ? answerRequest(
          { operatorId, books, now: now() },
          {
            method: request.method ?? '',
            path,
            query: url.searchParams,
            idempotencyKey: headerOf(request, 'idempotency-key'),
            body: body.value,
          },
        )
      : undefined;
    if (answer?.changed !== undefined) {
      store.changed();
      if (answer.changed === 'order') {
        await store.save();
      }
    }
    return fails ? refusal(503, 'overloaded', 'Too much to do: try again') : answer;
  }

  /** What the sandbox is told when it runs on its own. */
  async function answerControl(operatorId: OperatorId, what: string, request: IncomingMessage): Promise<ApiAnswer> {
    const body = await readJson(request);
    if (what === 'PUT behaviour') {
      const behaviour = behaviourSchema.safeParse(body?.value);
      if (behaviour.success) {
        sandbox.behave(operatorId, behaviour.data);
        return { status: 200, body: behaviour.data };
      }
      return refusal(422, 'invalid_behaviour', behaviour.error.message);
    }
    if (what === 'POST usage') {
      const usage = usageSchema.safeParse(body?.value);
      if (usage.success) {
        sandbox.recordUsage(operatorId, usage.data);
        return { status: 202, body: usage.data };
      }
      return refusal(422, 'invalid_usage', usage.error.message);
    }
    return refusal(404, 'unknown_path', 'There is PUT behaviour and POST usage');
  }

  async function answer(request: IncomingMessage): Promise<ApiAnswer | undefined> {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const [area, operatorId, ...path] = url.pathname.split('/').filter(Boolean);
    if (area === 'health') {
      return { status: 200, body: { status: 'ok', operators: operatorIds, now: now().toISOString() } };
    }
    if (headerOf(request, 'authorization') !== `Bearer ${apiKey}`) {
      return refusal(401, 'unauthorised', 'The API key is missing or wrong');
    }
    if (operatorId === undefined || !isOperatorId(operatorId)) {
      return refusal(404, 'unknown_operator', `The operators are ${operatorIds.join(', ')}`);
    }
    switch (area) {
      case 'operators':
        return answerOperator(operatorId, path, url, request);
      case 'control':
        return answerControl(operatorId, `${request.method} ${path.join('/')}`, request);
      default:
        return refusal(404, 'unknown_path', 'There is /operators, /control and /health');
    }
  }

  const server = createServer((request, response) => {
    answer(request).then(
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
    ...sandbox,
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

function knownOperator(operatorId: string): OperatorId {
  if (!isOperatorId(operatorId)) {
    throw new Error(`${operatorId} is none of the operators ${operatorIds.join(', ')}`);
  }
  return operatorId;
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
