import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { MAX_BODY_BYTES, pageQuery, parseOrThrow, readJson } from '../../../functions/http/input.ts';
import { type InputError, Refusal } from '../../../use-cases/refusal.ts';

type RawBody = Parameters<typeof readJson>[0];

const read = (body: string | undefined, own: Partial<RawBody> = {}) =>
  readJson({ body, isBase64Encoded: false, contentType: 'application/json', method: 'POST', ...own });

const readBytes = (bytes: Buffer, own: Partial<RawBody> = {}) =>
  read(bytes.toString('base64'), { isBase64Encoded: true, ...own });

const problem = (code: string) => expect.objectContaining({ code });

/** What is wrong with a value, by the schema. */
function errorsOf(schema: z.core.$ZodType, value: unknown, where?: string): readonly InputError[] {
  try {
    parseOrThrow(schema, value, where);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'invalid_input') {
      return error.errors;
    }
    throw error;
  }
  return [];
}

const errorCodes = (...input: Parameters<typeof errorsOf>) =>
  errorsOf(...input).map(({ pointer, code }) => `${pointer} ${code}`);

describe('a body', () => {
  test('of JSON is read, in plain or in base64', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify(value);
        expect(JSON.stringify(read(json))).toBe(json);
        expect(JSON.stringify(readBytes(Buffer.from(json)))).toBe(json);
      }),
    );
  });

  test.each([undefined, ''])('that is %j is absent, whatever its content type', (body) => {
    expect(read(body)).toBeUndefined();
    expect(read(body, { contentType: undefined })).toBeUndefined();
    expect(read(body, { contentType: 'text/plain' })).toBeUndefined();
  });

  test.each(['{', '{"a":1,}', "{'a':1}", 'undefined', '{"a":1} x', '\0', 'NaN', '"\n"', ' '])(
    '%j is not JSON',
    (body) => {
      expect(() => read(body)).toThrow(problem('invalid_json'));
    },
  );

  test.each([
    ['a byte that begins nothing', [0x22, 0xff, 0x22]],
    ['half a character', [0x22, 0xc3, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['a lone surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ])('with %s is refused, whether API Gateway hands it over as it is or decoded', (_what, bytes) => {
    expect(() => readBytes(Buffer.from(bytes))).toThrow(problem('invalid_encoding'));
    expect(() => read(Buffer.from(bytes).toString('utf8'))).toThrow(problem('invalid_encoding'));
  });

  test('in UTF-16 is not JSON', () => {
    expect(() => readBytes(Buffer.from([0x7b, 0x00, 0x7d, 0x00]))).toThrow(problem('invalid_json'));
  });

  test('of any bytes is read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        try {
          readBytes(Buffer.from(bytes));
        } catch (error) {
          expect([problem('invalid_json'), problem('invalid_encoding')]).toContainEqual(error);
        }
      }),
    );
  });

  describe('of 100,000 brackets', () => {
    const open = '['.repeat(100_000);
    const closed = `${open}${']'.repeat(100_000)}`;
    const schema = z.strictObject({ name: z.string(), tags: z.array(z.string()).optional() });

    test('that never close is not JSON', () => {
      expect(() => read(open)).toThrow(problem('invalid_json'));
      expect(() => read('{"a":'.repeat(100_000))).toThrow(problem('invalid_json'));
    });

    test('is refused by every route, wherever they stand', () => {
      expect(errorCodes(schema, read(closed))).toEqual([' invalid_type']);
      expect(errorCodes(schema, read(`{"name":${closed}}`))).toEqual(['/name invalid_type']);
      expect(errorCodes(schema, read(`{"name":"a","tags":${closed}}`))).toEqual(['/tags/0 invalid_type']);
      expect(errorCodes(schema, read(`{"name":"a","more":${closed}}`))).toEqual(['/more unknown_field']);
    });
  });

  describe('in its size', () => {
    const ofBytes = (bytes: number) => `"${'a'.repeat(bytes - 2)}"`;

    test('may be 1 MiB', () => {
      expect(read(ofBytes(MAX_BODY_BYTES))).toHaveLength(1_048_574);
    });

    test('may not be a byte larger', () => {
      expect(() => read(ofBytes(MAX_BODY_BYTES + 1))).toThrow(problem('body_too_large'));
      expect(() => readBytes(Buffer.from(ofBytes(MAX_BODY_BYTES + 1)))).toThrow(problem('body_too_large'));
    });

    test('is counted in bytes, not in characters', () => {
      expect(() => read(`"${'é'.repeat(MAX_BODY_BYTES / 2)}"`)).toThrow(problem('body_too_large'));
    });

    test('is counted after base64', () => {
      expect(readBytes(Buffer.from(ofBytes(MAX_BODY_BYTES)))).toHaveLength(1_048_574);
    });
  });
});

