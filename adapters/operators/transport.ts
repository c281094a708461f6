import type * as z from 'zod/mini';
import type { OperatorId } from '../../domain/ids.ts';
import { OperatorBusy, OperatorUnavailable } from '../../domain/operator-port.ts';
import { type CallPolicy, operatorCallPolicy } from '../../domain/retry-policies.ts';
import { connectionTo, type OperatorConnection, type OperatorsConfiguration } from './configuration.ts';
import { type AttemptResult, withRetries } from './retry.ts';
import type { OperatorTraffic } from './traffic.ts';
import { type Pacer, unpaced } from './turns.ts';

const MAX_LOGGED_BODY = 500;
const MAX_LOGGED_ISSUES = 10;

/** How long nobody calls an operator that has received too many calls and does not say when to continue. */
const DEFAULT_PAUSE_MS = 1_000;

/**
 * The answers that an operator may give to a request: for each documented status, a schema that transforms the body into the
 * type of the port. Unknown fields are ignored; any other deviation is an invalid answer.
 */
export type ExpectedAnswers<T> = Readonly<Record<number, z.ZodMiniType<T>>>;

export type OperatorsLogger = { warn(message: string, fields: Record<string, unknown>): void };

/** A finished call of an operator. `ms` is its duration, including retries, pauses and waiting for its moment. */
export type OperatorCall = { operatorId: OperatorId; ms: number; answered: boolean };

export type TransportOptions = {
  /** Read before each call, so that a changed key takes effect; see `operatorsConfiguration`. */
  configuration: () => Promise<OperatorsConfiguration>;
  logger: OperatorsLogger;
  /** Receives each finished call of a configured operator. */
  onCall?: (call: OperatorCall) => void;
  /** Circuit breakers, shared by all functions. None when omitted. */
  traffic?: Pick<OperatorTraffic, 'circuitState' | 'recordOutcome'>;
  /** Overrides `operatorCallPolicy` and `OPERATOR_TIMEOUT_MS`, the time-out of one attempt. */
  policy?: Partial<CallPolicy>;
};

export type OperatorRequest<T> = {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  path: string;
  /** Sent as JSON, or as a form if it is `URLSearchParams`. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** What the expected answer is read as. Default: JSON. */
  reads?: 'text';
  /** `false`: the request must not be repeated after a lost answer. */
  isRepeatable?: false;
  expected: ExpectedAnswers<T>;
};

/** What differs between the protocols of operators' platforms, apart from the requests. */
export type Protocol = {
  /** What the connection lacks for this protocol; `undefined` when nothing is missing. */
  missing(connection: OperatorConnection): string | undefined;
  /** The headers that authorise a request. */
  authorization(connection: OperatorConnection): Promise<Record<string, string>>;
  /** Drops authorisation that the operator refused with 401. @returns whether it was dropped, so that a retry gets new one. */
  renewAuthorization?(connection: OperatorConnection): boolean;
  /** Texts that an operator may repeat in its answer and that must not be logged, each with its replacement. */
  secrets(connection: OperatorConnection): readonly (readonly [secret: string, replacement: string])[];
  /** The pause that a transient error asks for, in milliseconds, other than by `Retry-After`. */
  pauseMs?(status: number, headers: Headers): number | undefined;
  /** The operator's reason in the body of an error, if it gives one. */
  reasonIn(body: unknown): string | undefined;
  /** Whether an answer other than 429 means that the operator received too many calls. Takes precedence over expected answers. */
  isRateLimited?(status: number, body: unknown): boolean;
};

/** Calls of one operator. */
export type Transport = {
  /**
   * The only errors are `OperatorUnavailable`: after all attempts, the operator did not answer in time, or answered with a server
   * error, an undocumented status or an invalid body; and `OperatorBusy`: its limits permit no further attempt for now.
   */
  call<T>(request: OperatorRequest<T>): Promise<T>;
  /** How many calls may be made at the same time. */
  width: number;
  /** The operator's address and credentials. @throws OperatorUnavailable when it has none, or they lack something */
  connection(): Promise<OperatorConnection>;
  /** Logs a part of an answer that was left out, without secrets. */
  logLeftOut(message: string, path: string, leftOut: readonly { name: string; problem: string }[]): Promise<void>;
};

