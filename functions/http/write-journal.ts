import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { fieldChanges } from '../../domain/field-changes.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import type { Access, Answer, Route, RouteRequest } from './route.ts';

/** What the journal says of a request; `undefined` for one that changed nothing. */
export function journalEntry(
  event: Pick<APIGatewayProxyEventV2, 'rawPath' | 'requestContext'>,
  { method, path, readOnly }: Pick<Route, 'method' | 'path' | 'readOnly'>,
  { caller, body, now }: Pick<RouteRequest<Access, string, unknown, unknown>, 'caller' | 'body' | 'now'>,
  { status, headers, before, body: answered }: Answer,
): JournalEntry | undefined {
  if (method === 'GET' || readOnly || status >= 300 || !caller || isDryRun(body)) {
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
    changes: before === undefined ? fieldChanges(undefined, body) : fieldChanges(before, answered),
  };
}

function isDryRun(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'dryRun' in body && body.dryRun === true;
}
