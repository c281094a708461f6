/*
 * A list of texts in one cell of a CSV file: separated by `;`. A backslash escapes separators and backslashes in a text.
 */

const SEPARATOR = ';';

/** Writes a list into a cell. `readListCell` reads it back. */
export function writeListCell(texts: readonly string[]): string {
  return texts.map((text) => text.replace(/[\\;]/g, '\\$&')).join(SEPARATOR);
}

/** Reads a list from a cell. Blank entries are left out. */
export function readListCell(cell: string): string[] {
  const texts = [''];
  for (const [, escaped, plain] of cell.matchAll(/\\([\\;])|([\s\S])/g)) {
    if (escaped === undefined && plain === SEPARATOR) {
      texts.push('');
    } else {
      texts.push(`${texts.pop() ?? ''}${escaped ?? plain}`);
    }
  }
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}
