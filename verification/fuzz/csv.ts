import { CsvError, parse } from 'csv-parse/sync';
import type { Schema } from './document.ts';
import { fieldsOf } from './things.ts';

/*
 * CSV as a client reads and writes it, with a library: the fuzzer shares no code with the API that it checks.
 */

/** The columns of CSV, in the order of the schema of its rows. */
export const columnsIn = ({ items }: Schema) => Object.keys(items?.properties ?? {});

/** The columns of a header row without those that the schema describes by a pattern. */
export function namedIn(header: readonly string[], { items }: Schema): string[] {
  const patterns = Object.keys(items?.patternProperties ?? {}).map((pattern) => new RegExp(pattern, 'u'));
  return header.filter((column) => !patterns.some((pattern) => pattern.test(column)));
}

/** Formats rows as a file with a header row, with quotes around every field. */
export function csvText(schema: Schema, rows: unknown): string {
  const own = columnsIn(schema);
  const all = Array.isArray(rows) ? rows.flatMap((row) => Object.keys(fieldsOf(row))) : [];
  // Columns that the schema describes by a pattern.
  const columns = [...own, ...new Set(all.filter((name) => schema.items?.patternProperties && !own.includes(name)))];
  const cells = (row: unknown) => columns.map((name) => String(fieldsOf(row)[name] ?? ''));
  return [columns, ...(Array.isArray(rows) ? rows : []).map(cells)]
    .map((fields) => `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\r\n`)
    .join('');
}

/** The line ends of answers, and of the files that the API takes. */
const CRLF = ['\r\n'];
export const ANY_LINE_ENDS: readonly string[] = ['\r\n', '\n'];

/** Parses a file; `undefined` when it is not CSV, or when a row and the header row differ in length. */
export function csvIn(
  text: string,
  lineEnds: readonly string[] = CRLF,
): { header: string[]; rows: Record<string, string>[] } | undefined {
  const [header, ...rows] = recordsIn(text, lineEnds);
  return (
    header && { header, rows: rows.map((fields) => Object.fromEntries(fields.map((field, at) => [header[at], field]))) }
  );
}

/** The records of a file; none when it is malformed. */
function recordsIn(text: string, lineEnds: readonly string[]): string[][] {
  try {
    return parse(text, { record_delimiter: [...lineEnds] });
  } catch (error) {
    if (error instanceof CsvError) {
      return [];
    }
    throw error;
  }
}
