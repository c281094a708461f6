import * as z from 'zod/mini';
import { described } from '../../domain/described.ts';
import { escapePointer, type InputError, invalidInput } from '../../use-cases/refusal.ts';
import { fieldName, messageOf, predicateOf } from './input-messages.ts';
import { HttpProblem } from './problem.ts';

/** The maximum size of a body, 1 MiB. Ten thousand ICCIDs take a quarter of it. */
export const MAX_BODY_BYTES = 1_048_576;

/** A body in an event of API Gateway. */
export type RawBody = { body?: string | undefined; isBase64Encoded: boolean; contentType: string | undefined };

/**
 * Reads a JSON body; `undefined` for an empty one.
 *
 * @throws HttpProblem 413 too large, 415 not JSON by its content type, 400 not JSON or not UTF-8.
 */
export function readJson({ method, ...raw }: RawBody & { method: string }): unknown {
  const accepted = method === 'PATCH' ? ['application/merge-patch+json', 'application/json'] : ['application/json'];
  const bytes = readBytes(raw, accepted);
  if (bytes.length === 0) {
    return undefined;
  }
  const text = readUtf8(bytes);
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem('invalid_json', 'The body is not valid JSON.');
  }
}

/**
 * The bytes of a body. The content type of an empty body is not checked.
 *
 * @throws HttpProblem 413 too large, 415 not of an accepted content type.
 */
export function readBytes({ body, isBase64Encoded, contentType }: RawBody, accepted: readonly string[]): Buffer {
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    throw new HttpProblem('body_too_large', `The body has ${bytes.length} bytes. The maximum is ${MAX_BODY_BYTES}.`);
  }
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (bytes.length > 0 && !accepted.includes(type)) {
    throw new HttpProblem(
      'unsupported_media_type',
      `The content type is ${type ? JSON.stringify(type.slice(0, 100)) : 'missing'}. Send ${accepted.join(' or ')}.`,
    );
  }
  return bytes;
}

/** The character with which decoders replace bytes that are not UTF-8. */
const REPLACEMENT_CHARACTER = '\uFFFD';

/**
 * Decodes bytes as UTF-8, without a byte order mark. API Gateway decodes text bodies itself and replaces invalid bytes with the
 * replacement character. That character is also rejected when the client sent it, because it indicates a damaged text.
 *
 * @throws HttpProblem 400 when the bytes are not UTF-8.
 */
export function readUtf8(bytes: Buffer): string {
  const text = decoded(bytes);
  const index = text?.indexOf(REPLACEMENT_CHARACTER);
  if (text === undefined || index !== -1) {
    const where = index === undefined ? '' : `: character ${index + 1} was damaged in transit`;
    throw new HttpProblem('invalid_encoding', `The body is not valid UTF-8${where}.`);
  }
  return text;
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Checks a value against a schema.
 *
 * @param where the pointer of the value: empty for a body, `/query` for the query string.
 * @throws Refusal `invalid_input` with an error for each violated rule.
 */
export function parseOrThrow<T>(schema: z.core.$ZodType<T>, value: unknown, where = ''): T {
  const checked = z.safeParse(schema, value, { reportInput: true, error: predicateOf });
  if (checked.success) {
    return checked.data;
  }
  throw invalidInput(checked.error.issues.slice(0, MAX_ERRORS).flatMap((issue) => errorsOf(issue, where)));
}

/** The maximum number of errors in one response. */
export const MAX_ERRORS = 50;

type Issue = z.core.$ZodIssue;

function errorsOf(issue: Issue, where: string): InputError[] {
  const pointer = `${where}${issue.path.map((part) => `/${escapePointer(String(part))}`).join('')}`;
  // Rows of CSV have no name of their own; elsewhere the field's path is the name.
  const field = fieldName(where === '/rows' ? ['rows', ...issue.path] : issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MAX_ERRORS).map((key) => {
      const shown = key.slice(0, 100);
      return {
        pointer: `${pointer}/${escapePointer(shown)}`,
        code: 'unknown_field',
        message: `Unknown field ${JSON.stringify(fieldName([...issue.path, shown]))}.`,
      };
    });
  }
  if ((issue.code === 'invalid_type' || issue.code === 'invalid_value') && issue.input === undefined) {
    return [{ pointer, code: 'required', message: messageOf('is required', field) }];
  }
  const code = issue.code === 'custom' && typeof issue.params?.code === 'string' ? issue.params.code : issue.code;
  return [{ pointer, code, message: `${messageOf(issue.message, field)}${plusHint(issue, where)}` }];
}

/** A hint for times with an offset: an unencoded `+` in a query string means a space, so that the offset loses its sign. */
function plusHint({ input }: Issue, where: string): string {
  return where === '/query' && typeof input === 'string' && /^\d{4}-\d\d-\d\d[Tt][\d:.]+ \d\d:?\d\d$/.test(input)
    ? ' A `+` in a query string stands for a space: write the offset as `%2B02:00`, or the time in UTC with `Z`.'
    : '';
}

/** The query parameters of every list. In a query string, numbers are text. */
export const pageQuery = z.strictObject({
  limit: described(
    z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200)), 50),
    'Maximum number of items per page.',
  ),
  cursor: described(z.optional(z.string()), '`nextCursor` of the previous page.'),
});