/** The HTTP transport that the adapters of all kinds share: circuit breaker, limits, retries, validation and logging. */
export function operatorTransport(
  options: TransportOptions,
): (operatorId: OperatorId, protocol: Protocol, pacer?: Pacer) => Transport {
  const policy = { ...operatorCallPolicy, ...timeoutFromEnvironment(), ...options.policy };
  const settings = { ...options, policy };
  return (operatorId, protocol, pacer = unpaced) => ({
    call: (request) => callOperator(operatorId, settings, protocol, pacer, request),
    width: pacer.width,
    connection: () => usableConnection(operatorId, settings, protocol),
    async logLeftOut(message, path, leftOut) {
      const connection = connectionTo(operatorId, await options.configuration());
      const redact = (text: string) => redactSecrets(connection ? protocol.secrets(connection) : [], text);
      options.logger.warn(message, {
        operatorId,
        path,
        count: leftOut.length,
        sims: leftOut
          .slice(0, MAX_LOGGED_ISSUES)
          .map(({ name, problem }) => ({ name: redact(name), problem: redact(problem) })),
      });
    },
  });
}

/** @throws Error when `OPERATOR_TIMEOUT_MS` is invalid, so that a mistake in the deployment shows at once. */
function timeoutFromEnvironment(): Partial<CallPolicy> {
  const text = process.env.OPERATOR_TIMEOUT_MS;
  if (text === undefined || text === '') {
    return {};
  }
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new Error(`OPERATOR_TIMEOUT_MS must be whole milliseconds from 1 to 999999, not ${JSON.stringify(text)}`);
  }
  return { timeoutMs: Number(text) };
}

type Settings = TransportOptions & { policy: CallPolicy };

/** Correlates the operator's log with ours: the value is `xray_trace_id` in the log lines of the invocation. */
function traceHeader(): Record<string, string> {
  const root = /Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1];
  return root === undefined ? {} : { 'x-request-id': root };
}

/**
 * Calls the operator and reports the call. An operator that is not configured or busy is not reported: this is no outage to alert on.
 */
async function callOperator<T>(
  operatorId: OperatorId,
  options: Settings,
  protocol: Protocol,
  pacer: Pacer,
  request: OperatorRequest<T>,
): Promise<T> {
  const startedAt = performance.now();
  let isReported = true;
  let answered = false;
  try {
    isReported = false;
    const connection = await usableConnection(operatorId, options, protocol);
    isReported = true;
    const answer = await callConfigured({ operatorId, connection, options, protocol, pacer }, request);
    answered = true;
    return answer;
  } catch (error) {
    isReported &&= !(error instanceof OperatorBusy);
    throw error;
  } finally {
    if (isReported) {
      options.onCall?.({ operatorId, ms: performance.now() - startedAt, answered });
    }
  }
}

async function usableConnection(
  operatorId: OperatorId,
  options: Settings,
  protocol: Protocol,
): Promise<OperatorConnection> {
  const connection = connectionTo(operatorId, await options.configuration());
  const missing = connection === undefined ? 'the operator is not configured' : protocol.missing(connection);
  if (connection === undefined || missing !== undefined) {
    throw new OperatorUnavailable(`${operatorId}: ${missing}`);
  }
  return connection;
}

const nameOf = (operatorId: OperatorId, { method, path }: Pick<OperatorRequest<unknown>, 'method' | 'path'>) =>
  `${operatorId}: ${method} ${path}`;

/** What a call needs, apart from the request. */
type Caller = {
  operatorId: OperatorId;
  connection: OperatorConnection;
  options: Settings;
  protocol: Protocol;
  pacer: Pacer;
};

async function callConfigured<T>(caller: Caller, request: OperatorRequest<T>): Promise<T> {
  const { operatorId, options } = caller;
  const what = nameOf(operatorId, request);
  const { traffic } = options;
  const policy = request.isRepeatable === false ? { ...options.policy, maxAttempts: 1 } : options.policy;
  const circuit = await traffic?.circuitState(operatorId);
  if (circuit === 'open') {
    throw new OperatorUnavailable(`${what}: the operator is down and is not called for now (circuit open)`);
  }
  const result = await withRetries(policy, (start) => attemptCall(caller, request, start));
  // A permanent failure is an answer, too.
  const answered = result.outcome === 'done' || result.permanent;
  if (!answered || circuit === 'halfOpen') {
    await traffic?.recordOutcome(operatorId, answered);
  }
  if (result.outcome === 'done') {
    return result.value;
  }
  const times = result.attempts === 1 ? 'after 1 attempt' : `after ${result.attempts} attempts`;
  throw new OperatorUnavailable(`${what}: ${result.detail}, ${times}`, { cause: result.cause });
}

