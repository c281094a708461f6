import * as z from 'zod/mini';
import { readCsv } from '../../../domain/csv.ts';
import { OperatorUnavailable, type UnreadableRecord, type UsagePage } from '../../../domain/operator-port.ts';
import { DAY_MS } from '../../../domain/time-units.ts';
import { MAX_RECORD_AGE_DAYS } from '../../../domain/usage.ts';
import { usageRecordSchema } from '../../../domain/usage-record.ts';
import { clock } from '../../clock.ts';
import type { UsageColumns } from '../configuration.ts';
import { type ExpectedAnswers, jsonIn, type Transport } from '../transport.ts';
import { accountOf, paths } from './protocol.ts';

/*
 * Usage from the files of an operator. The operator lists them by their date. A file does not change, and may be listed some time after its
 * date.
 */

/** The maximum number of files that the operator lists in a call. */
const MAX_FILES = 10_000;

/** A larger file does not fit into the memory of the function, and has to be uploaded in parts. */
const MAX_FILE_BYTES = 20_000_000;

/** The maximum number of rows of a page. */
const ROWS_PER_PAGE = 5_000;

/** How long after its date a file may still be listed for the first time. */
const LATE_FILE_MS = DAY_MS;

/** Which files have been read: those before `until`, except that of the last day only those in `read`, and some rows of `partly`. */
type Cursor = z.output<typeof cursorSchema>;

const cursorSchema = z.lazy(() =>
  z.object({
    until: z.iso.datetime(),
    read: z.array(z.string()),
    partly: z.optional(z.object({ id: z.string(), rows: z.int() })),
  }),
);

type UsageFile = { id: string; date: string; size: number };

const filesAnswers: ExpectedAnswers<UsageFile[]> = {
  200: z.pipe(
    z.object({
      usages: z.array(
        z.object({
          id: z.string().check(z.minLength(1), z.maxLength(100)),
          date: z.iso.datetime({ offset: true }),
          size: z.int().check(z.minimum(0)),
        }),
      ),
    }),
    z.transform(({ usages }) =>
      usages
        .map((file) => ({ ...file, date: new Date(file.date).toISOString() }))
        .sort((one, other) => (`${one.date} ${one.id}` < `${other.date} ${other.id}` ? -1 : 1)),
    ),
  ),
};

/**
 * A page of usage records: of the oldest file that has not been read, or of its next rows. At the end of the list, usage is complete until
 * the date of the newest file.
 *
 * @throws OperatorUnavailable when the secret does not name the columns of the files, or a file lacks one of them.
 */
export async function usageSince(transport: Transport, text: string | undefined): Promise<UsagePage> {
  const { usageColumns } = await accountOf(transport);
  if (usageColumns === undefined) {
    throw new OperatorUnavailable("The operator's entry in the secret has no iotAccelerator.usageColumns.");
  }
  let cursor = readCursor(text);
  const files = await listFiles(transport, cursor);
  for (const file of files.filter(({ id }) => !cursor.read.includes(id))) {
    if (file.size > MAX_FILE_BYTES) {
      const problem = `larger than ${MAX_FILE_BYTES} bytes: upload it in parts`;
      return {
        records: [],
        unreadable: [{ record: file, problem }],
        nextCursor: writeCursor(after(cursor, file, files)),
      };
    }
    const rows = await rowsOf(transport, file.id, usageColumns);
    const start = cursor.partly?.id === file.id ? cursor.partly.rows : 0;
    const end = Math.min(start + ROWS_PER_PAGE, rows.length);
    cursor = end < rows.length ? { ...cursor, partly: { id: file.id, rows: end } } : after(cursor, file, files);
    if (end > start) {
      return { ...readRows(rows.slice(start, end), file.id, start), nextCursor: writeCursor(cursor) };
    }
  }
  return { records: [], unreadable: [], nextCursor: writeCursor(cursor), completeUntil: cursor.until };
}

/** The files from the day before the newest one that was read. */
async function listFiles({ call }: Transport, { until }: Cursor): Promise<UsageFile[]> {
  const fromDate = new Date(Date.parse(until) - LATE_FILE_MS).toISOString();
  const query = new URLSearchParams({ fromDate, limit: String(MAX_FILES), offset: '0' });
  return call({ method: 'GET', path: `${paths.usageFiles}?${query}`, expected: filesAnswers });
}

/** The cursor after a file. Files that are no longer listed need not be remembered. */
function after({ until, read }: Cursor, { id, date }: UsageFile, files: readonly UsageFile[]): Cursor {
  const latest = date > until ? date : until;
  const from = new Date(Date.parse(latest) - LATE_FILE_MS).toISOString();
  const listed = new Set(files.filter((file) => file.date >= from).map((file) => file.id));
  return { until: latest, read: [...read, id].filter((each) => listed.has(each)) };
}

