import * as z from 'zod/mini';
import { line } from './text.ts';
import type { Problem } from './verdict.ts';

/*
 * Fields of SIMs: short texts under names that each partner chooses, such as the site of a meter or its contract.
 */

/** The fields of a SIM by name. */
export type SimFields = Readonly<Record<string, string>>;

/** A change of fields: texts to set, `null` for fields to remove. Other fields stay. */
export type FieldsChange = Readonly<Record<string, string | null>>;

/** The names of a partner's fields. */
export type SimFieldNames = {
  /** In the order in which the partner shows them. */
  names: readonly string[];
  /** Names that were removed, the latest first. SIMs may still have texts under them, which can only be removed. */
  formerNames: readonly string[];
  /** 0 before the partner has chosen names. */
  version: number;
};

/** The number of names of a partner, and of fields of a SIM. */
export const MAX_SIM_FIELDS = 10;
/** The maximum length of a name and of a text, in characters. */
export const MAX_FIELD_NAME = 20;
export const MAX_FIELD_TEXT = 60;
/**
 * The bytes of all names and texts of a SIM together. With the longest label and tags in ASCII, the item of a SIM then stays under
 * 2 KB, two write units.
 */
export const MAX_FIELD_BYTES = 400;

/** The maximum number of removed names that are remembered. */
const MAX_FORMER_NAMES = 50;

/**
 * Names that JavaScript takes for something else: the prototype of an object, and its constructor, by which the client of DynamoDB
 * recognises objects.
 */
const NO_NAMES = ['__proto__', 'constructor'];

export const fieldNameSchema = z.lazy(() =>
  line(MAX_FIELD_NAME).check(
    z.superRefine((name, context) => {
      if (NO_NAMES.includes(name)) {
        context.addIssue({ code: 'custom', message: `must not be ${name}`, params: { code: 'invalid_value' } });
      }
    }),
  ),
);

export const fieldTextSchema = z.lazy(() => line(MAX_FIELD_TEXT));

/** Names are the same regardless of case and of how accents are encoded, so that nobody confuses two of them. */
const sameName = (name: string) => name.normalize('NFKC').toLocaleLowerCase('en');

/** The names that a list has more than once. */
export function repeatedNames(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((name) => {
    const isRepeated = seen.has(sameName(name));
    seen.add(sameName(name));
    return isRepeated;
  });
}

/** Replaces the names of a partner's fields. A removed name is remembered, because SIMs keep their texts. */
export function renameFields(
  { names: before, formerNames, version }: SimFieldNames,
  names: readonly string[],
): SimFieldNames {
  const removed = [...before, ...formerNames].filter((name) => !names.includes(name));
  return { names: [...names], formerNames: [...new Set(removed)].slice(0, MAX_FORMER_NAMES), version: version + 1 };
}

/** The fields of a change that the partner has no name for. A field under a removed name can be removed, but not set. */
export function unknownFields({ names, formerNames }: SimFieldNames, change: FieldsChange): string[] {
  return Object.entries(change).flatMap(([name, text]) =>
    names.includes(name) || (text === null && formerNames.includes(name)) ? [] : [name],
  );
}

/** Where to read on about an unknown name, with the names that the partner has. */
export function unknownFieldMessage(name: string, { names, formerNames }: SimFieldNames): string {
  const known = names.length === 0 ? 'You have no fields yet.' : `Your fields are ${names.join(', ')}.`;
  const isFormer = formerNames.includes(name);
  return `${isFormer ? `The field ${JSON.stringify(name)} was removed. Set it to null to remove its text.` : `There is no field ${JSON.stringify(name)}.`} ${known} An admin changes them with PUT /v1/sim-fields.`;
}

/** The fields after a change; `undefined` when none is left. `null` removes all. */
export function changeFields(fields: SimFields = {}, change: FieldsChange | null): SimFields | undefined {
  const entries = Object.entries({ ...fields, ...change }).filter(
    (entry): entry is [string, string] => change !== null && entry[1] !== null,
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The rule: a SIM has at most `MAX_SIM_FIELDS` fields, with `MAX_FIELD_BYTES` bytes together. */
export function fieldsProblem(fields: SimFields = {}): Problem<'limit_exceeded'> | undefined {
  const entries = Object.entries(fields);
  if (entries.length > MAX_SIM_FIELDS) {
    return {
      code: 'limit_exceeded',
      detail: `The SIM would have ${entries.length} fields. At most ${MAX_SIM_FIELDS} are allowed. Set those under removed names to null.`,
    };
  }
  const bytes = entries.reduce((sum, [name, text]) => sum + bytesOf(name) + bytesOf(text), 0);
  return bytes <= MAX_FIELD_BYTES
    ? undefined
    : {
        code: 'limit_exceeded',
        detail: `The names and texts of the SIM’s fields would have ${bytes} bytes. At most ${MAX_FIELD_BYTES} are allowed.`,
      };
}

/** The bytes of a text in UTF-8. */
const bytesOf = (text: string) => new TextEncoder().encode(text).length;
