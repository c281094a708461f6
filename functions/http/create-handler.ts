import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger } from '../../adapters/telemetry/logger.ts';
import { answerProblems } from './answer-problems.ts';
import { type ApiTable, noTable } from './api-table.ts';
import { checkRequest, registerRoutes } from './check-request.ts';
import type { ApiEvent, ApiResult, Internal, Middleware } from './checked-request.ts';
import { execute } from './execute.ts';
import { observe } from './observe.ts';
import type { Route } from './route.ts';

/**
 * Creates the handler of a function that serves these routes. Every request passes the same pipeline:
 *
 * 1. `omitNulls` normalises the event.
 * 2. The logger gets the context of the invocation.
 * 3. `observe` logs one line and records metrics when the request ends.
 * 4. `answerProblems` turns errors into problem documents.
 * 5. `checkRequest` finds the route, authorises the caller, and validates query, path and body.
 * 6. `execute` runs the route's handler, once per `Idempotency-Key`, adds a journal entry and renders the response.
 *
 * @param table omitted by a function without the table, which serves neither lists nor writes.
 */
export function createHandler(routes: readonly Route[], table: ApiTable = noTable) {
  return middy<ApiEvent, ApiResult, Error, Context, Internal>()
    .use(omitNulls)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(observe)
    .use(answerProblems(table))
    .use(checkRequest(registerRoutes(routes), table))
    .handler((event, context) => execute(event, context, table));
}

/** HTTP APIs omit the absent parts of an event. Test events of the Lambda console and some emulators set them to `null`. */
const omitNulls: Middleware = {
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
