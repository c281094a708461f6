import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { prefersCsv } from './accept.ts';
import { CSV } from './csv.ts';
import { type Table, tableToCsv } from './csv-table.ts';

/** The body of an answer as it is sent, and what its headers say of it. */
export type RenderedBody = { text: string; headers: Record<string, string> };

type Asked = Pick<APIGatewayProxyEventV2, 'headers' | 'rawPath' | 'rawQueryString'>;

/**
 * A body as who asks prefers it: JSON, or CSV of what has a table. CSV has no place for the cursor of the next page but a
 * link.
 *
 * @param table absent when the body has none.
 */
export function renderBody(
  asked: Asked,
  table: (() => Table) | undefined,
  body: unknown,
  nextCursor: string | undefined,
): RenderedBody {
  const vary = table && { vary: 'accept' };
  if (table && prefersCsv(asked.headers.accept)) {
    const { field, columns } = table();
    const link = nextCursor === undefined ? undefined : { link: `<${pageAfter(asked, nextCursor)}>; rel="next"` };
    return { text: tableToCsv(columns, Object(body)[field]), headers: { 'content-type': CSV, ...vary, ...link } };
  }
  const shown = nextCursor === undefined ? body : { ...Object(body), nextCursor };
  return { text: JSON.stringify(shown), headers: { 'content-type': 'application/json', ...vary } };
}

/** Where a list goes on: what was asked for, with another cursor. */
function pageAfter({ rawPath, rawQueryString }: Asked, cursor: string): string {
  const query = new URLSearchParams(rawQueryString);
  query.set('cursor', cursor);
  return `${encodeURI(rawPath)}?${query}`;
}
