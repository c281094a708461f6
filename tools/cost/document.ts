/** A command in the document, and its output. */
const EXAMPLE = /(?<command>```sh\nnpm run cost -- (?<args>[^\n]*)\n```\n\n)```text\n(?<printed>.*?)```/gs;

/** Returns the arguments and the documented output of each command in the document. */
export function examplesIn(document: string): { args: string[]; printed: string }[] {
  return [...document.matchAll(EXAMPLE)].map(({ groups: { args = '', printed = '' } = {} }) => ({
    args: args.split(' '),
    printed: printed.trimEnd(),
  }));
}

/** Replaces the output of each command in the document with the present one. */
export function withExamples(document: string, print: (args: readonly string[]) => string): string {
  return document.replace(
    EXAMPLE,
    (_all, command: string, args: string) => `${command}\`\`\`text\n${print(args.split(' '))}\n\`\`\``,
  );
}
