import type { InputError, Refusal, RefusalCode, SimsByState } from '../../use-cases/refusal.ts';

/** Every problem type of the API: status, title and explanation. The reference page lists them. */
export const problems = {
  invalid_json: [400, 'Invalid JSON', 'The body is not a JSON value in UTF-8.'],
  invalid_encoding: [400, 'Not UTF-8', 'The body contains bytes that are not UTF-8. Nothing was read.'],
  invalid_csv: [
    400,
    'Invalid CSV',
    'The body is not CSV (RFC 4180, UTF-8) with a header row and the same number of fields in every row.',
  ],
  invalid_cursor: [400, 'Invalid cursor', 'Pass `nextCursor` unchanged, with the same path and filters.'],
  forbidden: [
    403,
    'Forbidden',
    'Your roles or your partner do not permit this request; `detail` has the reason. Each operation lists the roles that it requires.',
  ],
  role_not_held: [403, 'Role not held', 'You cannot give a role that you do not have yourself.'],
  not_found: [404, 'Not found', 'The resource does not exist, or it is not yours.'],
  conflict: [409, 'Concurrent change', 'The resource was changed by a concurrent request. Read it again and retry.'],
  wrong_state: [409, 'Not allowed in this state', 'The state of the resource does not permit the request.'],
  in_use: [409, 'In use', 'Remove what still uses the resource first.'],
  name_taken: [409, 'Name taken', 'The name is already in use. Choose another one.'],
  email_taken: [409, 'Email address taken', 'A user with this email address already exists.'],
  last_admin: [409, 'Last admin', 'A partner keeps at least one active admin. Make another user an admin first.'],
  last_role: [409, 'Last role', 'A user needs at least one role. Delete the user instead.'],
  own_user: [409, 'Own user', 'You cannot do this to your own user. Ask another admin.'],
  no_user_pool: [409, 'External token issuer', 'Users and API clients are managed by the issuer that `detail` names.'],
  too_many: [409, 'Limit reached', 'The maximum number of resources exists. Delete one first.'],
  holding_service: [409, 'Holding service', 'Holding services are managed by the system and cannot be changed.'],
  tariff_in_use: [409, 'Tariff in use', 'A tariff keeps its audience and its operators. Create a new tariff instead.'],
  tariff_mismatch: [
    409,
    'Tariff does not cover all SIMs',
    'The service has SIMs of operators that the tariff does not cover. `detail` has their number.',
  ],
  not_manual: [
    409,
    'Not manual',
    'The operator takes orders over its API. The platform’s staff handle only manual orders.',
  ],
  not_supported: [409, 'Not supported by the operator', 'The system of the SIM’s operator cannot do this.'],
  operator_refused: [409, 'Refused by the operator', '`detail` contains the reason that the operator gave.'],
  request_under_way: [
    409,
    'Request in progress',
    'Another request with the same `Idempotency-Key` is in progress. Retry later.',
  ],
  precondition_failed: [
    412,
    'Precondition failed',
    'The resource has changed since you read its `ETag`, or it exists (`If-None-Match: *`) or does not exist (`If-Match`). `detail` names the case.',
  ],
  body_too_large: [413, 'Body too large', 'The maximum size of a body is 1 MiB.'],
  unsupported_media_type: [
    415,
    'Unsupported media type',
    'Send `application/json`, or `text/csv` where the operation accepts it.',
  ],
  invalid_input: [422, 'Invalid input', '`errors` lists each invalid field with the rule that it violates.'],
  key_reused: [422, 'Idempotency key reused', 'Use a new `Idempotency-Key` for every request.'],
  too_many_requests: [
    429,
    'Too many requests',
    'Wait for the number of seconds in `Retry-After`, then send the request again.',
  ],
  operator_unavailable: [
    503,
    'Operator unavailable',
    'The operator did not respond. Nothing was changed. Try again later.',
  ],
  busy: [503, 'Too busy', 'The service is overloaded. Retry after the number of seconds in `Retry-After`.'],
  internal_error: [500, 'Internal error', 'An unexpected error occurred. Report the request id to support.'],
} as const satisfies Record<RefusalCode, readonly [number, string, string]> &
  Record<string, readonly [number, string, string]>;

export type ProblemCode = keyof typeof problems;

/** A request that the HTTP pipeline ends with a problem document (RFC 9457). Use cases throw a `Refusal` instead. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly code: ProblemCode;
  readonly errors: readonly InputError[];
  readonly headers: Readonly<Record<string, string>>;
  readonly simsByState: SimsByState | undefined;

  constructor(
    code: ProblemCode,
    detail: string,
    {
      errors = [],
      headers = {},
      simsByState,
    }: { errors?: readonly InputError[]; headers?: Record<string, string>; simsByState?: SimsByState | undefined } = {},
  ) {
    super(detail);
    this.code = code;
    this.errors = errors;
    this.headers = headers;
    this.simsByState = simsByState;
  }
}

/** Whether a retry of the same request gets the same problem. Server errors and conflicts can be transient. */
export function isFinalProblem({ code }: HttpProblem): boolean {
  const [status] = problems[code];
  return status < 500 && code !== 'conflict';
}

/** The problem of a use case's refusal. */
export function problemOf({ code, message, errors, retryAfterSeconds, simsByState }: Refusal): HttpProblem {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return new HttpProblem(code, message, { errors, headers, simsByState });
}

/**
 * The problem document. `type` links to the explanation on the reference page and ends in the code. When all errors concern
 * one field, the code is that of the first violated rule.
 */
export function problemDocument(
  { code, message, errors, simsByState }: HttpProblem,
  origin: string,
  requestId: string,
) {
  const [status, title] = problems[code];
  const [first, ...others] = errors;
  const concernsOneField = first !== undefined && others.every(({ pointer }) => pointer === first.pointer);
  const shownCode = concernsOneField ? first.code : code;
  const nearest = errors.find((error) => error.nearest)?.nearest;
  return {
    type: `${origin}/docs#${shownCode}`,
    title,
    status,
    code: shownCode,
    detail: message,
    instance: requestId,
    ...(errors.length > 0 ? { errors } : {}),
    ...(nearest ? { nearest } : {}),
    ...(simsByState ? { simsByState } : {}),
  };
}
