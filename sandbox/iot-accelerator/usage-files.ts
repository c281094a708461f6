import { HOUR_MS } from '../../domain/time-units.ts';
import type { ApiAnswer, Context } from '../operators-api.ts';
import type { UsageRecord } from '../store.ts';
import { problem } from './errors.ts';

/** The headings of a file. Each operator has its own; the vendor's documents do not give them. */
export const USAGE_COLUMNS = {
  recordId: 'Record ID',
  iccid: 'ICC',
  at: 'End Time',
  bytes: ['Uplink Bytes', 'Downlink Bytes'],
  network: 'PLMN',
};

const MAX_FILES = 10_000;

/** The records of an hour, each with its place in the books, which identifies it. */
type UsageFile = { id: string; date: number; records: [place: number, UsageRecord][] };

/** Lists the files from a date on, newest first: one for each hour in which usage was recorded, as soon as the hour is over. */
export function listUsageFiles(context: Context, query: URLSearchParams): ApiAnswer {
  const [from, to] = [query.get('fromDate'), query.get('toDate')].map((date) =>
    date === null ? undefined : Date.parse(date),
  );
  const limit = Number(query.get('limit') ?? MAX_FILES);
  const offset = Number(query.get('offset') ?? 0);
  const isPage = Number.isInteger(limit) && limit >= 1 && limit <= MAX_FILES && Number.isInteger(offset) && offset >= 0;
  if (!isPage || Number.isNaN(from) || Number.isNaN(to)) {
    return problem(400, 'Bad Request', `limit is 1 to ${MAX_FILES}, dates are in UTC, such as 2026-04-20T01:01:01Z`);
  }
  const files = filesOf(context)
    .filter(({ date }) => date >= (from ?? 0) && date <= (to ?? Number.POSITIVE_INFINITY))
    .reverse();
  const usages = files.slice(offset, offset + limit).map((file) => ({
    id: file.id,
    date: new Date(file.date).toISOString(),
    size: contentOf(context, file).length,
  }));
  return { status: 200, body: { limit, offset, totalCount: files.length, usages } };
}

export function readUsageFile(context: Context, id: string): ApiAnswer {
  const file = filesOf(context).find((each) => each.id === id);
  return file
    ? { status: 200, body: contentOf(context, file), headers: { 'content-type': 'application/octet-stream' } }
    : problem(404, 'Not Found', 'There is no file with this id');
}

function filesOf({ books, now }: Context): UsageFile[] {
  const byHour = Map.groupBy(books.usage.entries(), ([, { at, recordedAt }]) =>
    Math.floor(Date.parse(recordedAt ?? at) / HOUR_MS),
  );
  return [...byHour]
    .map(([hour, records]) => ({ id: String(hour), date: (hour + 1) * HOUR_MS, records }))
    .filter(({ date }) => date <= now.getTime())
    .sort((one, other) => one.date - other.date);
}

function contentOf({ operatorId, books }: Context, { records }: UsageFile): string {
  const { recordId, iccid, at, bytes, network } = USAGE_COLUMNS;
  const rows = records.flatMap(([place, record]) => {
    const uplink = Math.floor(record.bytes / 4);
    const row = [`${operatorId}-${place}`, record.iccid, record.at, uplink, record.bytes - uplink, record.network];
    return books.behaviour.duplicateAnswers ? [row, row] : [row];
  });
  return [[recordId, iccid, at, ...bytes, network], ...rows].map((row) => `${row.join(';')}\r\n`).join('');
}