describe('the content type', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'Application/JSON',
    ' application/json ',
  ])('%j is accepted', (contentType) => {
    expect(read('{}', { contentType })).toEqual({});
  });

  test.each([
    undefined,
    '',
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/json-patch+json',
    'text/plain; application/json',
    'application/merge-patch+json',
  ])('%j is refused for a POST', (contentType) => {
    expect(() => read('{}', { contentType })).toThrow(problem('unsupported_media_type'));
  });

  test.each(['application/merge-patch+json', 'application/merge-patch+json; charset=utf-8', 'application/json'])(
    '%j is accepted for a PATCH',
    (contentType) => {
      expect(read('{}', { contentType, method: 'PATCH' })).toEqual({});
    },
  );

  test('is reported before the body is parsed', () => {
    expect(() => read('{', { contentType: 'text/plain' })).toThrow(problem('unsupported_media_type'));
  });
});

describe('checking input', () => {
  const item = z.strictObject({ iccid: z.string() });
  const schema = z.strictObject({
    name: z.string().max(5),
    quantity: z.number().optional(),
    items: z.array(item).optional(),
    operatorId: z.enum(['3uk', 'a1']).optional(),
  });

  test('returns the output of the schema', () => {
    expect(parseOrThrow(z.strictObject({ name: z.string().trim() }), { name: ' a ' })).toEqual({ name: 'a' });
  });

  test('names every unknown field', () => {
    expect(errorsOf(schema, { name: 'a', nmae: 1, Name: 2 })).toEqual([
      { pointer: '/nmae', code: 'unknown_field', message: 'Unknown field "nmae".' },
      { pointer: '/Name', code: 'unknown_field', message: 'Unknown field "Name".' },
    ]);
  });

  test.each([
    ['a/b~c', '/a~1b~0c'],
    ['~1', '/~01'],
    ['', '/'],
    ['__proto__', '/__proto__'],
    ['constructor', '/constructor'],
    ['toString', '/toString'],
    ['0', '/0'],
    ['é "quoted"', '/é "quoted"'],
  ])('names the unknown field %j by its pointer %j', (field, pointer) => {
    expect(errorCodes(schema, JSON.parse(`{"name":"a",${JSON.stringify(field)}:1}`))).toEqual([
      `${pointer} unknown_field`,
    ]);
  });

  test('names any unknown field by the pointer that leads to it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (field) => {
        fc.pre(!['name', 'quantity', 'items', 'operatorId'].includes(field));
        const body = Object.fromEntries([
          ['name', 'a'],
          [field, 1],
        ]);
        const [pointer = '', ...others] = errorsOf(schema, body).map((error) => error.pointer);
        expect(others).toEqual([]);
        expect(pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~')).toBe(field);
        expect(pointer.lastIndexOf('/')).toBe(0);
      }),
    );
  });

  test('points at the items of a list', () => {
    expect(
      errorCodes(schema, { name: 'a', items: [{ iccid: '1' }, {}, { iccid: 2 }, { iccid: '3', imsi: '4' }] }),
    ).toEqual(['/items/1/iccid required', '/items/2/iccid invalid_type', '/items/3/imsi unknown_field']);
  });

  test('distinguishes missing fields from fields of another type', () => {
    expect(errorCodes(schema, {})).toEqual(['/name required']);
    expect(errorCodes(schema, { name: null })).toEqual(['/name invalid_type']);
  });

  test.each([
    ['one of a few values', z.strictObject({ field: z.enum(['3uk', 'a1']) })],
    ['one value', z.strictObject({ field: z.literal(true) })],
  ])('names a missing field also where it should be %s', (_what, strict) => {
    expect(errorCodes(strict, {})).toEqual(['/field required']);
  });

  test('reports several violated rules at once', () => {
    expect(errorCodes(schema, { name: 'too long', quantity: '1', operatorId: 'vodafone' })).toEqual([
      '/name too_big',
      '/quantity invalid_type',
      '/operatorId invalid_value',
    ]);
  });

  test.each([null, [], 'a', 1, true])('points at the whole body when that is %j', (body) => {
    expect(errorCodes(schema, body)).toEqual([' invalid_type']);
  });

  test('points into nested values', () => {
    expect(errorCodes(z.strictObject({ limit: z.number() }), { limit: 'x', page: 2 }, '/query')).toEqual([
      '/query/limit invalid_type',
      '/query/page unknown_field',
    ]);
  });

  test('explains a plus sign that was lost in a query string', () => {
    const schema = z.object({ from: z.iso.datetime({ offset: true }) });
    const value = { from: '2026-03-02T11:59:59 01:00' };
    expect(errorsOf(schema, value, '/query')[0]?.message).toMatch(/`%2B02:00`/);
    expect(errorsOf(schema, value)[0]?.message).not.toMatch(/%2B/);
    expect(errorsOf(schema, { from: 'yesterday' }, '/query')[0]?.message).not.toMatch(/%2B/);
    expect(errorsOf(schema, { from: '2026-03-02T11:59:59+01:00' }, '/query')).toEqual([]);
  });

  test('reports the code of a custom rule', () => {
    const even = z.number().refine((number) => number % 2 === 0, { message: 'Odd', params: { code: 'multiple_of' } });
    expect(errorsOf(z.array(even), [2, 3])).toEqual([{ pointer: '/1', code: 'multiple_of', message: 'Odd.' }]);
  });

  test('reports the first fifty errors', () => {
    const wrong = Array.from({ length: 10_000 }, () => ({ iccid: 1 }));
    expect(errorCodes(schema, { name: 'a', items: wrong })).toHaveLength(50);
    const unknown = Object.fromEntries(wrong.map((_, number) => [`field${number}`, 1]));
    expect(errorCodes(schema, { name: 'a', ...unknown })).toHaveLength(50);
  });
});

