import type { Context } from 'aws-lambda';
import type { StoredResponse } from '../../adapters/dynamodb/idempotency.ts';
import { seededRandom } from '../../adapters/seeded-random.ts';
import { tenantOf } from '../../domain/access.ts';
import { newId } from '../../domain/ids.ts';
import { problemResponse, toProblem } from './answer-problems.ts';
import type { ApiTable } from './api-table.ts';
import {
  type ApiEvent,
  type ApiResponse,
  type ApiResult,
  type CheckedRequest,
  checkedRequests,
} from './checked-request.ts';
import { sealCursor } from './cursor.ts';
import { etagOfText } from './etag.ts';
import { type AttemptOutcome, fingerprintOf, runIdempotent } from './idempotency.ts';
import { isFinalProblem } from './problem.ts';
import { renderBody } from './render-body.ts';
import type { RouteResponse } from './route.ts';
import { writeJournal } from './write-journal.ts';

/** An attempt counts as crashed once the function's time-out has passed, plus this margin. */
const LEASE_MARGIN_MS = 1000;

/** Executes a checked request, once per `Idempotency-Key` if it has one. */
export async function execute(event: ApiEvent, context: Context, table: ApiTable): Promise<ApiResult> {
  const checked = checkedRequests.get(event);
  if (!checked) {
    throw new Error('The request reached its handler without validation.');
  }
  const { registered, request, idempotencyKey: key } = checked;
  if (key === undefined) {
    return handle(event, checked, table);
  }
  const { caller, now, query, body } = request;
  const response = await runIdempotent(
    {
      tenant: tenantOf(caller),
      key,
      fingerprint: fingerprintOf(caller, event.rawPath, query, body),
      showsSecret: registered.route.showsSecret === true,
    },
    {
      now,
      leaseExpiresAt: Date.now() + context.getRemainingTimeInMillis() + LEASE_MARGIN_MS,
      store: table.requests,
    },
    ({ at, seed }) => {
      const repeatable = { ...request, now: at, newId: seededIds(at, seed) };
      return handleAttempt(event, { ...checked, request: repeatable }, table);
    },
  );
  const requestId = { 'x-request-id': event.requestContext.requestId };
  return { statusCode: response.status, headers: { ...response.headers, ...requestId }, body: response.body };
}

function seededIds(at: Date, seed: string): CheckedRequest['request']['newId'] {
  return (kind) => newId(kind, at, seededRandom(`${kind} ${seed}`));
}

/** Handles a request and answers its errors. Those that a retry may resolve are not final. */
async function handleAttempt(event: ApiEvent, checked: CheckedRequest, table: ApiTable): Promise<AttemptOutcome> {
  try {
    return { response: toStored(await handle(event, checked, table)), isFinal: true };
  } catch (error) {
    const problem = toProblem(error, table);
    return { response: toStored(problemResponse(event, problem)), isFinal: isFinalProblem(problem) };
  }
}

function toStored({ statusCode, headers, body = '' }: ApiResponse): StoredResponse {
  return { status: statusCode, headers, body };
}

/** Runs the route's handler, adds a journal entry and renders the response. */
async function handle(event: ApiEvent, checked: CheckedRequest, table: ApiTable): Promise<ApiResponse> {
  const { registered, request, scope } = checked;
  const answer = await registered.route.handle(request);
  await writeJournal(event, registered.route, request, answer, table);
  const nextCursor = answer.next === undefined ? undefined : sealCursor(answer.next, scope, await table.cursorSecret());
  return render(event, checked, answer, nextCursor);
}

function render(
  event: ApiEvent,
  { registered }: CheckedRequest,
  { status, body, headers, single, raw, text, recordKeys }: RouteResponse,
  nextCursor: string | undefined,
): ApiResponse {
  const shared = { ...headers, 'x-request-id': event.requestContext.requestId };
  if (raw) {
    const encoding = raw.encoding ? { 'content-encoding': raw.encoding } : {};
    return {
      statusCode: status,
      headers: { ...shared, 'content-type': raw.contentType, ...encoding },
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
  const rendered = renderBody(event, registered.csvTable, body, nextCursor, recordKeys);
  return {
    statusCode: status,
    headers: { ...shared, ...rendered.headers, ...(single ? { etag: etagOfText(rendered.text) } : {}) },
    body: rendered.text,
  };
}
