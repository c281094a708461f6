import { fieldMessage } from './field-message.ts';

/** An invalid field of a request. */
export type FieldError = { pointer: string; code: string; message: string };

/** A problem document of the API (RFC 9457), or an answer of API Gateway. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[];
  readonly requestId: string | undefined;

  constructor(status: number, body: unknown) {
    const { type, title, detail, message, errors, instance } = isRecord(body) ? body : {};
    const invalid = Array.isArray(errors) ? errors.filter(isFieldError) : [];
    super(inWords(textOf(detail), invalid) ?? textOf(title) ?? textOf(message) ?? `The API answered ${status}.`);
    this.status = status;
    this.code = textOf(type)?.split('#').at(-1) ?? String(status);
    this.errors = invalid.map((error) => ({ ...error, message: fieldMessage(error.message) }));
    this.requestId = textOf(instance);
  }
}

/** Whether the API refused a change because the resource was changed since it was read. */
export function isStale(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 412;
}

/** Whether the API refused to show something: it does not exist, or the user may not read it. */
export function isRefused(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 403 || error.status === 404);
}

/**
 * The messages of a problem for a form: one for each of its fields by pointer, and the rest in one text. A message for a part of a
 * field (`/deliveryAddress/city`) belongs to the field unless the form has that part.
 */
export function messagesFor<Pointer extends string>(
  error: unknown,
  pointers: readonly Pointer[],
): { fields: Partial<Record<Pointer, string>>; other: string | undefined } {
  if (!(error instanceof ApiProblem)) {
    return { fields: {}, other: error instanceof Error ? error.message : undefined };
  }
  const fields: Partial<Record<Pointer, string>> = {};
  const others: string[] = [];
  for (const { pointer, message } of error.errors) {
    const field = closest(pointer, pointers);
    if (field === undefined) {
      others.push(message);
    } else {
      fields[field] ??= message;
    }
  }
  const hasFields = Object.keys(fields).length > 0;
  return { fields, other: others.length > 0 ? others.join(' ') : hasFields ? undefined : error.message };
}

function closest<Pointer extends string>(pointer: string, pointers: readonly Pointer[]): Pointer | undefined {
  return pointers
    .filter((candidate) => pointer === candidate || pointer.startsWith(`${candidate}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** The detail of a problem: the API joins the messages of several fields. */
function inWords(detail: string | undefined, errors: readonly FieldError[]): string | undefined {
  const messages = errors.map(({ message }) => message);
  return detail === messages.join(' ') ? messages.map(fieldMessage).join(' ') : detail && fieldMessage(detail);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value.pointer === 'string' && typeof value.message === 'string';
}