describe('the page of a list', () => {
  test('has 50 items by default', () => {
    expect(parseOrThrow(pageQuery, {})).toEqual({ limit: 50 });
  });

  test.each([
    ['1', 1],
    ['200', 200],
  ])('accepts a limit of %s', (limit, expected) => {
    expect(parseOrThrow(pageQuery, { limit })).toEqual({ limit: expected });
  });

  test.each(['0', '-1', '201', '1.5', 'ten', '', '5,6', 'NaN', 'Infinity', '1e999'])(
    'refuses a limit of %j',
    (limit) => {
      expect(errorsOf(pageQuery, { limit }, '/query').map(({ pointer }) => pointer)).toEqual(['/query/limit']);
    },
  );

  test.each([
    ['100000', 'too_big', 'limit must be between 1 and 200.'],
    ['0', 'too_small', 'limit must be between 1 and 200.'],
    ['ten', 'invalid_type', 'limit must be a number between 1 and 200.'],
    ['1.5', 'invalid_type', 'limit must be a whole number between 1 and 200.'],
  ])('answers a limit of %s with %s: %s', (limit, code, message) => {
    expect(errorsOf(pageQuery, { limit }, '/query')).toEqual([{ pointer: '/query/limit', code, message }]);
  });

  test('accepts any text as a cursor, whose signature is verified later', () => {
    expect(parseOrThrow(pageQuery, { cursor: '' })).toEqual({ limit: 50, cursor: '' });
  });
});
