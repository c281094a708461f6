import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { allRoutes } from '../../functions/api/routes.ts';
import { openApiDocument } from '../../functions/openapi/document.ts';
import { breakingChanges } from '../../tools/breaking-changes.ts';
import { lastRelease, mayBreak } from '../../tools/releases.ts';

const project: { version: string } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** The breaking changes since the last release that are wanted. docs/changes.md says why. */
const onPurpose = [
  /\/(imsi|orderId) may now be absent$/,
  /\/plan\/activate may now be string$/,
  /(operatorId|operatorIds\/\*|^GET \/v1\/operators.*\/id) may now have any value$/,
];

describe('this API', () => {
  const release = lastRelease();
  const before: unknown = JSON.parse(readFileSync(release.file('openapi.json'), 'utf8'));
  const now = openApiDocument(allRoutes, project.version);

  test(`breaks callers of ${release.version} only on purpose, and then has another version (npm run api-changes)`, () => {
    const found = breakingChanges(before, now);

    expect(found.filter((change) => !onPurpose.some((pattern) => pattern.test(change)))).toEqual([]);
    expect(found.length === 0 || mayBreak(release.version, project.version)).toBe(true);
  });

  test('is compatible with itself', () => {
    expect(breakingChanges(now, now)).toEqual([]);
  });

  test('would break callers of a removed route', () => {
    const without = openApiDocument(
      allRoutes.filter(({ path }) => path !== '/v1/orders/quote'),
      project.version,
    );

    expect(breakingChanges(now, without)).toEqual(['POST /v1/orders/quote: is removed']);
  });
});

type Json = Record<string, unknown>;

/** An API of one route, `POST /things`. */
function api(operation: Json, schemas: Json = {}): Json {
  return { paths: { '/things': { post: { responses: {}, ...operation } } }, components: { schemas } };
}

const taking = (schema: Json, schemas?: Json) =>
  api({ requestBody: { required: true, content: { 'application/json': { schema } } } }, schemas);
const answering = (schema: Json, schemas?: Json) =>
  api({ responses: { 200: { content: { 'application/json': { schema } } } } }, schemas);
