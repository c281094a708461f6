const END = '<!-- end of picture -->';

/** What a document calls the place of a picture. */
export type PictureOf = 'architecture' | 'state machine';

/**
 * A document with a picture, in Mermaid's words, in the place that it has for it.
 *
 * @throws when there is no such place
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
