/** A command of the document, and what it printed. */
const EXAMPLE = /(?<command>```sh\nnpm run cost -- (?<args>[^\n]*)\n```\n\n)```text\n(?<printed>.*?)```/gs;

/** The arguments of each command that the document shows, with what it says that the command prints. */
export function examplesIn(document: string): { args: string[]; printed: string }[] {
  return [...document.matchAll(EXAMPLE)].map(({ groups: { args = '', printed = '' } = {} }) => ({
    args: args.split(' '),
    printed: printed.trimEnd(),
  }));
}

/** The document with what its commands print now. */
export function withExamples(document: string, print: (args: readonly string[]) => string): string {
  return document.replace(
    EXAMPLE,
    (_all, command: string, args: string) => `${command}\`\`\`text\n${print(args.split(' '))}\n\`\`\``,
  );
}
