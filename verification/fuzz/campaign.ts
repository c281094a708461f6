import { open } from 'node:fs/promises';
import fc from 'fast-check';
import pMap from 'p-map';
import { answerCheck } from './checks.ts';
import { type ApiDocument, type DocumentedRoute, readDocument, routeOfRequest } from './document.ts';
import { type HttpResponse, type Sender, sender } from './http.ts';
import { leakCheck } from './leaks.ts';
import { followUps, lostValues, wronglyFound } from './read-back.ts';
import { type FuzzRequest, resolve, type SentRequest, scriptLine } from './request.ts';
import { requestsOf } from './requests.ts';
import { failuresOf, type Target } from './target.ts';
import { makeWorld, type World } from './world.ts';

export type CampaignOptions = {
  /** The minimum number of requests. */
  calls: number;
  seed: number;
  /** The number of concurrent requests. */
  inFlight: number;
  /** The number of requests of a route before the next route's turn. */
  turn: number;
  /** Only routes whose method and path contain this text, such as `GET /v1/sims`. Default: all routes. */
  only?: string | undefined;
  /** The partner whose admin sends most requests. The id of a second partner is derived from it. */
  partnerId: string;
  /** Called after each turn. */
  onProgress?: (calls: number, findings: number) => void;
  /** Receives each new finding. */
  onFinding?: (finding: Finding) => void;
  /** Stops the campaign early. */
  signal?: AbortSignal;
};

/** Faults, and the request that shows them. */
export type Finding = { route: string; faults: readonly string[]; request: string; seed: number; times: number };

export type Report = {
  calls: number;
  /** The number of responses by route and status. */
  counts: ReadonlyMap<string, ReadonlyMap<number, number>>;
  findings: readonly Finding[];
};

/** The number of smaller requests that are tried after a request has shown a fault. */
const MAX_SHRINKS = 40;
/** Routes that are called in every nth round only: the page and the document are large and always the same. */
const EVERY_NTH_ROUND: Readonly<Record<string, number>> = {
  'GET /docs': 50,
  'GET /openapi.json': 10,
  'POST /v1/orders': 3,
};

/** Sends requests to every route and checks every response. */
export async function campaign(target: Target, options: CampaignOptions): Promise<Report> {
  const document = await readDocument(target.url);
  const logFrom = await sizeOf(target.functionsLog);
  const failuresBefore = await failuresOf(target);
  const world = await makeWorld(target, options.partnerId);
  const connection = sender(target.url, options.inFlight);
  const findings = new Map<string, Finding>();
  const counts = new Map<string, Map<number, number>>();
  let calls = 0;

  const ask = createExchanger({ document, world, connection }, (route, status) => {
    calls += 1;
    const ofRoute = counts.get(route) ?? new Map<number, number>();
    counts.set(route, ofRoute.set(status, (ofRoute.get(status) ?? 0) + 1));
  });

  // Built once: building the generator of a route's requests takes longer than generating a request.
  const requests = new Map(document.routes.map((route) => [route, requestsOf(route, document)]));

  /** Records a finding. Repeated findings are reported once. */
  function note(finding: Finding): void {
    const key = `${finding.route} ${finding.faults[0]?.replaceAll(/[\w-]*\d[\w-]*/g, '').slice(0, 80)}`;
    const before = findings.get(key);
    findings.set(key, before ? { ...before, times: before.times + 1 } : finding);
    if (!before) {
      options.onFinding?.(finding);
    }
  }

  async function takeTurn({ route, seed }: Turn): Promise<void> {
    const failed = await firstFailure(requests.get(route) ?? requestsOf(route, document), ask, {
      seed,
      runs: options.turn,
    });
    if (failed) {
      note({ route: route.key, faults: failed.faults, request: scriptLine(failed.sent), seed, times: 1 });
    }
    options.onProgress?.(calls, findings.size);
  }

  const { only = '' } = options;
  const routes = document.routes.filter(({ key }) => key.includes(only));
  if (routes.length === 0) {
    throw new RangeError(`No route contains ${only}.`);
  }
  await pMap(
    turnsOf(routes, options.seed, () => calls >= options.calls || options.signal?.aborted === true),
    takeTurn,
    { concurrency: options.inFlight },
  );
  connection.close();
  for (const fault of await backgroundFaults(target, { logFrom, failuresBefore })) {
    note({ route: 'all routes', faults: [fault], request: '', seed: options.seed, times: 1 });
  }
  return { calls, counts, findings: [...findings.values()] };
}

type Turn = { route: DocumentedRoute; seed: number };

