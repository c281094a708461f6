/*
 * CSV according to RFC 4180. A library with dialects and streams would add more to the bundle of every API function than these
 * few lines.
 */

/** Writes records as text, quoting fields that contain quotes, commas or line breaks. */
export function writeCsv(records: readonly (readonly string[])[]): string {
  return records.map((fields) => `${fields.map(quoted).join(',')}\r\n`).join('');
}

const quoted = (field: string) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

/** A field, quoted or unquoted, and its separator. */
const FIELDS = {
  ',': /("[^"]*(?:""[^"]*)*"|[^",\r\n]*)(,|\r?\n|$)/y,
  ';': /("[^"]*(?:""[^"]*)*"|[^";\r\n]*)(;|\r?\n|$)/y,
};

/**
 * Reads the records of a text with CRLF or LF line ends. `unreadable`: the position of the first malformed record.
 *
 * @param separator a semicolon in files from places where the comma is the decimal point.
 */
export function readCsv(text: string, separator: ',' | ';' = ','): { records: string[][] } | { unreadable: number } {
  const pattern = FIELDS[separator];
  const records: string[][] = [];
  let fields: string[] = [];
  let end = '';
  for (pattern.lastIndex = 0; pattern.lastIndex < text.length || end === separator; ) {
    const [, field, endOfField] = pattern.exec(text) ?? [];
    if (field === undefined || endOfField === undefined) {
      return { unreadable: records.length };
    }
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    end = endOfField;
    if (end !== separator) {
      records.push(fields);
      fields = [];
    }
  }
  return { records };
}