/**
 * The cursor of an earlier page. Where there is none, or one of the operator's earlier platform, all records that are young enough to be
 * counted are read: each still counts once.
 */
function readCursor(text = '{}'): Cursor {
  const { data } = cursorSchema.safeParse(jsonIn(text));
  return data ?? { until: new Date(clock.now().getTime() - MAX_RECORD_AGE_DAYS * DAY_MS).toISOString(), read: [] };
}

const writeCursor = (cursor: Cursor): string => JSON.stringify(cursor);

/** A row of a file, by our names of its columns. */
type Row = { recordId?: string | undefined; iccid: string; at: string; bytes: string[]; network: string };

/** The file that was read last, whose rows may fill several pages. */
let latest: { file: string; rows: Row[] } | undefined;

async function rowsOf(transport: Transport, id: string, columns: UsageColumns): Promise<Row[]> {
  const file = `${(await transport.connection()).baseUrl} ${id}`;
  if (latest?.file !== file) {
    const rows = await transport.call({
      method: 'GET',
      path: paths.usageFile(id),
      reads: 'text',
      expected: fileAnswers(columns),
    });
    latest = { file, rows };
  }
  return latest.rows;
}

/** The rows of a file of comma- or semicolon-separated values, with headings in the first line. */
const fileAnswers = (columns: UsageColumns): ExpectedAnswers<Row[]> => ({
  200: z.pipe(
    z.string(),
    z.transform((text, context): Row[] => {
      const file = rowsIn(text, columns);
      if ('problem' in file) {
        context.issues.push({ code: 'custom', message: file.problem, input: text.slice(0, 200) });
        return [];
      }
      return file.rows;
    }),
  ),
});

function rowsIn(text: string, columns: UsageColumns): { rows: Row[] } | { problem: string } {
  const [headings = ''] = text.split(/\r?\n/, 1);
  const csv = readCsv(text, headings.includes(';') && !headings.includes(',') ? ';' : ',');
  if ('unreadable' in csv) {
    return { problem: `the row ${csv.unreadable + 1} of the file is malformed` };
  }
  const [first = [], ...records] = csv.records;
  const placeOf = (heading: string) => first.findIndex((each) => each.trim().replace(/^\uFEFF/, '') === heading);
  const { recordId, iccid, at, network } = columns;
  const bytes = [columns.bytes].flat();
  const missing = [...(recordId === undefined ? [] : [recordId]), iccid, at, network, ...bytes].find(
    (heading) => placeOf(heading) < 0,
  );
  if (missing !== undefined) {
    return { problem: `the file has no column ${JSON.stringify(missing)}` };
  }
  const places = {
    recordId: placeOf(recordId ?? ''),
    iccid: placeOf(iccid),
    at: placeOf(at),
    network: placeOf(network),
  };
  const placesOfBytes = bytes.map(placeOf);
  return {
    rows: records
      .filter((fields) => fields.some((field) => field !== ''))
      .map((fields) => ({
        recordId: fields[places.recordId],
        iccid: fields[places.iccid] ?? '',
        at: fields[places.at] ?? '',
        network: fields[places.network] ?? '',
        bytes: placesOfBytes.map((place) => fields[place] ?? ''),
      })),
  };
}

function readRows(rows: readonly Row[], fileId: string, start: number): Pick<UsagePage, 'records' | 'unreadable'> {
  const records: UsagePage['records'] = [];
  const unreadable: UnreadableRecord[] = [];
  for (const [index, row] of rows.entries()) {
    const record = {
      recordId: row.recordId ?? `${fileId}:${start + index + 1}`,
      iccid: row.iccid.trim(),
      at: inUtc(row.at.trim()),
      bytes: row.bytes.reduce((sum, bytes) => sum + (/^\d+$/.test(bytes.trim()) ? Number(bytes) : Number.NaN), 0),
      network: row.network,
    };
    const { data, error } = usageRecordSchema.safeParse(record);
    const [issue] = error?.issues ?? [];
    if (data) {
      records.push(data);
    } else {
      const problem = `row ${start + index + 1} of the file ${fileId}: ${issue?.path.join('.')}: ${issue?.message}`;
      unreadable.push({ record: row, problem });
    }
  }
  return { records, unreadable };
}

/** A time without an offset is in UTC, like all times of the operator. */
function inUtc(at: string): string {
  return /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?$/.test(at) ? `${at.replace(' ', 'T')}Z` : at;
}
