import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { prefersCsv } from './accept.ts';
import { type CsvTable, type RecordKeys, rowsIn, tableToCsv } from './csv-table.ts';

/** The media type of CSV with its parameters (RFC 4180, RFC 7111). */
const CSV = 'text/csv; charset=utf-8; header=present';

/** A response body as text, with the headers that describe it. */
export type RenderedBody = { text: string; headers: Record<string, string> };

type Request = Pick<APIGatewayProxyEventV2, 'headers' | 'rawPath' | 'rawQueryString'>;

/**
 * Renders a body as JSON, or as CSV when it has a table and the client prefers that. A JSON page contains `nextCursor`; CSV
 * has no place for it and gets a `Link` header instead.
 */
export function renderBody(
  request: Request,
  csvTable: (() => CsvTable) | undefined,
  body: unknown,
  nextCursor: string | undefined,
  recordKeys?: RecordKeys,
): RenderedBody {
  const vary = csvTable && { vary: 'accept' };
  if (csvTable && prefersCsv(request.headers.accept)) {
    const table = csvTable();
    const link = nextCursor === undefined ? {} : { link: `<${nextPagePath(request, nextCursor)}>; rel="next"` };
    const text = tableToCsv(table.columns, rowsIn(table, body), recordKeys);
    return { text, headers: { 'content-type': CSV, ...vary, ...link } };
  }
  const shown = nextCursor === undefined || typeof body !== 'object' ? body : { ...body, nextCursor };
  return { text: JSON.stringify(shown), headers: { 'content-type': 'application/json', ...vary } };
}

/** The requested path and query with another cursor. */
function nextPagePath({ rawPath, rawQueryString }: Request, cursor: string): string {
  const query = new URLSearchParams(rawQueryString);
  query.set('cursor', cursor);
  return `${encodeURI(rawPath)}?${query}`;
}
