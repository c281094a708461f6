const END = '<!-- end of picture -->';

/** The name of a picture's place in a document. */
export type PictureOf = 'architecture' | 'state machine';

/**
 * Inserts a Mermaid picture into its place in a document.
 *
 * @throws when the document has no such place
 */
export function withPicture(document: string, of: PictureOf, picture: string): string {
  const begin = `<!-- picture of the ${of}: npm run draw -->`;
  const [before, rest] = document.split(begin);
  const [, ...after] = rest?.split(END) ?? [];
  if (before === undefined || after.length === 0) {
    throw new Error(`The document has no place for the picture: ${begin} ... ${END}`);
  }
  return `${before}${begin}\n\n\`\`\`mermaid\n${picture}\n\`\`\`\n\n${END}${after.join(END)}`;
}
