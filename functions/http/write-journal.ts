import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { tenantOf } from '../../domain/access.ts';
import { fieldChanges } from '../../domain/field-changes.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import type { ApiTable } from './api-table.ts';
import type { Access, Route, RouteRequest, RouteResponse } from './route.ts';

type Event = Pick<APIGatewayProxyEventV2, 'rawPath' | 'requestContext'>;
type Request = Pick<RouteRequest<Access, string, unknown, unknown>, 'caller' | 'query' | 'body' | 'now'>;

/** Adds a journal entry for an accepted write. The write stands even if this fails: the entry is then logged instead. */
export async function writeJournal(
  event: Event,
  route: Pick<Route, 'method' | 'path' | 'readOnly'>,
  request: Request,
  answer: RouteResponse,
  table: Pick<ApiTable, 'addToJournal'>,
): Promise<void> {
  const entry = journalEntry(event, route, request, answer);
  if (!entry) {
    return;
  }
  try {
    await table.addToJournal(tenantOf(request.caller), entry);
  } catch (error) {
    logger.error('journal entry lost', { entry, error });
    recordMetric('JournalEntriesLost', 1);
  }
}

/** The journal entry of a request; `undefined` when it changed nothing. */
function journalEntry(
  event: Event,
  { method, path, readOnly }: Pick<Route, 'method' | 'path' | 'readOnly'>,
  { caller, query, body, now }: Request,
  { status, headers, before, body: after }: RouteResponse,
): JournalEntry | undefined {
  if (method === 'GET' || readOnly || status >= 300 || !caller || isDryRun(query, body)) {
    return undefined;
  }
  const { requestId, http } = event.requestContext;
  return {
    at: now.toISOString(),
    actor: caller.userId,
    method,
    route: path,
    resource: headers?.location ?? event.rawPath,
    sourceIp: http.sourceIp,
    requestId,
    status,
    ...(caller.email === undefined ? {} : { actorEmail: caller.email }),
    changes: before === undefined ? fieldChanges(undefined, body) : fieldChanges(before, after),
  };
}

/** In the body of a bulk action, or in the query of a file. */
function isDryRun(query: unknown, body: unknown): boolean {
  if (typeof query === 'object' && query !== null && 'dryRun' in query && query.dryRun === 'true') {
    return true;
  }
  return typeof body === 'object' && body !== null && 'dryRun' in body && body.dryRun === true;
}
