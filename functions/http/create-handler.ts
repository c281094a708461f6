import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import * as z from 'zod/mini';
import { clock } from '../../adapters/clock.ts';
import type { KeptResponse } from '../../adapters/dynamodb/idempotency.ts';
import { seededRandom } from '../../adapters/seeded-random.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import { publishMetrics, recordMetric } from '../../adapters/telemetry/metrics.ts';
import { type Caller, isAllowed, rights, type Tenant, tenantOf } from '../../domain/access.ts';
import { newId } from '../../domain/ids.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import { memoize } from '../../domain/memoize.ts';
import { notFound, Refusal } from '../../use-cases/refusal.ts';
import { readCaller } from './caller.ts';
import { columnsOfRows, hasTable, nameOf, type Table, tableOf } from './csv-table.ts';
import { openCursor, sealCursor } from './cursor.ts';
import { etagOfText } from './etag.ts';
import { fingerprintOf, type Outcome, type RequestStore, readKey, runIdempotent } from './idempotency.ts';
import { pageQuery, parseOrThrow, readJson } from './input.ts';
import { HttpProblem, problemDocument, problemOf, problems } from './problem.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { readCsvRows } from './read-csv-rows.ts';
import { renderBody } from './render-body.ts';
import { type Access, type Answer, type Route, type RouteRequest, routeKey } from './route.ts';
import { journalEntry } from './write-journal.ts';

type Event = APIGatewayProxyEventV2 | APIGatewayProxyEventV2WithJWTAuthorizer;
type Result = APIGatewayProxyStructuredResultV2;
/** A response of ours. */
type Response = { statusCode: number; headers: Record<string, string>; body?: string; isBase64Encoded?: boolean };
/** A route, with the schema of its query and the table of its answer, if it has one: made when they are first asked for. */
type RegisteredRoute = { route: Route; querySchema(): z.ZodMiniObject; table: (() => Table) | undefined };
type Request = RouteRequest<Access, string, unknown, unknown>;
type Checked = { served: RegisteredRoute; request: Request; scope: string; idempotencyKey: string | undefined };
type Handler = MiddlewareObj<Event, Result, Error, Context, { checked: Checked; startedAt: number }>;

/** What the chain needs of the table. */
export type RequestStores = {
  /** The secret that cursors of lists are signed with. */
  cursorSecret(): Promise<string>;
  /** Whether an error says that somebody else changed an item at the same time. */
  isConflict(error: unknown): boolean;
  /** Whether an error says that a service of AWS was asked too often, and all retries are spent. */
  isBusy(error: unknown): boolean;
  /** Requests that their callers may send again. */
  requests: RequestStore;
  /** Limits the requests of a partner. */
  limitRequests: RateLimiter;
  /** Keeps what was accepted. */
  addToJournal(owner: Tenant, entry: JournalEntry): Promise<void>;
};

/**
 * The handler of a function that serves these routes: one chain for all of them.
 *
 * Log context → one log line and metrics a request → problem documents → who asks and whether they may → body, path and
 * query → the route's own handler, once for each `Idempotency-Key` → the response.
 *
 * @param table left out by a function that has no table, and so neither lists nor requests that make something.
 */
export function createHandler(routes: readonly Route[], table: RequestStores = noTable) {
  const byKey = new Map(
    routes.map((route) => [
      routeKey(route),
      {
        route,
        querySchema: memoize(() => querySchema(route)),
        table: hasTable(route) ? memoize(() => tableOf(route)) : undefined,
      },
    ]),
  );
  return middy<Event, Result, Error, Context, { checked: Checked; startedAt: number }>()
    .use(omitNulls)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(observe)
    .use(answerProblems(table))
    .use(check(byKey, table))
    .handler((event, context) => answer(event, context, table));
}

const noTable: RequestStores = {
  cursorSecret: needsTable,
  isConflict: () => false,
  isBusy: () => false,
  requests: { claim: needsTable, takeOver: needsTable, keepResponse: needsTable, letGo: needsTable },
  addToJournal: needsTable,
  limitRequests: needsTable,
};

