import * as text from './index.ts';

type Kind = keyof typeof text.states;

/** The text of a state, an action or a code; the value itself when it is newer than the console. */
export function stateText(kind: Kind, value: string): string {
  const known: Readonly<Record<string, string>> = text.states[kind];
  return known[value] ?? value.replaceAll('_', ' ');
}

/** The reason of a bar or an action: the text of a code that the system writes, and otherwise the partner's own words. */
export function reasonText(reason: string): string {
  const known: Readonly<Record<string, string>> = text.states.reason;
  return known[reason] ?? reason;
}

/** The text of an event in a timeline; its name in words when it is newer than the console. */
export function eventText(titles: Readonly<Record<string, string>>, type: string): string {
  const words = type.replace(/^[a-z]+\./, '').replaceAll('_', ' ');
  return titles[type] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
