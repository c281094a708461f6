/*
 * CSV according to RFC 4180. A library with dialects and streams would add more to the bundle of every API function than these
 * few lines.
 */

/** The media type with its parameters (RFC 4180, RFC 7111). */
export const CSV = 'text/csv; charset=utf-8; header=present';

/** Writes records as text, quoting fields that contain quotes, commas or line breaks. */
export function writeCsv(records: readonly (readonly string[])[]): string {
  return records.map((fields) => `${fields.map(quoted).join(',')}\r\n`).join('');
}

const quoted = (field: string) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

/** A field, quoted or unquoted, and its separator. */
const FIELD = /("[^"]*(?:""[^"]*)*"|[^",\r\n]*)(,|\r?\n|$)/y;

/** Reads the records of a text with CRLF or LF line ends. `unreadable`: the position of the first malformed record. */
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
