import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import { publishMetrics, recordMetric } from '../../adapters/telemetry/metrics.ts';
import { type ApiEvent, checkedRequests, type Middleware } from './checked-request.ts';

/** Logs one line and records the metrics of each request, under the request id that the client sees. */
export const observe: Middleware = {
  before: ({ event, internal }) => {
    internal.startedAt = Date.now();
    logger.appendKeys({ requestId: event.requestContext.requestId, route: event.routeKey });
  },
  after: (request) => logRequest(request),
  onError: (request) => logRequest(request),
};

function logRequest({ event, response, internal }: Parameters<NonNullable<Middleware['after']>>[0]): void {
  const status = Number(response?.statusCode ?? 500);
  const durationMs = Date.now() - internal.startedAt;
  const caller = checkedRequests.get(event)?.request.caller;
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

/** The id of the resource that a request created, otherwise the one in its path. */
function subjectOf({ pathParameters }: ApiEvent, location: unknown): string | undefined {
  return typeof location === 'string' ? location.split('/').at(-1) : (pathParameters?.id ?? pathParameters?.iccid);
}
