import type { Violation } from '../../domain/verdict.ts';

/** An error in the input: where it is, which rule it breaks, and what helps to mend it. */
export type InputError = Violation & { nearest?: readonly number[] };

/** Every kind of problem that the API answers: its status, and what it means. The reference page lists them. */
export const problems = {
  invalid_json: [400, 'The body is not JSON', 'Send one JSON value, in UTF-8.'],
  invalid_csv: [
    400,
    'The body is not CSV',
    'Send RFC 4180 in UTF-8, with a header row and as many fields in each row.',
  ],
  invalid_cursor: [400, 'The cursor is not valid here', 'Use `nextCursor` as it came, with the same query.'],
  forbidden: [403, 'Your role may not do this', 'The roles that may are named with each route.'],
  not_found: [404, 'Not found', 'It is not there, or not yours.'],
  conflict: [409, 'Changed meanwhile', 'Somebody else changed it at the same time: read it again.'],
  wrong_state: [409, 'The state forbids it', 'What can be done now depends on the state.'],
  in_use: [409, 'It is in use', 'Take off it what uses it first.'],
  name_taken: [409, 'The name is taken', 'Choose another name.'],
  email_taken: [409, 'The address is taken', 'There is a user with it already.'],
  last_role: [409, 'It is the last role', 'A user without a role is nobody: remove the user.'],
  own_user: [409, 'It is your own user', 'Another user of the platform can do it.'],
  no_user_pool: [409, 'Users are made elsewhere', 'Another issuer signs the tokens: `detail` names it.'],
  too_many: [409, 'There are as many as there can be', 'Delete one first.'],
  holding_service: [409, 'A holding service is the system’s', 'It cannot be changed.'],
  tariff_in_use: [409, 'The tariff is in use', 'A tariff keeps its audience and its operators.'],
  operator_refused: [409, 'The operator refused', 'What the operator said is in `detail`.'],
  request_under_way: [409, 'The same request is under way', 'Another one with its `Idempotency-Key` is: ask again.'],
  precondition_failed: [412, 'Stale', 'It changed since you read it: `If-Match` names an older `ETag`.'],
  body_too_large: [413, 'The body is too large', 'A body has at most 1 MiB.'],
  unsupported_media_type: [415, 'Wrong content type', 'Send `application/json`, or CSV where the route takes it.'],
  invalid_input: [422, 'The input breaks a rule', 'Each error names the field and the rule.'],
  key_reused: [422, 'The key names another request', 'Give each request an `Idempotency-Key` of its own.'],
  operator_unavailable: [503, 'The operator does not answer', 'Nothing was changed: try again.'],
  internal_error: [500, 'Something broke on our side', 'Tell us the request id.'],
} as const satisfies Record<string, readonly [number, string, string]>;

export type ProblemCode = keyof typeof problems;

/**
 * A request that ends in a problem document (RFC 9457). Handlers throw it; the chain answers it.
 */
export class HttpProblem extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly InputError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    { errors = [], headers = {} }: { errors?: readonly InputError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.name = 'HttpProblem';
    this.code = code;
    this.errors = errors;
    this.headers = headers;
  }
}

/** What is not there, or not the caller's, is 404 either way. */
export function notFound(what: string, id: string): HttpProblem {
  return new HttpProblem('not_found', `There is no ${what} ${JSON.stringify(id.slice(0, 100))}.`);
}

/** Rules of the input that do not hold. */
export function invalidInput(errors: readonly InputError[]): HttpProblem {
  const [first, ...others] = errors;
  const detail =
    first && others.length === 0
      ? first.message
      : errors.map(({ pointer, message }) => `${pointer || '/'}: ${message}`).join(' ');
  return new HttpProblem('invalid_input', detail, { errors });
}

/** An id in a body that is not there or not the caller's. */
export function unknownId(pointer: string, what: string, id: string): HttpProblem {
  return invalidInput([{ pointer, code: 'not_found', message: `There is no ${what} ${id}.` }]);
}

/**
 * The problem document. `type` leads to the explanation on the docs page and ends in the code: that of the first
 * rule, when all errors are about one field.
 */
export function problemDocument({ code, message, errors }: HttpProblem, origin: string, requestId: string) {
  const [status, title] = problems[code];
  const [first, ...others] = errors;
  const aboutOne = first !== undefined && others.every(({ pointer }) => pointer === first.pointer);
  const told = aboutOne ? first.code : code;
  const nearest = errors.find((error) => error.nearest)?.nearest;
  return {
    type: `${origin}/docs#api/description/${told}`,
    title,
    status,
    code: told,
    detail: message,
    instance: requestId,
    ...(errors.length > 0 ? { errors } : {}),
    ...(nearest ? { nearest } : {}),
  };
}
