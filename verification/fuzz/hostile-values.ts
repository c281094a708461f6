import fc from 'fast-check';
import { mark } from './things.ts';

/** Names with a meaning in JavaScript or in the table. */
export const treacherousKeys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  '$ref',
  '',
  'pk',
  'sk',
];

/** Texts that have broken programs. None matches the patterns of leaks.ts, because stored texts are returned later. */
export const hostileTexts = [
  '',
  ' ',
  '\u0000',
  'a\nb\r\nx-injected: yes',
  '\u001b[31m\u0007',
  '\ud800',
  'a\udfffb',
  '\u{1f600}'.repeat(60),
  'e\u0301'.repeat(80),
  '\u202e\u200b\ufeff',
  '\ufdfa'.repeat(100),
  '\u2028\u2029',
  '#',
  'Q#fuzz#SIX#0',
  'KEY#',
  '../../etc/passwd',
  'C:\\windows',
  '%00%0d%0ax-injected:%20yes',
  "'; DROP TABLE sims; --",
  '"}],"x":[{"',
  '%{jndi:ldap://127.0.0.1/x}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  'true',
  'null',
  '-Infinity',
  '-0',
  '1e309',
  '9'.repeat(400),
  '2026-02-30T25:61:61Z',
  '2026-01-01T00:00:00+99:99',
  '+275760-09-13T00:00:00.001Z',
  'psv_holding_3uk',
  '8943010000000000018',
  ...treacherousKeys,
];

const hostileNumbers = [
  0,
  -0,
  -1,
  0.1,
  1.5,
  49.99999999999999,
  1e-320,
  1e21,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 53),
  Number.MAX_SAFE_INTEGER,
  100_001,
];

/** Texts that exceed each of the limits. Long ones are rare, because they take time. */
const longTexts: fc.WeightedArbitrary<string>[] = [
  { weight: 40, arbitrary: fc.constant(mark('text', 101)) },
  { weight: 40, arbitrary: fc.constant(mark('text', 5_000)) },
  { weight: 4, arbitrary: fc.constant(mark('text', 400_000)) },
  { weight: 2, arbitrary: fc.constant(mark('text', 1_100_000)) },
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.oneof(...longTexts) },
  { weight: 2, arbitrary: fc.nat(500).map((n) => mark('foreign', n)) },
);

/** Creates an object with these own properties, which may include `__proto__`. */
export function objectWith(entries: readonly (readonly [string, unknown])[]): unknown {
  const object = {};
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

/** Values that few fields or none expect. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { '': '' }) },
  { weight: 3, arbitrary: fc.constantFrom(...hostileNumbers) },
  { weight: 6, arbitrary: hostileText },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.tuple(fc.constantFrom(...treacherousKeys), fc.constantFrom<unknown>(null, 1, { admin: true }, ['x'])))
      .map(objectWith),
  },
  { weight: 1, arbitrary: fc.nat(300).map((depth) => nested(depth)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(hostileText, fc.nat(300))
      .map(([text, n]) => Array.from({ length: n }, () => text.slice(0, 50))),
  },
);

function nested(depth: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < depth; level += 1) {
    value = level % 2 === 0 ? [value] : { a: value };
  }
  return value;
}

/** Bodies that are invalid JSON, or excessive. */
export const hostileBody: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom(
      ...['null', 'true', '-0', '1e999', '"text"', '"\\ud800"', '[]', '[{}]', '{', '{"a":}', "{'a':1}", '{"a":1,}'],
      ...[
        '{"a":1}{"b":2}',
        '/* */{}',
        'undefined',
        'NaN',
        '\u0000',
        '\ufeff{}',
        ' \n\t',
        '{"\\u0000":1}',
        '{"a":"\u0001"}',
      ],
      ...['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"admin":true}}}', '<xml/>', 'a=1&b=2'],
      ...['{"name":"a","name":"b"}', '{"quantity":1e400}', '{"quantity":0x10}', '{"quantity":00050}'],
    ),
  },
  { weight: 10, arbitrary: fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.stringify(value)) },
  { weight: 5, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 4, arbitrary: fc.nat(2_000).map((depth) => mark('deep', depth)) },
  { weight: 1, arbitrary: fc.constantFrom(mark('deep', 200_000), `{"name":${mark('deep', 100_000)}}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `{"name":"${mark('text', 1_100_000)}"}`,
      `{"name":"${mark('text', 7_000_000)}"}`,
      `{"${mark('text', 300_000)}":1}`,
      `{"name":"${mark('text', 11_000_000)}"}`,
    ),
  },
);
