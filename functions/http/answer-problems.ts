import { logger } from '../../adapters/telemetry/logger.ts';
import { Refusal } from '../../use-cases/refusal.ts';
import type { ApiTable } from './api-table.ts';
import type { ApiEvent, ApiResponse, Middleware } from './checked-request.ts';
import { HttpProblem, problemDocument, problemOf } from './problem.ts';
import { TokenRevoked, unauthorizedResponse } from './token-revoked.ts';

/** Answers errors with problem documents. Unexpected errors are logged in full and answered as a generic 500. */
export function answerProblems(table: ApiTable): Middleware {
  return {
    onError: (request) => {
      // Assigned, not returned: returning a response would skip `observe`.
      request.response ??=
        request.error instanceof TokenRevoked
          ? unauthorizedResponse(request.event.requestContext.requestId)
          : problemResponse(request.event, toProblem(request.error, table));
    },
  };
}

/** The problem that an error is answered with. */
export function toProblem(error: unknown, table: ApiTable): HttpProblem {
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
    logger.warn('request refused: an AWS service is throttled or does not answer', { error });
    return new HttpProblem('busy', 'The service is overloaded at the moment. Retry in a few seconds.', {
      headers: { 'retry-after': '2' },
    });
  }
  logger.error('request failed', error instanceof Error ? error : new Error(String(error)));
  return new HttpProblem('internal_error', 'An unexpected error occurred. Report the id in `instance` to support.');
}

export function problemResponse(event: ApiEvent, problem: HttpProblem): ApiResponse {
  const { requestId, domainName } = event.requestContext;
  const origin = `${event.headers['x-forwarded-proto'] ?? 'https'}://${domainName}`;
  const document = problemDocument(problem, origin, requestId);
  return {
    statusCode: document.status,
    headers: { ...problem.headers, 'content-type': 'application/problem+json', 'x-request-id': requestId },
    body: JSON.stringify(document),
  };
}
