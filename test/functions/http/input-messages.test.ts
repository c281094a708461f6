import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { allRoutes } from '../../../functions/api/routes.ts';
import { parseOrThrow } from '../../../functions/http/input.ts';
import { routeKey } from '../../../functions/http/route.ts';
import { type InputError, Refusal } from '../../../use-cases/refusal.ts';

function errorsOf(schema: z.core.$ZodType, value: unknown): readonly InputError[] {
  try {
    parseOrThrow(schema, value);
  } catch (error) {
    if (error instanceof Refusal) {
      return error.errors;
    }
    throw error;
  }
  return [];
}

const messageFor = (schema: z.core.$ZodType, value: unknown) =>
  errorsOf(z.strictObject({ field: schema }), { field: value }).map(({ message }) => message);

describe('a message about a field', () => {
  test.each<[string, z.core.$ZodType, unknown, string]>([
    ['a missing field', z.string(), undefined, 'field is required.'],
    ['a missing choice', z.enum(['a', 'b']), undefined, 'field is required.'],
    ['a string of another type', z.string(), 1, 'field must be a string.'],
    ['a boolean of another type', z.boolean(), 'yes', 'field must be a boolean.'],
    ['an array of another type', z.array(z.string()), {}, 'field must be an array.'],
    ['an object of another type', z.strictObject({}), [], 'field must be an object.'],
    ['a record of another type', z.record(z.string(), z.string()), 'x', 'field must be an object.'],
    ['a number of another type', z.number(), '1', 'field must be a number.'],
    ['a number that is not whole', z.int(), 1.5, 'field must be a whole number.'],
    [
      'a number of another type with bounds',
      z.int().check(z.minimum(1), z.maximum(60)),
      '7',
      'field must be a number between 1 and 60.',
    ],
    ['a number below both bounds', z.number().check(z.minimum(1), z.maximum(60)), 0, 'field must be between 1 and 60.'],
    [
      'a number above both bounds',
      z.number().check(z.minimum(1), z.maximum(60)),
      61,
      'field must be between 1 and 60.',
    ],
    ['a number below its one bound', z.number().check(z.minimum(1)), 0, 'field must be at least 1.'],
    ['a number above its one bound', z.number().check(z.maximum(9)), 10, 'field must be at most 9.'],
    ['a number that is not positive', z.int().check(z.positive()), 0, 'field must be greater than 0.'],
    ['a negative count', z.int().check(z.nonnegative()), -1, 'field must be at least 0.'],
    ['a number that no double holds exactly', z.int(), 2 ** 60, 'field must be at most 9007199254740991.'],
    ['a number that is no multiple', z.number().check(z.multipleOf(50)), 70, 'field must be a multiple of 50.'],
    ['an empty text', z.string().check(z.minLength(1), z.maxLength(100)), '', 'field must have 1 to 100 characters.'],
    ['a text that is too long', z.string().check(z.maxLength(3)), 'abcd', 'field must have at most 3 characters.'],
    ['a text that is too short', z.string().check(z.minLength(3)), 'ab', 'field must have at least 3 characters.'],
    ['a text of another length', z.string().check(z.length(2)), 'abc', 'field must have exactly 2 characters.'],
    [
      'a list that is too long',
      z.array(z.string()).check(z.minLength(1), z.maxLength(4)),
      ['', '', '', '', ''],
      'field must have 1 to 4 items.',
    ],
    ['a list that is too short', z.array(z.string()).check(z.minLength(1)), [], 'field must have at least 1 item.'],
    ['a value that is none of a few', z.enum(['3uk', 'a1']), 'o2', 'field must be one of "3uk", "a1".'],
    ['a value that is not the only one', z.literal('data'), 'voice', 'field must be "data".'],
    ['an email address', z.email(), 'ada', 'field must be an email address.'],
    [
      'a time',
      z.iso.datetime(),
      'noon',
      'field must be a time with an offset (RFC 3339) such as 2026-11-28T09:30:00Z.',
    ],
    ['a date', z.iso.date(), '28.11.', 'field must be a date such as 2026-11-28.'],
    ['a pattern without words', z.string().check(z.regex(/^a$/)), 'b', 'field must match the documented pattern.'],
    ['a pattern with words', z.string().check(z.regex(/^a$/, 'must be an a')), 'b', 'field must be an a.'],
    ['a union', z.union([z.string(), z.number()]), true, 'field must match one of the documented forms.'],
    [
      'a field name',
      z.record(z.string().check(z.maxLength(1)), z.string()),
      { ab: '' },
      'field.ab must have valid field names.',
    ],
  ])('names the bound of %s', (_what, schema, value, message) => {
    expect(messageFor(schema, value)).toEqual([message]);
  });

  test('names a nested field by its path', () => {
    const schema = z.strictObject({ select: z.strictObject({ iccids: z.array(z.string()) }) });
    expect(errorsOf(schema, { select: { iccids: ['1', 2], order: 1 } }).map(({ message }) => message)).toEqual([
      'select.iccids[1] must be a string.',
      'Unknown field "select.order".',
    ]);
  });

  test('names the body as such', () => {
    expect(errorsOf(z.strictObject({}), []).map(({ message }) => message)).toEqual(['The body must be an object.']);
  });
});