async function needsTable(): Promise<never> {
  throw new Error('Lists and requests with a key need the table: use serve().');
}

/** HTTP APIs omit the absent parts of an event. Test events of the console, and other emulators, set them to `null`. */
const omitNulls: Handler = {
  before: ({ event }) => {
    for (const part of ['pathParameters', 'queryStringParameters', 'body'] as const) {
      if (event[part] === null) {
        delete event[part];
      }
    }
    event.headers ??= {};
    event.rawQueryString ??= '';
  },
};

const checkedOf = new WeakMap<Event, Checked>();

/** One line and the counts of a request, with the id by which its caller knows it. */
const observe: Handler = {
  before: ({ event, internal }) => {
    internal.startedAt = Date.now();
    logger.appendKeys({ requestId: event.requestContext.requestId, route: event.routeKey });
  },
  after: (request) => logRequest(request),
  onError: (request) => logRequest(request),
};

function logRequest({ event, response, internal }: Parameters<NonNullable<Handler['after']>>[0]): void {
  const status = Number(response?.statusCode ?? 500);
  const durationMs = Date.now() - internal.startedAt;
  const caller = checkedOf.get(event)?.request.caller;
  const route = event.routeKey;
  recordMetric('Requests', 1, { route });
  recordMetric('Latency', durationMs, { route });
  recordMetric('ServerErrors', status >= 500 ? 1 : 0, { route });
  publishMetrics();
  logger.info('request', {
    status,
    durationMs,
    ...correlation(subjectOf(event, response?.headers?.location)),
    ...(caller ? { user: caller.userId, ...('partnerId' in caller ? { partner: caller.partnerId } : {}) } : {}),
  });
}

/** What a request made, or else what it is about. */
function subjectOf({ pathParameters }: Event, location: unknown): string | undefined {
  return typeof location === 'string' ? location.split('/').at(-1) : (pathParameters?.id ?? pathParameters?.iccid);
}

/** What a handler throws becomes a problem document; what nobody foresaw is logged whole and told without its insides. */
function answerProblems(table: RequestStores): Handler {
  return {
    onError: (request) => {
      // Not returned: what comes before it in the chain (the log line) still has its turn.
      request.response ??= problemResponse(request.event, asProblem(request.error, table));
    },
  };
}

function asProblem(error: unknown, table: RequestStores): HttpProblem {
  if (error instanceof HttpProblem) {
    return error;
  }
  if (error instanceof Refusal) {
    return problemOf(error);
  }
  if (table.isConflict(error)) {
    return new HttpProblem('conflict', 'The resource was changed by a concurrent request. Read it again and retry.');
  }
  if (table.isBusy(error)) {
    logger.warn('request refused, as a service is throttled', { error });
    return new HttpProblem('busy', 'The service is overloaded at the moment. Retry in a few seconds.', {
      headers: { 'retry-after': '2' },
    });
  }
  logger.error('request failed', error instanceof Error ? error : new Error(String(error)));
  return new HttpProblem('internal_error', 'An unexpected error occurred. Report the id in `instance` to support.');
}

/** Finds the route, who asks and whether they may, and checks all that they sent. */
function check(byKey: ReadonlyMap<string, RegisteredRoute>, table: RequestStores): Handler {
  return {
    before: async ({ event }) => {
      const served = byKey.get(event.routeKey);
      if (!served) {
        throw new HttpProblem(
          'not_found',
          `There is no route ${event.requestContext.http.method} ${event.rawPath.slice(0, 200)}. See /docs for all routes.`,
        );
      }
      const { route } = served;
      const caller = authorise(route, event);
      await limitRequests(caller, table);
      const scope = route.paged ? scopeOf(caller, event) : '';
      const query = parseOrThrow(served.querySchema(), event.queryStringParameters ?? {}, '/query');
      const { limit = 0, cursor, ...filters } = query;
      const after = typeof cursor === 'string' ? openCursor(cursor, scope, await table.cursorSecret()) : undefined;
      const now = clock.now();
      checkedOf.set(event, {
        served,
        scope,
        idempotencyKey: route.method === 'POST' ? readKey(event.headers['idempotency-key']) : undefined,
        request: {
          caller,
          path: pathOf(event, route),
          query: filters,
          body: bodyOf(route, event),
          page: { limit: Number(limit), ...(after === undefined ? {} : { after }) },
          ifMatch: event.headers['if-match'],
          now,
          newId: (kind) => newId(kind, now),
          headers: event.headers,
        },
      });
    },
  };
}

