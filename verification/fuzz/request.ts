import type { Things } from './things.ts';

/** The callers of requests. */
export const callers = [
  'admin',
  'provisioning',
  'deployment',
  'support',
  'billing',
  'customer',
  'platform',
  'outsider',
  'nobody',
  'expired',
  'garbage',
] as const;
export type CallerName = (typeof callers)[number];

/** A part of a path or query: a text, which is encoded when it is sent, or raw characters. */
export type Part = string | { raw: string };

/** A request before it is sent, with marks in place of ids. */
export type FuzzRequest = {
  caller: CallerName;
  method: string;
  path: readonly Part[];
  query: readonly (readonly [Part, Part])[];
  headers: Readonly<Record<string, string>>;
  /** JSON, or raw text. */
  body: { json: unknown } | { text: string } | undefined;
};

/** A request as it is sent. */
export type SentRequest = {
  caller: CallerName;
  method: string;
  /** The path of the request line without its query; `target` includes the query. */
  path: string;
  target: string;
  query: readonly (readonly [string, string])[];
  headers: Readonly<Record<string, string>>;
  body?: string | undefined;
};

/** Replaces marks with known ids. */
export function resolve(request: FuzzRequest, things: Things): SentRequest {
  const written = (part: Part) =>
    typeof part === 'string' ? encodeURIComponent(things.resolve(part).toWellFormed()) : part.raw;
  const path = `/${request.path.map(written).join('/')}`;
  const query = request.query.map(([name, value]) => `${written(name)}=${written(value)}`).join('&');
  const { body } = request;
  const text = body && ('json' in body ? JSON.stringify(body.json) : body.text);
  return {
    caller: request.caller,
    method: request.method,
    path,
    target: query === '' ? path : `${path}?${query}`,
    query: [...new URLSearchParams(query)],
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, headerText(things.resolve(value))]),
    ),
    body: text === undefined ? undefined : things.resolve(text),
  };
}

/** Replaces characters that HTTP headers cannot contain. */
const headerText = (text: string) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?');

const MAX_SHOWN = 4_000;

/** Formats the request as a shell command, with the token in `$TOKEN` and the URL in `$API`. */
export function scriptLine({ caller, method, target, headers, body }: SentRequest): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const shown = body?.slice(0, MAX_SHOWN) ?? '';
  return [
    `curl -sS -i --path-as-is -X ${method} "$API"${quoted(target)}`,
    ...(caller === 'nobody' ? [] : ['-H "authorization: Bearer $TOKEN"']),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value.slice(0, MAX_SHOWN)}`)}`),
    ...(body === undefined ? [] : [`--data-binary ${quoted(shown)}`]),
    `# as ${caller}`,
    ...(body !== undefined && body.length > shown.length ? [`(body truncated: it has ${body.length} characters)`] : []),
  ].join(' ');
}
