import { readCsv, writeCsv } from '../../functions/http/csv.ts';
import type { Schema } from './document.ts';
import { fieldsOf } from './things.ts';

/** The columns of CSV, by the schema of its rows. */
export const columnsIn = ({ items }: Schema) => Object.keys(items?.properties ?? {});

/** Rows as a file with a header row. */
export function csvText(schema: Schema, rows: unknown): string {
  const columns = columnsIn(schema);
  const cells = (row: unknown) => columns.map((name) => String(fieldsOf(row)[name] ?? ''));
  return writeCsv([columns, ...(Array.isArray(rows) ? rows : []).map(cells)]);
}

/** What a file says; `undefined` when it is none, or has rows of other lengths than its header row. */
export function csvIn(text: string): { header: string[]; rows: Record<string, string>[] } | undefined {
  const read = readCsv(text);
  const [header, ...rows] = 'records' in read ? read.records : [];
  return header && rows.every((fields) => fields.length === header.length)
    ? { header, rows: rows.map((fields) => Object.fromEntries(fields.map((field, at) => [header[at], field]))) }
    : undefined;
}
