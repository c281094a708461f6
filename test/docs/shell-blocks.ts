import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** The documents whose commands have to work: the README, and all of docs/. */
export const documents: readonly string[] = [
  'README.md',
  ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
    .sort(),
];

export function textOf(document: string): string {
  return readFileSync(new URL(document, root), 'utf8');
}

/**
 * Commands that a document shows, fenced as `sh` or indented, and how they are held to what they say:
 * - `account`: they are marked as needing one, by the paragraph above, and nobody runs them here
 * - `known`: they call npm's scripts, or fetch what is there already
 * - `walk`: anything else; these are run one after the other, each document's in a shell of its own
 */
export type ShellBlock = {
  line: number;
  kind: 'account' | 'known' | 'walk';
  /** One a line; those of a fenced block as they stand there. */
  commands: string[];
  /** What the document says that they print. */
  prints: string | undefined;
};

/** The sign that stands at the end of the paragraph above commands which take an AWS account. */
const NEEDS_AN_ACCOUNT = /Needs an account:$/;
/** What begins a command that stands indented in the text, where queries and examples of HTTP do, too. */
const COMMAND = /^(?:[A-Z_]+=(?:<[^>]*>|\S*) +)*(?:npm|npx|node|aws|curl|git|cd|sh) /;
const KNOWN = /^(?:[A-Z_]+=(?:<[^>]*>|\S*) +)*(?:npm|git clone|cd) /;
/** What documents are made of: fences, indented lines, and paragraphs. */
const SECTION =
  /^```(?<language>\w*)\n(?<fenced>.*?)^```$|^(?<indented>(?: {4}[^\n]*\n)+)|^(?<paragraph> {0,3}[^\s][^\n]*(?:\n(?!```)[^\n]+)*)/gms;

/** The commands that a document shows, from its beginning to its end. */
export function shellBlocksIn(document: string): ShellBlock[] {
  const sections = [...document.matchAll(SECTION)].map(({ index, groups }): Section => ({ index, ...groups }));
  return sections.flatMap(({ index, language, fenced, indented = '' }, place) => {
    const isFenced = language === 'sh';
    const lines = isFenced ? (fenced ?? '').split('\n') : indented.split('\n').map((line) => line.trim());
    const commands = lines.filter((line) => (isFenced ? line !== '' : COMMAND.test(line)));
    if (commands.length === 0) {
      return [];
    }
    const below = sections[place + 1];
    const prints = isFenced && below?.language === 'text' ? below.fenced : undefined;
    const kind = kindOf(sections[place - 1]?.paragraph ?? '', commands);
    return [{ line: document.slice(0, index).split('\n').length, kind, commands, prints }];
  });
}

/** One of them, with what the others have left out. */
type Section = { index: number } & Partial<Record<'language' | 'fenced' | 'indented' | 'paragraph', string>>;

function kindOf(above: string, commands: readonly string[]): ShellBlock['kind'] {
  if (NEEDS_AN_ACCOUNT.test(above)) {
    return 'account';
  }
  return commands.every((line) => partsOf(line).every((part) => KNOWN.test(`${part} `))) ? 'known' : 'walk';
}

/** The commands of a line, without what it says of them. */
export function partsOf(line: string): string[] {
  return line.replace(/ +#.*$/, '').split(' && ');
}