/** What a field may be sent as by mistake or on purpose. */
const hostileValues: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  2 ** 53,
  Number.NaN,
  '',
  ' ',
  'x',
  '\u0000',
  '\ud800',
  'x'.repeat(3000),
  '2026-13-40',
  '5',
  [],
  [null],
  [[]],
  ['x', 'x'],
  Array(200).fill('x'),
  {},
  { x: 1 },
  { __proto__: null, constructor: 1 },
];

/** The same value with each of its parts replaced in turn. */
function* variantsOf(value: unknown, hostile: unknown): Generator<unknown> {
  yield hostile;
  if (Array.isArray(value)) {
    for (const [place, item] of value.entries()) {
      for (const variant of variantsOf(item, hostile)) {
        yield value.with(place, variant);
      }
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      for (const variant of variantsOf(item, hostile)) {
        yield { ...value, [name]: variant };
      }
      yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
    }
  }
}

const schemas = allRoutes.flatMap((route) => [
  ...(route.body ? [{ name: `${routeKey(route)}, body`, schema: route.body, example: route.example }] : []),
  ...(route.query ? [{ name: `${routeKey(route)}, query`, schema: route.query(), example: undefined }] : []),
]);

const libraryWords = /\b(invalid|expected|received|unrecognized|too (big|small)|NaN|regex)\b/i;

function expectOurWords({ message, pointer }: InputError): void {
  expect(message).not.toMatch(libraryWords);
  expect(message).not.toContain('must match the documented pattern');
  expect(message).toMatch(/^\S.*[.!?]$/s);
  expect(pointer === '' || pointer.startsWith('/')).toBe(true);
}

describe.each(schemas)('$name', ({ schema, example }) => {
  const fields = Object.keys(fieldsOf(schema));

  test('answers hostile values with its own messages', () => {
    const whole = example ?? Object.fromEntries(fields.map((name) => [name, 'x']));
    for (const hostile of hostileValues) {
      const each = Object.fromEntries(fields.map((name) => [name, hostile]));
      for (const variant of [each, ...variantsOf(whole, hostile)]) {
        errorsOf(schema, variant).forEach(expectOurWords);
      }
    }
  });

  test('answers any JSON with its own messages', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...fields, 'other'), fc.jsonValue()), (value) => {
        errorsOf(schema, value).forEach(expectOurWords);
      }),
      { numRuns: 30 },
    );
  });
});

function fieldsOf(schema: z.core.$ZodType): Record<string, unknown> {
  if (schema instanceof z.ZodMiniLazy) {
    return fieldsOf(schema._zod.innerType);
  }
  return schema instanceof z.ZodMiniObject ? schema.shape : {};
}
