import type * as z from 'zod/mini';

/*
 * The messages of input errors. Every message names the field and the bound that it violates. Schemas contain their own
 * messages as predicates, such as `must be a month such as 2026-11`. All other messages are written here, none by the library.
 */

type RawIssue = z.core.$ZodRawIssue;

/** The name of a field in a message, such as `select.iccids[3]`. The body itself has no name. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

/** A message as a sentence about its field. */
export function messageOf(message: string, field: string): string {
  const sentence =
    message.startsWith('must ') || message.startsWith('is ') ? `${field || 'The body'} ${message}` : message;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** The message of an issue when the schema has none: a predicate that names the bound. */
export function predicateOf(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be ${typeNames[issue.expected] ?? issue.expected}${range(issue)}`;
    case 'too_small':
    case 'too_big':
      return boundsOf(issue);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return formats[issue.format] ?? 'must match the documented pattern';
    case 'invalid_value':
      return issue.input === undefined
        ? 'is required'
        : `must be ${choice(issue.values.map((value) => JSON.stringify(value) ?? 'absent'))}`;
    case 'unrecognized_keys':
      return 'must have known fields only';
    case 'invalid_key':
      return 'must have valid field names';
    case 'invalid_element':
      return 'must have valid items';
    default:
      return 'must match one of the documented forms';
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

const formats: Readonly<Record<string, string>> = {
  email: 'must be an email address',
  datetime: 'must be a time with an offset (RFC 3339) such as 2026-11-28T09:30:00Z',
  date: 'must be a date such as 2026-11-28',
  url: 'must be a URL',
};

function choice(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? '') : `one of ${values.join(', ')}`;
}

type Bounds = { minimum?: number; maximum?: number };

/** The bounds of the schema that an issue comes from. */
function schemaBounds({ schema }: RawIssue): Bounds {
  return Object.assign({}, ...(schema?._zod.def.checks ?? []).map(({ _zod }) => boundOf(_zod.def)));
}

/** The bound that a check of the library sets. */
function boundOf(check: z.core.$ZodCheckDef): Bounds {
  const numberOf = (name: string): number | undefined => {
    const value: unknown = Object.entries(check).find(([key]) => key === name)?.[1];
    return typeof value === 'number' ? value : undefined;
  };
  switch (check.check) {
    case 'greater_than':
      return boundsFrom(numberOf('value'), undefined);
    case 'less_than':
      return boundsFrom(undefined, numberOf('value'));
    case 'min_length':
      return boundsFrom(numberOf('minimum'), undefined);
    case 'max_length':
      return boundsFrom(undefined, numberOf('maximum'));
    case 'length_equals':
      return boundsFrom(numberOf('length'), numberOf('length'));
    default:
      return {};
  }
}

function boundsFrom(minimum: number | undefined, maximum: number | undefined): Bounds {
  return { ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) };
}

/** The bounds to add when a number has the wrong type, such as ` between 1 and 200`. */
function range(issue: Extract<RawIssue, { code: 'invalid_type' }>): string {
  const isNumber = issue.expected === 'number' || issue.expected === 'int';
  const bounds = isNumber ? boundsText(schemaBounds(issue)) : '';
  return bounds === '' ? '' : ` ${bounds}`;
}

function boundsOf(issue: Extract<RawIssue, { code: 'too_small' | 'too_big' }>): string {
  const own = issue.code === 'too_small' ? { minimum: Number(issue.minimum) } : { maximum: Number(issue.maximum) };
  const bounds = { ...schemaBounds(issue), ...own };
  switch (issue.origin) {
    case 'string':
      return `must have ${countText(bounds)} ${plural(bounds, 'character')}`;
    case 'array':
    case 'set':
      return `must have ${countText(bounds)} ${plural(bounds, 'item')}`;
    default:
      return issue.inclusive === false
        ? `must be ${issue.code === 'too_small' ? `greater than ${issue.minimum}` : `less than ${issue.maximum}`}`
        : `must be ${boundsText(bounds)}`;
  }
}

function boundsText({ minimum, maximum }: Bounds): string {
  if (minimum !== undefined && maximum !== undefined) {
    return `between ${minimum} and ${maximum}`;
  }
  if (minimum !== undefined) {
    return `at least ${minimum}`;
  }
  return maximum === undefined ? '' : `at most ${maximum}`;
}

function countText({ minimum, maximum }: Bounds): string {
  if (minimum !== undefined && maximum !== undefined) {
    return minimum === maximum ? `exactly ${minimum}` : `${minimum} to ${maximum}`;
  }
  return boundsText(boundsFrom(minimum, maximum));
}

const plural = ({ minimum, maximum }: Bounds, noun: string) => ((maximum ?? minimum) === 1 ? noun : `${noun}s`);
