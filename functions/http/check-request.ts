import * as z from 'zod/mini';
import { clock } from '../../adapters/clock.ts';
import { type Caller, isAllowed, rights } from '../../domain/access.ts';
import { newId } from '../../domain/ids.ts';
import { memoize } from '../../domain/memoize.ts';
import { notFound } from '../../use-cases/refusal.ts';
import type { ApiTable } from './api-table.ts';
import { readCaller } from './caller.ts';
import { type ApiEvent, checkedRequests, type Middleware, type RegisteredRoute } from './checked-request.ts';
import { csvColumnsOf, csvTableOf, hasCsvTable } from './csv-table.ts';
import { openCursor } from './cursor.ts';
import { readKey } from './idempotency.ts';
import { pageQuery, parseOrThrow, readBytes, readJson, readUtf8 } from './input.ts';
import { HttpProblem } from './problem.ts';
import { readCsvRows } from './read-csv-rows.ts';
import { FORM, type Route, routeKey } from './route.ts';
import { TokenRevoked } from './token-revoked.ts';

/** Routes by the key that API Gateway gives them. */
export function registerRoutes(routes: readonly Route[]): ReadonlyMap<string, RegisteredRoute> {
  return new Map(
    routes.map((route) => [
      routeKey(route),
      {
        route,
        querySchema: memoize(() => querySchema(route)),
        csvTable: hasCsvTable(route) ? memoize(() => csvTableOf(route)) : undefined,
      },
    ]),
  );
}

/** Finds the route, authorises the caller and validates the request. Handlers see checked requests only. */
export function checkRequest(registeredRoutes: ReadonlyMap<string, RegisteredRoute>, table: ApiTable): Middleware {
  return {
    before: async ({ event }) => {
      const registered = registeredRoutes.get(event.routeKey);
      if (!registered) {
        throw new HttpProblem(
          'not_found',
          `There is no route ${event.requestContext.http.method} ${event.rawPath.slice(0, 200)}. See /docs for all routes.`,
        );
      }
      const { route } = registered;
      const caller = await authorise(route, event, table);
      await limitRequests(caller, table);
      const scope = route.paged ? scopeOf(caller, event) : '';
      const query = parseOrThrow(registered.querySchema(), event.queryStringParameters ?? {}, '/query');
      const { limit = 0, cursor, ...filters } = query;
      const after = typeof cursor === 'string' ? openCursor(cursor, scope, await table.cursorSecret()) : undefined;
      const now = clock.now();
      checkedRequests.set(event, {
        registered,
        scope,
        // Stored responses belong to a tenant: without a token there is none.
        idempotencyKey: route.method === 'POST' && caller ? readKey(event.headers['idempotency-key']) : undefined,
        request: {
          caller,
          path: readPath(event, route),
          query: filters,
          body: readBody(route, event),
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

/** @throws TokenRevoked, HttpProblem 403 */
async function authorise({ access }: Route, event: ApiEvent, table: ApiTable): Promise<Caller | undefined> {
  if (access === 'public') {
    return undefined;
  }
  const claims = 'authorizer' in event.requestContext ? event.requestContext.authorizer?.jwt?.claims : undefined;
  const caller = readCaller(claims, event.headers.authorization);
  if (caller && (await table.isRevoked(caller.userId, issuedAt(claims?.iat)))) {
    throw new TokenRevoked();
  }
  if (!caller) {
    throw new HttpProblem('forbidden', 'The token identifies neither a partner nor the platform.');
  }
  if (!isAllowed(caller, access)) {
    throw new HttpProblem('forbidden', `This requires one of the roles ${rights[access].join(', ')}.`);
  }
  return caller;
}

/** The time of issue in a verified claim, in seconds. */
function issuedAt(claim: unknown): number | undefined {
  const seconds = Number(claim ?? Number.NaN);
  return Number.isNaN(seconds) ? undefined : seconds;
}

/** @throws HttpProblem 429 */
async function limitRequests(caller: Caller | undefined, table: ApiTable): Promise<void> {
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

/** The list that a cursor belongs to: one caller's view of one route with these filters. */
function scopeOf(caller: Caller | undefined, event: ApiEvent): string {
  return JSON.stringify([callerScope(caller), event.routeKey, event.pathParameters ?? {}, filtersOf(event)]);
}

function callerScope(caller: Caller | undefined): unknown {
  return caller && 'partnerId' in caller ? [caller.partnerId, caller.kind === 'customer' ? caller.customerId : ''] : [];
}

function filtersOf({ queryStringParameters = {} }: ApiEvent): unknown {
  return Object.entries(queryStringParameters)
    .filter(([name]) => name !== 'cursor' && name !== 'limit')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function querySchema({ query, paged }: Route): z.ZodMiniObject {
  const own = query?.() ?? z.strictObject({});
  return z.strictObject({ ...own.shape, ...(paged ? pageQuery.shape : {}) });
}

const MAX_ID_LENGTH = 100;

/** Malformed ids are answered with 404. */
function readPath({ pathParameters = {} }: ApiEvent, { maxIdLength = MAX_ID_LENGTH }: Route): Record<string, string> {
  for (const [name, value] of Object.entries(pathParameters)) {
    if (value === undefined || value === '' || value.length > maxIdLength) {
      throw notFound(name, value ?? '');
    }
  }
  // Safe: the loop found every value defined.
  return pathParameters as Record<string, string>;
}

const noFields = memoize(() => z.optional(z.strictObject({})));

/** The checked body. A route without a body schema accepts `{}` or nothing. */
function readBody({ body: schema, bodyType, method }: Route, event: ApiEvent): unknown {
  if (method === 'GET' || method === 'DELETE') {
    return undefined;
  }
  const { body, isBase64Encoded } = event;
  const raw = { body, isBase64Encoded, contentType: event.headers['content-type'] };
  if (schema !== undefined && bodyType === 'text/csv') {
    return parseOrThrow(schema, readCsvRows(raw, csvColumnsOf(schema)), '/rows');
  }
  if (schema !== undefined && bodyType === FORM) {
    return parseOrThrow(schema, Object.fromEntries(new URLSearchParams(readUtf8(readBytes(raw, [FORM])))));
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
