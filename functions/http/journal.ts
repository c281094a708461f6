import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { JournalEntry } from '../../adapters/dynamodb/journal.ts';
import type { Access, Answer, Route, RouteRequest } from './route.ts';

/** What the journal says of a request; `undefined` for one that changed nothing. */
export function journalEntry(
  event: Pick<APIGatewayProxyEventV2, 'rawPath' | 'requestContext'>,
  { method, path, changesNothing }: Pick<Route, 'method' | 'path' | 'changesNothing'>,
  { caller, body, now }: Pick<RouteRequest<Access, string, unknown, unknown>, 'caller' | 'body' | 'now'>,
  { status, headers }: Answer,
): JournalEntry | undefined {
  if (method === 'GET' || changesNothing || status >= 300 || !caller || isDryRun(body)) {
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
  };
}

function isDryRun(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'dryRun' in body && body.dryRun === true;
}
