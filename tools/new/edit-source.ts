/** Inserts text directly after the first match. @throws Error when nothing matches */
export function insertAfter(text: string, anchor: RegExp, insertion: string): string {
  const match = matchOrThrow(text, anchor);
  const at = match.index + match[0].length;
  return text.slice(0, at) + insertion + text.slice(at);
}

/** Inserts text directly before the first match. @throws Error when nothing matches */
export function appendBefore(text: string, anchor: RegExp, insertion: string): string {
  const { index } = matchOrThrow(text, anchor);
  return text.slice(0, index) + insertion + text.slice(index);
}

/** Names that a file imports from another: values, types only, or the whole as a namespace. */
export type Import = { names: readonly string[]; from: string; kind?: 'type' | 'namespace' };

/** Adds an import, to the existing import from the same file if there is one. The formatter sorts them. */
export function addImport(text: string, { names, from, kind }: Import): string {
  if (kind === 'namespace') {
    const line = `import * as ${names.join('')} from '${from}';`;
    return text.includes(line) ? text : `${line}\n${text}`;
  }
  const keyword = kind === 'type' ? 'import type' : 'import';
  const escaped = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const existing = new RegExp(`${keyword} \\{([^}]*)\\} from '${escaped}';`).exec(text);
  if (!existing) {
    return `${keyword} { ${names.join(', ')} } from '${from}';\n${text}`;
  }
  const imported = (existing[1] ?? '').split(',').map((name) => name.trim());
  const all = [...new Set([...imported, ...names])].filter((name) => name !== '');
  return text.replace(existing[0], `${keyword} { ${all.join(', ')} } from '${from}';`);
}

function matchOrThrow(text: string, anchor: RegExp): RegExpExecArray {
  const match = anchor.exec(text);
  if (!match) {
    throw new Error(`The scaffold finds no ${anchor.source} in a file that it edits. Update tools/new.`);
  }
  return match;
}
