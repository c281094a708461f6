import type { SimState } from '../domain/sim.ts';
import type { Violation } from '../domain/verdict.ts';

/** The codes of refusals. Each is a problem type of the API; `functions/http/problem.ts` maps it to a status. */
export type RefusalCode =
  | 'conflict'
  | 'email_taken'
  | 'forbidden'
  | 'holding_service'
  | 'in_use'
  | 'invalid_input'
  | 'last_admin'
  | 'last_role'
  | 'name_taken'
  | 'no_user_pool'
  | 'not_found'
  | 'not_manual'
  | 'not_supported'
  | 'operator_refused'
  | 'operator_unavailable'
  | 'own_user'
  | 'role_not_held'
  | 'tariff_in_use'
  | 'tariff_mismatch'
  | 'too_many'
  | 'wrong_state';

/** An invalid field: its JSON pointer, the violated rule, and for a quantity the nearest valid ones. */
export type InputError = Violation & { nearest?: readonly number[] };

/** Numbers of SIMs. States without SIMs are absent. */
export type SimsByState = Readonly<Partial<Record<SimState, number>>>;

/**
 * A request that the rules refuse: an expected outcome, not a fault.
 *
 * @example
 * throw new Refusal('wrong_state', `The order is ${order.state}. Only failed orders can be resumed.`);
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly errors: readonly InputError[];
  /** The number of seconds after which a retry can succeed, if known. */
  readonly retryAfterSeconds: number | undefined;
  /** The number of SIMs that prevent the deletion, by state. */
  readonly simsByState: SimsByState | undefined;

  constructor(
    code: RefusalCode,
    detail: string,
    {
      errors = [],
      retryAfterSeconds,
      simsByState,
    }: { errors?: readonly InputError[]; retryAfterSeconds?: number; simsByState?: SimsByState } = {},
  ) {
    super(detail);
    this.code = code;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
    this.simsByState = simsByState;
  }
}

/** The refusal for a resource that does not exist or belongs to another partner. */
export function notFound(what: string, id: string): Refusal {
  return new Refusal('not_found', `There is no ${what} ${JSON.stringify(id.slice(0, 100))}.`);
}

/**
 * The resource, if there is one.
 *
 * @throws Refusal `not_found`
 * @example
 * const order = orNotFound(await getOrder(partnerId, id), 'order', id);
 */
export function orNotFound<Resource>(found: Resource | undefined, what: string, id: string): Resource {
  if (found === undefined) {
    throw notFound(what, id);
  }
  return found;
}

/** The refusal for input that violates rules. Its message names each field. */
export function invalidInput(errors: readonly InputError[]): Refusal {
  return new Refusal('invalid_input', errors.map(namingField).join(' '), { errors });
}

/** The refusal for an id in a body that does not exist or belongs to another partner. */
export function unknownId(pointer: string, what: string, id: string): Refusal {
  return invalidInput([unknownIdError(pointer, what, id)]);
}

/** The error of `unknownId`, for input with several ids. */
export function unknownIdError(pointer: string, what: string, id: string): InputError {
  return { pointer, code: 'not_found', message: `There is no ${what} ${id}.` };
}

/** The message of an error, preceded by the JSON pointer when it does not name the field itself. */
function namingField({ pointer, message }: InputError): string {
  const field = unescapePointer(pointer.split('/').at(-1) ?? '');
  return field !== '' && message.includes(field) ? message : `${pointer || '/'}: ${message}`;
}

/** Escapes a field name for a JSON pointer (RFC 6901). */
export const escapePointer = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');

const unescapePointer = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');