/** Makes one attempt when its moment has come. @throws OperatorBusy without making it */
async function attemptCall<T>(
  caller: Caller,
  request: OperatorRequest<T>,
  start: () => AbortSignal,
): Promise<AttemptResult<T>> {
  // Before the attempt has its moment: the call for a token takes one, too.
  const authorization = await caller.protocol.authorization(caller.connection);
  return caller.pacer.paced(() => sendAttempt(caller, request, authorization, start()));
}

async function sendAttempt<T>(
  { operatorId, connection, options, protocol, pacer }: Caller,
  request: OperatorRequest<T>,
  authorization: Record<string, string>,
  signal: AbortSignal,
): Promise<AttemptResult<T>> {
  const { method, path, body } = request;
  const redact = (text: string) => redactSecrets(protocol.secrets(connection), text);
  let status: number;
  let headers: Headers;
  let text: string;
  try {
    const response = await fetch(`${connection.baseUrl}${path}`, {
      method,
      headers: {
        ...authorization,
        accept: request.reads === 'text' ? '*/*' : 'application/json',
        ...traceHeader(),
        ...(body === undefined || body instanceof URLSearchParams ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      body: body === undefined ? null : body instanceof URLSearchParams ? body : JSON.stringify(body),
      // Credentials must not be sent to the target of a redirect.
      redirect: 'manual',
      signal,
    });
    ({ status, headers } = response);
    text = await response.text();
  } catch (cause) {
    return { outcome: 'transient', detail: signal.aborted ? 'timed out' : 'no connection', cause };
  }
  const answered = jsonIn(text);
  if (isRateLimited(protocol, status, answered)) {
    await pacer.pause(pauseOf(protocol, status, headers) ?? DEFAULT_PAUSE_MS);
  }
  const schema = protocol.isRateLimited?.(status, answered) === true ? undefined : request.expected[status];
  if (schema === undefined) {
    return undocumentedStatus({ status, headers, text: redact(text) }, protocol, connection);
  }
  const read = schema.safeParse(request.reads === 'text' ? text : answered);
  if (read.success) {
    return { outcome: 'done', value: read.data };
  }
  options.logger.warn('invalid answer of an operator', {
    operatorId,
    method,
    path,
    status,
    issues: read.error.issues
      .slice(0, MAX_LOGGED_ISSUES)
      .map(({ path, message }) => ({ path: path.join('.'), message: redact(message) })),
    body: truncate(redact(text)),
  });
  return { outcome: 'transient', detail: `invalid answer with ${status}` };
}

/**
 * 408, 425, 429 and server errors are transient, and so is a 401 when the protocol can get new authorisation; any other
 * undocumented status is permanent.
 */
function undocumentedStatus(
  { status, headers, text }: { status: number; headers: Headers; text: string },
  protocol: Protocol,
  connection: OperatorConnection,
): AttemptResult<never> {
  const body = jsonIn(text);
  const reason = protocol.reasonIn(body);
  const detail = `answered ${status}${reason === undefined ? '' : ` (${truncate(reason)})`}`;
  const isRenewable = status === 401 && protocol.renewAuthorization?.(connection) === true;
  if (!isRenewable && !isRateLimited(protocol, status, body) && ![408, 425].includes(status) && status < 500) {
    return { outcome: 'permanent', detail };
  }
  const retryAfterMs = pauseOf(protocol, status, headers);
  return { outcome: 'transient', detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function isRateLimited(protocol: Protocol, status: number, body: unknown): boolean {
  return status === 429 || protocol.isRateLimited?.(status, body) === true;
}

function pauseOf(protocol: Protocol, status: number, headers: Headers): number | undefined {
  return protocol.pauseMs?.(status, headers) ?? retryAfter(headers.get('retry-after'));
}

/** Milliseconds to wait according to a `Retry-After` header, in seconds or as a date (RFC 9110, 10.2.3). */
function retryAfter(header: string | null): number | undefined {
  if (header === null) {
    return undefined;
  }
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** The value of a JSON text; `undefined` for any other text. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function truncate(text: string): string {
  return text.length <= MAX_LOGGED_BODY ? text : `${text.slice(0, MAX_LOGGED_BODY)}…`;
}

function redactSecrets(secrets: ReturnType<Protocol['secrets']>, text: string): string {
  return secrets.reduce(
    (redacted, [secret, name]) => (secret === '' ? redacted : redacted.replaceAll(secret, name)),
    text,
  );
}
