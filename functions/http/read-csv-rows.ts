import { readCsv } from '../../domain/csv.ts';
import { FIRST_ROW } from '../../domain/sim-manifest.ts';
import { escapePointer, type InputError, invalidInput } from '../../use-cases/refusal.ts';
import { keyedPrefix } from './csv-table.ts';
import { MAX_ERRORS, type RawBody, readBytes, readUtf8 } from './input.ts';
import { HttpProblem } from './problem.ts';

/** A row by column name, without empty fields. A record is an object. */
type Row = Record<string, string | Record<string, string>>;

/** The columns of a CSV body. Optional ones can be left out. A record `fields` has any columns `field:<key>`. */
export type CsvColumns = { required: readonly string[]; optional: readonly string[]; records?: readonly string[] };

/**
 * Reads the rows of a CSV body. Its header row must name each required column once, and may name optional ones, in any order.
 *
 * @throws HttpProblem 413 too large, 415 for another content type, 400 not CSV or not UTF-8.
 * @throws Refusal `invalid_input` for missing, repeated or unknown columns.
 */
export function readCsvRows(raw: RawBody, { required, optional, records = [] }: CsvColumns): Row[] {
  const columns = [...required, ...optional];
  const [header, ...rows] = recordsOf(readBytes(raw, ['text/csv']));
  if (!header) {
    throw new HttpProblem('invalid_csv', `The body is empty. Send CSV with the header row ${columns.join()}.`);
  }
  const separator = otherSeparator(header, columns);
  if (separator !== undefined) {
    const shown = separator === '\t' ? 'tabs' : `"${separator}"`;
    throw new HttpProblem('invalid_csv', `This file uses ${shown} between its columns. Use commas.`);
  }
  const errors = columnErrors(header, columns, required, records);
  if (errors.length > 0) {
    throw invalidInput(errors.slice(0, MAX_ERRORS));
  }
  return rows.map((fields, index) => {
    if (fields.length !== header.length) {
      const detail = `Row ${index + FIRST_ROW} has ${fields.length} fields, but the header row has ${header.length}.`;
      throw new HttpProblem('invalid_csv', detail);
    }
    return rowOf(
      fields.flatMap((field, at): [string, string][] => (field === '' ? [] : [[header[at] ?? '', field]])),
      records,
    );
  });
}

/** A row of its cells by column. The cells of a record are collected in an object. */
function rowOf(cells: readonly (readonly [string, string])[], records: readonly string[]): Row {
  const isOf = (record: string, column: string) => column.startsWith(keyedPrefix(record));
  const own = cells.filter(([column]) => !records.some((record) => isOf(record, column)));
  const collected = records.flatMap((record): [string, Record<string, string>][] => {
    const prefix = keyedPrefix(record);
    const ofRecord = cells.filter(([column]) => isOf(record, column));
    return ofRecord.length === 0
      ? []
      : [[record, Object.fromEntries(ofRecord.map(([column, cell]) => [column.slice(prefix.length), cell]))]];
  });
  return Object.fromEntries([...own, ...collected]);
}

function recordsOf(bytes: Buffer): string[][] {
  const read = readCsv(readUtf8(bytes));
  if ('unreadable' in read) {
    const where = read.unreadable === 0 ? 'the header row' : `row ${read.unreadable + FIRST_ROW - 1}`;
    throw new HttpProblem('invalid_csv', `The body is not valid CSV from ${where} on: misplaced quote or line break.`);
  }
  // Files often end with empty lines.
  const last = read.records.findLastIndex((fields) => fields.length > 1 || fields.some((field) => field.trim() !== ''));
  return read.records.slice(0, last + 1);
}

const OTHER_SEPARATORS = [';', '\t', '|'];

/** The separator of a file whose header row names the columns, but does not separate them by commas. */
function otherSeparator(header: readonly string[], columns: readonly string[]): string | undefined {
  return header.some((name) => columns.includes(name))
    ? undefined
    : OTHER_SEPARATORS.find((separator) =>
        header
          .join()
          .split(separator)
          .some((name) => columns.includes(name.replaceAll('"', '').trim())),
      );
}

function columnErrors(
  header: readonly string[],
  columns: readonly string[],
  required: readonly string[],
  records: readonly string[],
): InputError[] {
  const isKeyed = (name: string) =>
    records.some((record) => name.startsWith(keyedPrefix(record)) && name.length > keyedPrefix(record).length);
  const error = (name: string, code: string, what: string): InputError => {
    const shown = name.slice(0, 100);
    return {
      pointer: `/columns/${escapePointer(shown)}`,
      code,
      message: `The column ${JSON.stringify(shown)} ${what}.`,
    };
  };
  return [
    ...header.flatMap((name, index) => {
      if (!columns.includes(name) && !isKeyed(name)) {
        return [error(name, 'unknown_field', 'is not allowed')];
      }
      return header.indexOf(name) === index ? [] : [error(name, 'repeated', 'occurs more than once')];
    }),
    ...required.filter((name) => !header.includes(name)).map((name) => error(name, 'required', 'is missing')),
  ];
}