function* turnsOf(documented: readonly DocumentedRoute[], seed: number, isOver: () => boolean): Generator<Turn> {
  // Routes of one function are adjacent in the document. They are interleaved with others, so that all functions are busy.
  const routes = documented.toSorted((one, other) => rankOf(documented, one) - rankOf(documented, other));
  for (let round = 0; ; round += 1) {
    for (const [index, route] of routes.entries()) {
      if (isOver()) {
        return;
      }
      if (round % (EVERY_NTH_ROUND[route.key] ?? 1) === 0) {
        // Each turn has its own seed, derived from the given one.
        yield { route, seed: (Math.imul(seed, 0x9e3779b1) + round * routes.length + index) | 0 };
      }
    }
  }
}

const STRIDE = 8;
const rankOf = (documented: readonly DocumentedRoute[], route: DocumentedRoute) => documented.indexOf(route) % STRIDE;

type Exchange = { sent: SentRequest; faults: string[] };
type Exchanger = (request: FuzzRequest) => Promise<Exchange>;
type Setting = { document: ApiDocument; world: World; connection: Sender };

/** Sends a request and its follow-ups, and returns their faults. */
function createExchanger(
  { document, world, connection }: Setting,
  count: (route: string, status: number) => void,
): Exchanger {
  const check = answerCheck(document);
  const leaks = leakCheck(world.secrets, world.foreign);
  const { tokens, things } = world;

  async function exchange(sent: SentRequest): Promise<{ answer?: HttpResponse; faults: string[] }> {
    try {
      const answer = await connection.send(sent, tokens[sent.caller]);
      count(routeOfRequest(document, sent.method, sent.path)?.key ?? 'none', answer.status);
      return { answer, faults: [...check(sent, answer), ...leaks(sent, answer), ...wronglyFound(sent, answer)] };
    } catch (error) {
      return { faults: [`no response: ${error instanceof Error ? error.message : String(error)}`] };
    }
  }

  return async (request) => {
    const sent = resolve(request, things);
    const { answer, faults } = await exchange(sent);
    if (!answer || answer.status >= 300 || faults.length > 0) {
      return { sent, faults };
    }
    const takesJson = routeOfRequest(document, sent.method, sent.path)?.body?.type.endsWith('json') ?? false;
    if (takesJson && answer.headers['idempotent-replayed'] === undefined) {
      faults.push(...lostValues(sent, answer.body));
    }
    for (const next of followUps(sent, answer)) {
      const followed = await exchange(next.request);
      faults.push(...followed.faults, ...(followed.answer ? next.faults(followed.answer) : []));
    }
    if (sent.caller !== 'outsider') {
      // After the follow-ups, so that no other request changes or deletes a new resource before they have read it.
      things.learn(answer.body);
    }
    return { sent, faults };
  };
}

/** Returns the first request of a turn that shows a fault, shrunk. */
async function firstFailure(
  requests: fc.Arbitrary<FuzzRequest>,
  ask: Exchanger,
  { seed, runs }: { seed: number; runs: number },
): Promise<Exchange | undefined> {
  let failed: Exchange | undefined;
  let tries = 0;
  await fc.check(
    fc.asyncProperty(requests, async (request) => {
      if (failed && tries >= MAX_SHRINKS) {
        return;
      }
      tries += failed ? 1 : 0;
      const asked = await ask(request);
      if (asked.faults.length > 0) {
        failed = asked;
        throw new Error(asked.faults.join('\n'));
      }
    }),
    { seed, numRuns: runs },
  );
  return failed;
}

/** Returns faults that no response shows: errors in the functions' log, and events that failed all attempts. */
async function backgroundFaults(
  target: Target,
  { logFrom, failuresBefore }: { logFrom: number; failuresBefore: number },
): Promise<string[]> {
  const log = await open(target.functionsLog);
  const lines = (await log.readFile({ encoding: 'utf8' }).finally(() => log.close())).slice(logFrom).split('\n');
  const errors = lines.filter((line) =>
    line.includes('"level":"')
      ? /"level":"(ERROR|CRITICAL)"/.test(line)
      : / crashed: | failed to load: |\w+(Error|Timedout): /.test(line),
  );
  const failures = await failuresOf(target);
  return [
    ...errors.slice(0, 10).map((line) => `the functions' log has an error: ${line.slice(0, 1500)}`),
    ...(failures > failuresBefore
      ? [`${failures - failuresBefore} events failed all attempts: GET /_local/failures`]
      : []),
  ];
}

async function sizeOf(file: string): Promise<number> {
  const handle = await open(file);
  return (await handle.readFile({ encoding: 'utf8' }).finally(() => handle.close())).length;
}
