import fc from 'fast-check';
import type { DocumentedRoute } from './document.ts';
import { hostileBody, hostileText, hostileTexts, hostileValue, objectWith, treacherousKeys } from './hostile-values.ts';
import { callers, type FuzzRequest, type Part } from './request.ts';
import { type Kind, mark } from './things.ts';

/** A change that makes a request less valid. */
type Change = (request: FuzzRequest) => FuzzRequest;

/** Changes of a route's requests: to a field of the body, its text, the path, the query, headers, or the caller. */
export function changes(route: DocumentedRoute): fc.Arbitrary<Change> {
  const ofBody = [
    { weight: 30, arbitrary: fieldChange },
    { weight: 6, arbitrary: textChange },
    {
      weight: 6,
      arbitrary: hostileBody.map(
        (text): Change =>
          (request) => ({ ...request, body: { text } }),
      ),
    },
  ];
  return fc.oneof(
    ...(route.body ? ofBody : [{ weight: 3, arbitrary: strayBody }]),
    ...(route.path.includes('{') ? [{ weight: 9, arbitrary: pathChange(route) }] : []),
    { weight: route.parameters.some((parameter) => parameter.in === 'query') ? 18 : 6, arbitrary: queryChange(route) },
    { weight: 6, arbitrary: headerChange },
    {
      weight: 3,
      arbitrary: fc.constantFrom(...callers).map(
        (caller): Change =>
          (request) => ({ ...request, caller }),
      ),
    },
    { weight: 1, arbitrary: methodChange },
  );
}

type FieldPath = readonly string[];

/** The paths of all parts of a value; that of the value itself comes last. */
function pathsIn(value: unknown, at: FieldPath = []): FieldPath[] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, part]) => pathsIn(part, [...at, name]))
      : [];
  return [...inner, at];
}

/** Applies a change to the part at a path; `undefined` removes the field. */
function changedAt(value: unknown, [name, ...rest]: FieldPath, change: (part: unknown) => unknown): unknown {
  if (name === undefined) {
    return change(value);
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => (String(index) === name ? changedAt(item, rest, change) : item));
  }
  return objectWith(
    Object.entries(Object(value)).flatMap(([key, part]): [string, unknown][] => {
      const changed = key === name ? changedAt(part, rest, change) : part;
      return changed === undefined ? [] : [[key, changed]];
    }),
  );
}

const wrongKinds: readonly Kind[] = [
  'customer',
  'customerService',
  'partnerService',
  'order',
  'sim',
  'operation',
  'foreign',
];

/** Replacements of one value. */
const replacement: fc.Arbitrary<(value: unknown) => unknown> = fc.oneof(
  { weight: 5, arbitrary: hostileValue.map((value) => () => value) },
  { weight: 3, arbitrary: fc.constant(() => undefined) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...wrongKinds), fc.nat(99)).map(
      ([kind, n]) =>
        () =>
          mark(kind, n),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<((value: unknown) => unknown)[]>(
      (value) => [value],
      (value) => ({ value }),
      (value) => JSON.stringify(value) ?? '',
      (value) => (typeof value === 'string' ? ` ${value}\t` : 0),
      (value) => (typeof value === 'string' ? value.toUpperCase() : value),
      (value) => (typeof value === 'number' ? value + 1 : value),
      (value) => (Array.isArray(value) ? [...value, ...value, ...value, ...value, ...value] : value),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...treacherousKeys, 'x', 'id', 'version', 'partnerId', 'state', 'holding'), hostileValue)
      .map(
        ([name, added]) =>
          (value: unknown) =>
            withField(value, name, added),
      ),
  },
);