/** A crashed attempt is surely over when its function's time is, and a little of doubt. */
const DOUBT_MS = 1000;

async function answer(event: Event, context: Context, table: RequestStores): Promise<Result> {
  const checked = checkedOf.get(event);
  if (!checked) {
    throw new Error('A request reached its handler unchecked.');
  }
  const { request, idempotencyKey: key } = checked;
  if (key === undefined) {
    return execute(event, checked, request, table);
  }
  const { caller, now, body } = request;
  const answered = await runIdempotent(
    {
      owner: tenantOf(caller),
      key,
      fingerprint: fingerprintOf(caller, event.rawPath, body),
      showsSecret: checked.served.route.showsSecret === true,
    },
    { now, heldUntil: Date.now() + context.getRemainingTimeInMillis() + DOUBT_MS, store: table.requests },
    ({ at, seed }) =>
      executeIdempotent(
        event,
        checked,
        { ...request, now: at, newId: (kind) => newId(kind, at, seededRandom(`${kind} ${seed}`)) },
        table,
      ),
  );
  const requestId = { 'x-request-id': event.requestContext.requestId };
  return { statusCode: answered.status, headers: { ...answered.headers, ...requestId }, body: answered.body };
}

async function execute(
  event: Event,
  { served, scope }: Checked,
  request: Request,
  table: RequestStores,
): Promise<Response> {
  const given = await served.route.handle(request);
  await keepInJournal(event, served.route, request, given, table);
  return responseOf(
    event,
    served,
    given,
    given.next === undefined ? undefined : sealCursor(given.next, scope, await table.cursorSecret()),
  );
}

/** What is done is answered as done: should its entry be lost, the log has it. */
async function keepInJournal(event: Event, route: Route, request: Request, given: Answer, table: RequestStores) {
  const entry = journalEntry(event, route, request, given);
  if (!entry || !request.caller) {
    return;
  }
  try {
    await table.addToJournal(tenantOf(request.caller), entry);
  } catch (error) {
    logger.error('journal entry lost', { entry, error });
    recordMetric('JournalLost', 1);
  }
}

/** As `carryOut`, with the problem document of what it throws: that is kept, too, unless the next attempt may do better. */
async function executeIdempotent(
  event: Event,
  checked: Checked,
  request: Request,
  table: RequestStores,
): Promise<Outcome> {
  try {
    return { response: keptResponse(await execute(event, checked, request, table)), keep: true };
  } catch (error) {
    const problem = asProblem(error, table);
    const keep = problems[problem.code][0] < 500 && problem.code !== 'conflict';
    return { response: keptResponse(problemResponse(event, problem)), keep };
  }
}

function keptResponse({ statusCode, headers, body = '' }: Response): KeptResponse {
  return { status: statusCode, headers, body };
}

/** @throws HttpProblem 403 */
function authorise({ access }: Route, event: Event): Caller | undefined {
  if (access === 'public') {
    return undefined;
  }
  const caller = readCaller(
    'authorizer' in event.requestContext ? event.requestContext.authorizer?.jwt?.claims : undefined,
    event.headers.authorization,
  );
  if (!caller) {
    throw new HttpProblem('forbidden', 'The token identifies neither a partner nor the platform.');
  }
  if (!isAllowed(caller, access)) {
    throw new HttpProblem('forbidden', `This requires one of the roles ${rights[access].join(', ')}.`);
  }
  return caller;
}

