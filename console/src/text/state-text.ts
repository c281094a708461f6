import { text } from './index.ts';

type Kind = keyof typeof text.states;

/** The text of a state, an action or a code; the value itself when it is newer than the console. */
export function stateText(kind: Kind, value: string): string {
  const known: Readonly<Record<string, string>> = text.states[kind];
  return known[value] ?? value.replaceAll('_', ' ');
}