const withField = (value: unknown, name: string, added: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? objectWith([...Object.entries(value), [name, added]])
    : added;

const fieldChange: fc.Arbitrary<Change> = fc.tuple(fc.nat(), replacement).map(([n, change]) => (request) => {
  if (!request.body || !('json' in request.body)) {
    return request;
  }
  const paths = pathsIn(request.body.json);
  const changed = changedAt(request.body.json, paths[n % paths.length] ?? [], change);
  return { ...request, body: changed === undefined ? undefined : { json: changed } };
});

/** Changes of a body's text that mostly make it invalid JSON. */
const textChange: fc.Arbitrary<Change> = fc
  .tuple(
    fc.nat(),
    fc.constantFrom<((text: string, index: number) => string)[]>(
      (text, index) => text.slice(0, index),
      (text, index) => `${text.slice(0, index)}\u0000${text.slice(index)}`,
      (text, index) => text.slice(0, index) + text.slice(index + 1),
      (text) => `${text}${text}`,
      (text) => `\ufeff${text}`,
      (text) => text.replace('{', '{"name":"first","quantity":1,'),
      (text) => text.replace('}', ',"__proto__":{"dryRun":false}}'),
      (text) => text.replaceAll(/\d+/g, '1e400'),
      (text) => text.replaceAll('"', "'"),
      (text) => `[${text}]`,
    ),
  )
  .map(([n, change]) => (request) => {
    const text = request.body && ('json' in request.body ? JSON.stringify(request.body.json) : request.body.text);
    return text === undefined ? request : { ...request, body: { text: change(text, n % (text.length + 1)) } };
  });

/** A body of a request that has none. */
const strayBody: fc.Arbitrary<Change> = fc
  .oneof(hostileBody, fc.constantFrom('{}', '{"x":1}'))
  .map((text) => (request) => ({
    ...request,
    headers: { 'content-type': 'application/json', ...request.headers },
    body: { text },
  }));

/** Path segments that are sent as they are, without encoding. */
const rawParts = [
  ...['%', '%ff', '%00', '%2F', '%2e%2e%2f', '..', '.', '%20', '%23', '%3F', '%25', '%2500', '%0d%0ax-injected:%20yes'],
  ...['%E2%80%AE', '%C0%AF', '%ED%A0%80', '%EF%BF%BF', '{id}', '*', 'a+b', ';x=1', '~', '$default', '%7Bproxy+%7D', ''],
];

function pathChange({ path }: DocumentedRoute): fc.Arbitrary<Change> {
  const indexes = path
    .split('/')
    .slice(1)
    .flatMap((segment, index) => (segment.startsWith('{') ? [index] : []));
  const part = fc.oneof<fc.Arbitrary<Part>[]>(
    fc.constantFrom(...rawParts).map((raw) => ({ raw })),
    hostileText.map((text) => (text.includes('\u27e6text') ? mark('text', 4_000) : text)),
    fc.nat(99).map((n) => mark('foreign', n)),
    fc.tuple(fc.constantFrom(...wrongKinds), fc.nat(99)).map(([kind, n]) => mark(kind, n)),
  );
  return fc.tuple(fc.constantFrom(...indexes), part).map(([index, given]) => (request) => ({
    ...request,
    path: request.path.with(index, given),
  }));
}

function queryChange({ parameters }: DocumentedRoute): fc.Arbitrary<Change> {
  const own = parameters.flatMap((parameter) => (parameter.in === 'query' ? [parameter.name] : []));
  const name = fc.constantFrom(...own, ...own, ...treacherousKeys, 'limit', 'cursor', 'a[]', 'a[b]');
  const value = fc.oneof<fc.Arbitrary<Part>[]>(
    hostileText.map((text) => (text.includes('\u27e6text') ? mark('text', 3_000) : text)),
    fc.constantFrom(...rawParts, 'x&limit=1', '1&limit=2', '&&=&').map((raw) => ({ raw })),
    fc.constantFrom('0', '1', '200', '201', '-1', '1.5', '1e2', '0x10', ' 7 ', '9'.repeat(30)),
    brokenCursor,
  );
  const pair = fc.tuple(name, value);
  return fc.array(pair, { minLength: 1, maxLength: 3 }).map((pairs) => (request) => ({
    ...request,
    query: [...request.query, ...pairs],
  }));
}

/** Cursors that are truncated, extended, have a wrong signature or position, or were never returned by a list. */
const brokenCursor = fc
  .tuple(
    fc.nat(199),
    fc.constantFrom('', '.', 'A', '=', '%', '.AAAA', '\u0000'),
    fc.constantFrom('', 'x', '.', 'Q1VTI2N1c18w.'),
  )
  .map(([n, after, before]) => `${before}${mark('cursor', n)}${after}`);

const headerValues = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.constantFrom(
    '*',
    '""',
    'W/"x"',
    '"x", "y"',
    ',,,',
    'x'.repeat(256),
    mark('text', 5_000),
    mark('text', 12_000),
    'a\tb',
    '\xff',
  ),
);

const headerChange: fc.Arbitrary<Change> = fc.oneof(
  fc
    .constantFrom(
      ...['application/json', 'application/merge-patch+json', 'application/json;charset=utf-16', 'text/plain'],
      ...[
        'APPLICATION/JSON ; charset=utf-8',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'x',
        'a/b/c',
        '',
      ],
    )
    .map(
      (type): Change =>
        (request) => ({ ...request, headers: { ...request.headers, 'content-type': type } }),
    ),
  fc
    .tuple(
      fc.constantFrom(
        ...['if-match', 'if-match', 'idempotency-key', 'idempotency-key', 'content-type', 'accept', 'accept-encoding'],
        ...['x-request-id', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-amzn-trace-id', 'cookie'],
        ...[
          'content-encoding',
          'x-http-method-override',
          'user-agent',
          'origin',
          'range',
          'if-none-match',
          '__proto__',
        ],
      ),
      headerValues,
    )
    .map(
      ([name, value]): Change =>
        (request) => ({ ...request, headers: { ...request.headers, [name]: value } }),
    ),
);

const methodChange: fc.Arbitrary<Change> = fc
  .constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND')
  .map((method) => (request) => ({ ...request, method }));