/** @throws HttpProblem 429 */
async function limitRequests(caller: Caller | undefined, table: RequestStores): Promise<void> {
  if (!caller || !('partnerId' in caller)) {
    return;
  }
  const refused = await table.limitRequests(caller.partnerId);
  if (refused) {
    const { retryAfterSeconds } = refused;
    throw new HttpProblem(
      'too_many_requests',
      `The partner has reached its limit of requests. Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}.`,
      { headers: { 'retry-after': String(retryAfterSeconds) } },
    );
  }
}

/** The list that a cursor is of. */
function scopeOf(caller: Caller | undefined, event: Event): string {
  return JSON.stringify([callerScope(caller), event.routeKey, event.pathParameters ?? {}, filtersOf(event)]);
}

/** Cursors are good for one caller's view of one list. */
function callerScope(caller: Caller | undefined): unknown {
  return caller && 'partnerId' in caller ? [caller.partnerId, caller.kind === 'customer' ? caller.customerId : ''] : [];
}

function filtersOf({ queryStringParameters = {} }: Event): unknown {
  return Object.entries(queryStringParameters)
    .filter(([name]) => name !== 'cursor' && name !== 'limit')
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

const noFields = memoize(() => z.optional(z.strictObject({})));

function querySchema({ query, paged }: Route): z.ZodMiniObject {
  const own = query?.() ?? z.strictObject({});
  return z.strictObject({ ...own.shape, ...(paged ? pageQuery.shape : {}) });
}

const LONGEST_ID = 100;

/** Malformed ids are answered with 404. */
function pathOf({ pathParameters = {} }: Event, { longestId = LONGEST_ID }: Route): Record<string, string> {
  for (const [name, value] of Object.entries(pathParameters)) {
    if (value === undefined || value === '' || value.length > longestId) {
      throw notFound(name, value ?? '');
    }
  }
  // Safe: every value was just seen to be there.
  return pathParameters as Record<string, string>;
}

/** A route that takes a body gets it checked; one that may have one, but has no fields, takes `{}` or nothing. */
function bodyOf({ body: schema, bodyType, method }: Route, event: Event): unknown {
  if (method === 'GET' || method === 'DELETE') {
    return undefined;
  }
  const { body, isBase64Encoded } = event;
  const raw = { body, isBase64Encoded, contentType: event.headers['content-type'] };
  if (schema !== undefined && bodyType === 'text/csv') {
    return parseOrThrow(schema, readCsvRows(raw, columnsOfRows(schema).map(nameOf)), '/rows');
  }
  const json = readJson({ ...raw, method });
  if (schema === undefined) {
    parseOrThrow(noFields(), json);
    return undefined;
  }
  if (json === undefined) {
    throw new HttpProblem('invalid_json', 'The body is empty. Send a JSON object.');
  }
  return parseOrThrow(schema, json);
}

function responseOf(
  event: Event,
  { table }: RegisteredRoute,
  { status, body, headers, single, raw, text }: Answer,
  nextCursor: string | undefined,
): Response {
  const shared = { ...headers, 'x-request-id': event.requestContext.requestId };
  if (raw) {
    return {
      statusCode: status,
      headers: {
        ...shared,
        'content-type': raw.contentType,
        ...(raw.encoding ? { 'content-encoding': raw.encoding } : {}),
      },
      body: raw.bytes.toString('base64'),
      isBase64Encoded: true,
    };
  }
  if (text) {
    return { statusCode: status, headers: { ...shared, 'content-type': text.contentType }, body: text.body };
  }
  if (body === undefined) {
    return { statusCode: status, headers: shared };
  }
  const shown = renderBody(event, table, body, nextCursor);
  return {
    statusCode: status,
    headers: { ...shared, ...shown.headers, ...(single ? { etag: etagOfText(shown.text) } : {}) },
    body: shown.text,
  };
}

function problemResponse(event: Event, problem: HttpProblem): Response {
  const { requestId, domainName } = event.requestContext;
  const origin = `${event.headers['x-forwarded-proto'] ?? 'https'}://${domainName}`;
  const document = problemDocument(problem, origin, requestId);
  return {
    statusCode: document.status,
    headers: { ...problem.headers, 'content-type': 'application/problem+json', 'x-request-id': requestId },
    body: JSON.stringify(document),
  };
}