const object = (properties: Json, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const text = { type: 'string' };
const oneOf = (...values: string[]) => ({ type: 'string', enum: values });

const changesBetween = (before: Json, after: Json) =>
  breakingChanges(before, after).map((change) => change.replace('POST /things: ', ''));

describe('a request', () => {
  test.each<[string, Json, Json, string[]]>([
    ['a field that goes', object({ a: text, b: text }), object({ a: text }), ['the body/b is removed']],
    ['a new field that is required', object({}), object({ a: text }, ['a']), ['the body/a is now required']],
    ['a field that is now required', object({ a: text }), object({ a: text }, ['a']), ['the body/a is now required']],
    ['a value that goes', oneOf('x', 'y'), oneOf('x'), ['the body no longer accepts "y"']],
    ['certain values alone', text, oneOf('x'), ['the body now accepts certain values only']],
    ['another type', text, { type: 'integer' }, ['the body may no longer be string']],
    ['a number that must be whole', { type: 'number' }, { type: 'integer' }, ['the body may no longer be number']],
    [
      'a shorter text',
      { ...text, maxLength: 40 },
      { ...text, maxLength: 20 },
      ['the body has a different maxLength: 20, previously 40'],
    ],
    ['a bound where none was', text, { ...text, minLength: 1 }, ['the body has a different minLength: 1']],
    ['a pattern where none was', text, { ...text, pattern: '^a' }, ['the body has a different pattern: "^a"']],
    [
      'a field deep inside',
      object({ list: { type: 'array', items: object({ a: text }) } }),
      object({ list: { type: 'array', items: object({ a: { type: 'boolean' } }) } }),
      ['the body/list/*/a may no longer be string'],
    ],
    ['a form that goes', { anyOf: [text, { type: 'integer' }] }, text, ['the body may no longer be integer']],
  ])('breaks with %s', (_what, before, after, changes) => {
    expect(changesBetween(taking(before), taking(after))).toEqual(changes);
  });

  test.each<[string, Json, Json]>([
    ['a new field', object({ a: text }), object({ a: text, b: text })],
    ['a field that need not be there any more', object({ a: text }, ['a']), object({ a: text })],
    ['another value', oneOf('x'), oneOf('x', 'y')],
    ['any value', oneOf('x'), text],
    ['a longer text', { ...text, maxLength: 20 }, { ...text, maxLength: 40 }],
    ['a number that need not be whole', { type: 'integer' }, { type: 'number' }],
    ['another form', text, { anyOf: [{ type: 'integer' }, text] }],
    ['another description', text, { ...text, description: 'Of a thing' }],
  ])('does not break with %s', (_what, before, after) => {
    expect(changesBetween(taking(before), taking(after))).toEqual([]);
  });

  test('breaks when it requires a body, or no longer accepts one', () => {
    expect(changesBetween(api({}), taking(text))).toEqual(['now requires a body']);
    expect(changesBetween(taking(text), api({}))).toEqual(['no longer accepts a body']);
  });

  test('breaks with a parameter that is removed, new and required, or narrower', () => {
    const parameter = (name: string, schema: Json, required = false) => ({ name, in: 'query', required, schema });
    const before = api({ parameters: [parameter('q', text), parameter('state', oneOf('x', 'y'))] });
    const after = api({ parameters: [parameter('state', oneOf('x')), parameter('limit', text, true)] });

    expect(changesBetween(before, after)).toEqual([
      'the query q is removed',
      'the query state no longer accepts "y"',
      'the query limit is new and required',
    ]);
  });

  test('breaks when it newly requires a token', () => {
    expect(changesBetween(api({ security: [] }), api({}))).toEqual(['now requires a token']);
    expect(changesBetween(api({}), api({ security: [] }))).toEqual([]);
  });
});

describe('an answer', () => {
  test.each<[string, Json, Json, string[]]>([
    ['a field that goes', object({ a: text }, ['a']), object({}), ['the response 200/a is removed']],
    [
      'a field that may be absent',
      object({ a: text }, ['a']),
      object({ a: text }),
      ['the response 200/a may now be absent'],
    ],
    ['another type', text, { type: ['string', 'null'] }, ['the response 200 may now be null']],
    ['any value', oneOf('x'), text, ['the response 200 may now have any value']],
    ['another form', text, { anyOf: [text, { type: 'boolean' }] }, ['the response 200 may now be boolean']],
  ])('breaks with %s', (_what, before, after, changes) => {
    expect(changesBetween(answering(before), answering(after))).toEqual(changes);
  });

  test.each<[string, Json, Json]>([
    ['a new field', object({ a: text }, ['a']), object({ a: text, b: text }, ['a', 'b'])],
    ['a field that is always there now', object({ a: text }), object({ a: text }, ['a'])],
    ['a further value', oneOf('x'), oneOf('x', 'y')],
    ['fewer values', oneOf('x', 'y'), oneOf('x')],
  ])('does not break with %s', (_what, before, after) => {
    expect(changesBetween(answering(before), answering(after))).toEqual([]);
  });

  test('breaks with a removed status, media type or header', () => {
    const answer = (responses: Json) => api({ responses });
    const before = answer({
      200: { headers: { ETag: { required: true }, Link: {} }, content: { 'text/csv': { schema: text } } },
      202: {},
    });
    const after = answer({ 200: { headers: { ETag: {} } } });

    expect(changesBetween(before, after)).toEqual([
      'the header ETag of 200 may now be absent',
      'the header Link of 200 is removed',
      '200 is no longer available as text/csv',
      'no longer returns 202',
    ]);
  });
});

describe('named schemas', () => {
  const thing = { $ref: '#/components/schemas/Thing' };

  test('are followed', () => {
    const before = answering(thing, { Thing: object({ a: text }, ['a']) });

    expect(changesBetween(before, answering(thing, { Thing: object({}) }))).toEqual(['the response 200/a is removed']);
  });

  test('may be recursive', () => {
    const tree = { Thing: object({ child: thing }) };

    expect(changesBetween(taking(thing, tree), taking(thing, tree))).toEqual([]);
  });
});

test.each([
  ['0.1.0', '0.1.0', false],
  ['0.1.0', '0.1.1', false],
  ['0.1.0', '0.2.0', true],
  ['1.2.0', '1.3.0', false],
  ['1.2.0', '2.0.0', true],
])('after %s, %s may break: %s', (earlier, later, may) => {
  expect(mayBreak(earlier, later)).toBe(may);
});
