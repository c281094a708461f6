import { open } from 'node:fs/promises';
import fc from 'fast-check';
import pMap from 'p-map';
import { answerCheck } from './checks.ts';
import { type ApiDocument, type DocumentedRoute, readDocument, routeOfRequest } from './document.ts';
import { type Answer, type Sender, sender } from './http.ts';
import { leakCheck } from './leaks.ts';
import { followUps, lost } from './read-back.ts';
import { type FuzzRequest, resolve, type SentRequest, scriptLine } from './request.ts';
import { requestsOf } from './requests.ts';
import { failuresOf, type Target } from './target.ts';
import { makeWorld, type World } from './world.ts';

export type CampaignOptions = {
  /** How many requests are sent at least. */
  calls: number;
  seed: number;
  /** Requests at once. */
  inFlight: number;
  /** Requests of a route, before the next one has its turn. */
  turn: number;
  /** The partner whose admin sends most requests; another one is called after it. */
  partnerId: string;
  /** Told after each turn. */
  onProgress?: (calls: number, findings: number) => void;
  /** Told of each finding when it is new. */
  onFinding?: (finding: Finding) => void;
  /** Ends it before its calls are done. */
  signal?: AbortSignal;
};

/** Something that should not be: what, and the request that shows it. */
export type Finding = { route: string; faults: readonly string[]; request: string; seed: number; times: number };

export type Report = {
  calls: number;
  /** Answers by route and status. */
  counts: ReadonlyMap<string, ReadonlyMap<number, number>>;
  findings: readonly Finding[];
};

/** When a request has shown a fault, so many smaller ones are tried to show it, too. */
const SMALLER = 40;
/** The page and the document are the same each time, and large. */
const EVERY_NTH_ROUND: Readonly<Record<string, number>> = {
  'GET /docs': 50,
  'GET /openapi.json': 10,
  'POST /v1/orders': 3,
};

/** Sends requests of every route, and looks at every answer. */
export async function campaign(target: Target, options: CampaignOptions): Promise<Report> {
  const document = await readDocument(target.url);
  const logFrom = await sizeOf(target.functionsLog);
  const failuresBefore = await failuresOf(target);
  const world = await makeWorld(target, options.partnerId);
  const connection = sender(target.url, options.inFlight);
  const findings = new Map<string, Finding>();
  const counts = new Map<string, Map<number, number>>();
  let calls = 0;

  const ask = asking({ document, world, connection }, (route, status) => {
    calls += 1;
    const ofRoute = counts.get(route) ?? new Map<number, number>();
    counts.set(route, ofRoute.set(status, (ofRoute.get(status) ?? 0) + 1));
  });

  // What makes requests of a route takes longer to make than each of them.
  const requests = new Map(document.routes.map((route) => [route, requestsOf(route, document)]));

  /** What is found again and again is told once. */
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

  await pMap(
    turnsOf(document.routes, options.seed, () => calls >= options.calls || options.signal?.aborted === true),
    takeTurn,
    { concurrency: options.inFlight },
  );
  connection.close();
  for (const fault of await leftBehind(target, { logFrom, failuresBefore })) {
    note({ route: 'all of them', faults: [fault], request: '', seed: options.seed, times: 1 });
  }
  return { calls, counts, findings: [...findings.values()] };
}

type Turn = { route: DocumentedRoute; seed: number };

function* turnsOf(documented: readonly DocumentedRoute[], seed: number, isOver: () => boolean): Generator<Turn> {
  // Routes of one function stand together in the document: those of others come in between, so that all are busy.
  const routes = documented.toSorted((one, other) => rankOf(documented, one) - rankOf(documented, other));
  for (let round = 0; ; round += 1) {
    for (const [place, route] of routes.entries()) {
      if (isOver()) {
        return;
      }
      if (round % (EVERY_NTH_ROUND[route.key] ?? 1) === 0) {
        // Each turn has a seed of its own that follows from the one given.
        yield { route, seed: (Math.imul(seed, 0x9e3779b1) + round * routes.length + place) | 0 };
      }
    }
  }
}

const STRIDE = 8;
const rankOf = (documented: readonly DocumentedRoute[], route: DocumentedRoute) => documented.indexOf(route) % STRIDE;

type Asked = { sent: SentRequest; faults: string[] };
type Ask = (request: FuzzRequest) => Promise<Asked>;
type Setting = { document: ApiDocument; world: World; connection: Sender };

/** Sends a request and what follows from its answer, and says what is wrong with any of it. */
function asking({ document, world, connection }: Setting, count: (route: string, status: number) => void): Ask {
  const check = answerCheck(document);
  const leaks = leakCheck(world.secrets, world.foreign);
  const { tokens, things } = world;

  async function exchange(sent: SentRequest): Promise<{ answer?: Answer; faults: string[] }> {
    try {
      const answer = await connection.send(sent, tokens[sent.caller]);
      count(routeOfRequest(document, sent.method, sent.path)?.key ?? 'none', answer.status);
      return { answer, faults: [...check(sent, answer), ...leaks(sent, answer)] };
    } catch (error) {
      return { faults: [`no answer: ${error instanceof Error ? error.message : String(error)}`] };
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
      faults.push(...lost(sent, answer.body));
    }
    for (const next of followUps(sent, answer)) {
      const followed = await exchange(next.request);
      faults.push(...followed.faults, ...(followed.answer ? next.faults(followed.answer) : []));
    }
    if (sent.caller !== 'outsider') {
      // Only now: nobody else has changed what was just made, or taken it away.
      things.learn(answer.body);
    }
    return { sent, faults };
  };
}

/** The first request of a turn that shows a fault, made as small as it gets. */
async function firstFailure(
  requests: fc.Arbitrary<FuzzRequest>,
  ask: Ask,
  { seed, runs }: { seed: number; runs: number },
): Promise<Asked | undefined> {
  let failed: Asked | undefined;
  let tries = 0;
  await fc.check(
    fc.asyncProperty(requests, async (request) => {
      if (failed && tries >= SMALLER) {
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

/** What requests have left behind that nobody was answered: lines of errors, and events that came to nothing. */
async function leftBehind(
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
    ...errors.slice(0, 10).map((line) => `the functions' log says ${line.slice(0, 1500)}`),
    ...(failures > failuresBefore ? [`${failures - failuresBefore} events came to nothing: GET /_local/failures`] : []),
  ];
}

async function sizeOf(file: string): Promise<number> {
  const handle = await open(file);
  return (await handle.readFile({ encoding: 'utf8' }).finally(() => handle.close())).length;
}
