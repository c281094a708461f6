/*
 * CSV, as RFC 4180 has it. These lines are all that is needed of it here: a library, with its dialects and streams, would
 * weigh more in the bundle of each function of the API.
 */

/** With its parameters, as RFC 4180 and RFC 7111 register them. */
export const CSV = 'text/csv; charset=utf-8; header=present';

/** Records as text. What would end a field or a record is put in quotes. */
export function writeCsv(records: readonly (readonly string[])[]): string {
  return records.map((fields) => `${fields.map(written).join(',')}\r\n`).join('');
}

const written = (field: string) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

/** A field, in quotes or without, and what ends it. */
const FIELD = /("[^"]*(?:""[^"]*)*"|[^",\r\n]*)(,|\r?\n|$)/y;

/** The records of a text; lines may end without the carriage return, too. `unreadable`: the place of one that is none. */
export function readCsv(text: string): { records: string[][] } | { unreadable: number } {
  const records: string[][] = [];
  let fields: string[] = [];
  let end = '';
  for (FIELD.lastIndex = 0; FIELD.lastIndex < text.length || end === ','; ) {
    const [, field, endOfField] = FIELD.exec(text) ?? [];
    if (field === undefined || endOfField === undefined) {
      return { unreadable: records.length };
    }
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    end = endOfField;
    if (end !== ',') {
      records.push(fields);
      fields = [];
    }
  }
  return { records };
}
