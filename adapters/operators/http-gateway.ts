import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LeftOutSim } from '../../domain/delivered-sim.ts';
import type { OperatorId } from '../../domain/ids.ts';
import { type OperatorGateway, OperatorUnavailable, type SimAnswer } from '../../domain/operator-port.ts';
import { type CallPolicy, operatorCallPolicy } from '../../domain/retry-policies.ts';
import {
  cancelAnswers,
  deliveredSimsAnswers,
  type ExpectedAnswers,
  orderStatusAnswers,
  type SimAnswers,
  simAnswers,
  submissionAnswers,
  usageAnswers,
} from './answers.ts';
import { connectionTo, type OperatorsConfiguration } from './configuration.ts';
import { type AttemptResult, withRetries } from './retry.ts';
import { type OperatorTraffic, unlimitedTraffic } from './traffic.ts';

/** The maximum number of ICCIDs in a request, and of SIMs or records in a page, that operators accept. */
const MAX_BATCH = 500;
const MAX_LOGGED_BODY = 500;
const MAX_LOGGED_ISSUES = 10;

export type OperatorsLogger = { warn(message: string, fields: Record<string, unknown>): void };

/** A finished call of an operator. `ms` is its duration, including retries, pauses and waiting for the rate limit. */
export type OperatorCall = { operatorId: OperatorId; ms: number; answered: boolean };

export type OperatorGatewaysOptions = {
  /** Read before each call, so that a changed key takes effect; see `operatorsConfiguration`. */
  configuration: () => Promise<OperatorsConfiguration>;
  logger: OperatorsLogger;
  /** Receives each finished call of a configured operator. */
  onCall?: (call: OperatorCall) => void;
  /** Rate limits and circuit breakers, shared by all functions. None when omitted. */
  traffic?: OperatorTraffic;
  /** Overrides `operatorCallPolicy` and `OPERATOR_TIMEOUT_MS`, the time-out of one attempt. */
  policy?: Partial<CallPolicy>;
};

type OperatorRequest<T> = {
  method: 'GET' | 'PUT' | 'POST';
  path: string;
  body?: unknown;
  idempotencyKey?: string;
  expected: ExpectedAnswers<T>;
};

/**
 * Gateways to the operators' HTTP API (`sandbox/README.md`). Operators differ only in their configuration.
 *
 * The only error of a call is `OperatorUnavailable`: after all attempts, the operator did not answer in time, or answered with a
 * server error, an undocumented status or an invalid body. The status of an order that the operator does not know (404) fails in
 * this way without retries. Either the order was never submitted or the operator lost it; submit it again with the same id.
 */
export function operatorGateways(options: OperatorGatewaysOptions): (operatorId: OperatorId) => OperatorGateway {
  const policy = { ...operatorCallPolicy, ...timeoutFromEnvironment(), ...options.policy };
  return (operatorId) => operatorGateway(operatorId, { ...options, policy });
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

type Settings = OperatorGatewaysOptions & { policy: CallPolicy };

function operatorGateway(operatorId: OperatorId, options: Settings): OperatorGateway {
  const call = <T>(request: OperatorRequest<T>) => callOperator(operatorId, options, request);

  /** Sends one batch after another, so as not to overload the operator. Logs SIMs without a usable answer. */
  async function inBatches(
    iccids: readonly string[],
    requestFor: (batch: string[]) => OperatorRequest<SimAnswers>,
  ): Promise<SimAnswer[]> {
    const answers: SimAnswer[] = [];
    for (const batch of batchesOf(iccids)) {
      const request = requestFor(batch);
      const answered = await call(request);
      answers.push(...answered.answers);
      if (answered.leftOut.length > 0) {
        await logLeftOut(request, answered.leftOut);
      }
    }
    return answers;
  }

  async function logLeftOut({ path }: OperatorRequest<SimAnswers>, leftOut: readonly LeftOutSim[]): Promise<void> {
    const apiKey = connectionTo(operatorId, await options.configuration())?.apiKey ?? '';
    options.logger.warn('invalid answer of an operator about SIMs', {
      operatorId,
      path,
      count: leftOut.length,
      sims: leftOut
        .slice(0, MAX_LOGGED_ISSUES)
        .map(({ name, problem }) => ({ name: redactKey(apiKey, name), problem: redactKey(apiKey, problem) })),
    });
  }

  const change = (path: string, batchKey: string, iccids: readonly string[], fields: object = {}) =>
    inBatches(iccids, (batch) => ({
      method: 'POST',
      path,
      body: { iccids: batch, ...fields },
      idempotencyKey: idempotencyKeyOf(batchKey, batch),
      expected: simAnswers(batch, { all: true }),
    }));

  return {
    submitOrder: ({ orderId, ...order }) =>
      call({
        method: 'PUT',
        path: `/orders/${encodeURIComponent(orderId)}`,
        body: order,
        expected: submissionAnswers(orderId),
      }),
    orderStatus: (orderId) =>
      call({
        method: 'GET',
        path: `/orders/${encodeURIComponent(orderId)}`,
        expected: orderStatusAnswers(orderId),
      }),
    cancelOrder: (orderId) =>
      call({
        method: 'POST',
        path: `/orders/${encodeURIComponent(orderId)}/cancel`,
        expected: cancelAnswers(orderId),
      }),
    deliveredSims: (orderId, checkDigit, cursor) =>
      call({
        method: 'GET',
        path: `/orders/${encodeURIComponent(orderId)}/sims?${pageQuery(cursor)}`,
        expected: deliveredSimsAnswers(checkDigit, cursor),
      }),
    activate: (batchKey, iccids) => change('/sims/activations', batchKey, iccids),
    setBars: (batchKey, iccids, barred) => change('/sims/bars', batchKey, iccids, { barred }),
    terminate: (batchKey, iccids) => change('/sims/terminations', batchKey, iccids),
    simStatus: (iccids) =>
      inBatches(iccids, (batch) => ({
        method: 'POST',
        path: '/sims/status',
        body: { iccids: batch },
        expected: simAnswers(batch, { all: false }),
      })),
    usageSince: (cursor) => call({ method: 'GET', path: `/usage?${pageQuery(cursor)}`, expected: usageAnswers() }),
  };
}

function pageQuery(cursor: string | undefined): URLSearchParams {
  return new URLSearchParams({ limit: String(MAX_BATCH), ...(cursor === undefined ? {} : { cursor }) });
}

/** Correlates the operator's log with ours: the value is `xray_trace_id` in the log lines of the invocation. */
function traceHeader(): Record<string, string> {
  const root = /Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1];
  return root === undefined ? {} : { 'x-request-id': root };
}

/** Calls the operator and reports the call. An operator that is not configured is not reported: this is no outage to alert on. */
async function callOperator<T>(operatorId: OperatorId, options: Settings, request: OperatorRequest<T>): Promise<T> {
  const startedAt = performance.now();
  let isReported = true;
  let answered = false;
  try {
    const connection = connectionTo(operatorId, await options.configuration());
    if (connection === undefined) {
      isReported = false;
      throw new OperatorUnavailable(`${nameOf(operatorId, request)}: the operator is not configured`);
    }
    const answer = await callConfigured(operatorId, connection, options, request);
    answered = true;
    return answer;
  } finally {
    if (isReported) {
      options.onCall?.({ operatorId, ms: performance.now() - startedAt, answered });
    }
  }
}

const nameOf = (operatorId: OperatorId, { method, path }: Pick<OperatorRequest<unknown>, 'method' | 'path'>) =>
  `${operatorId}: ${method} ${path}`;

async function callConfigured<T>(
  operatorId: OperatorId,
  connection: OperatorsConfiguration[string],
  options: Settings,
  request: OperatorRequest<T>,
): Promise<T> {
  const what = nameOf(operatorId, request);
  const { baseUrl, apiKey, requestsPerSecond } = connection;
  const { traffic = unlimitedTraffic, policy } = options;
  const circuit = await traffic.circuitState(operatorId);
  if (circuit === 'open') {
    throw new OperatorUnavailable(`${what}: the operator is down and is not called for now (circuit open)`);
  }
  const acquire = async () =>
    requestsPerSecond === undefined || (await traffic.acquire(operatorId, secondNow(), requestsPerSecond));
  const deadline = performance.now() + policy.budgetMs;
  while (!(await acquire())) {
    if (performance.now() > deadline) {
      throw new OperatorUnavailable(`${what}: rate limit reached, ${requestsPerSecond} requests a second`);
    }
    await sleep(untilNextSecond());
  }
  let isFirst = true;
  const result = await withRetries(policy, async (signal): Promise<AttemptResult<T>> => {
    if (!isFirst && !(await acquire())) {
      return { outcome: 'transient', detail: 'rate limit reached', retryAfterMs: untilNextSecond() };
    }
    isFirst = false;
    let status: number;
    let headers: Headers;
    let text: string;
    try {
      const response = await fetch(`${baseUrl}${request.path}`, {
        method: request.method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          accept: 'application/json',
          ...traceHeader(),
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
        },
        body: request.body === undefined ? null : JSON.stringify(request.body),
        // The API key must not be sent to the target of a redirect.
        redirect: 'manual',
        signal,
      });
      ({ status, headers } = response);
      text = await response.text();
    } catch (cause) {
      return { outcome: 'transient', detail: signal.aborted ? 'timed out' : 'no connection', cause };
    }
    const schema = request.expected[status];
    if (schema === undefined) {
      return undocumentedStatus(status, headers, redactKey(apiKey, text));
    }
    const read = schema.safeParse(jsonIn(text));
    if (read.success) {
      return { outcome: 'done', value: read.data };
    }
    options.logger.warn('invalid answer of an operator', {
      operatorId,
      method: request.method,
      path: request.path,
      status,
      issues: read.error.issues
        .slice(0, MAX_LOGGED_ISSUES)
        .map(({ path, message }) => ({ path: path.join('.'), message: redactKey(apiKey, message) })),
      body: truncate(redactKey(apiKey, text)),
    });
    return { outcome: 'transient', detail: `invalid answer with ${status}` };
  });
  // A permanent failure is an answer, too.
  const answered = result.outcome === 'done' || result.permanent;
  if (!answered || circuit === 'halfOpen') {
    await traffic.recordOutcome(operatorId, answered);
  }
  if (result.outcome === 'done') {
    return result.value;
  }
  const times = result.attempts === 1 ? 'after 1 attempt' : `after ${result.attempts} attempts`;
  throw new OperatorUnavailable(`${what}: ${result.detail}, ${times}`, { cause: result.cause });
}

const secondNow = () => Math.floor(Date.now() / 1_000);

/** Milliseconds until the next second, with jitter, so that waiting callers do not retry at the same moment. */
const untilNextSecond = () => 1_000 - (Date.now() % 1_000) + Math.random() * 200;

/** 408, 425, 429 and server errors are transient; any other undocumented status is permanent. */
function undocumentedStatus(status: number, headers: Headers, text: string): AttemptResult<never> {
  const detail = `answered ${status}${reasonIn(text)}`;
  if (![408, 425, 429].includes(status) && status < 500) {
    return { outcome: 'permanent', detail };
  }
  const retryAfterMs = retryAfter(headers.get('retry-after'));
  return { outcome: 'transient', detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Milliseconds to wait according to a `Retry-After` header, in seconds or as a date (RFC 9110, 10.2.3). */
function retryAfter(header: string | null): number | undefined {
  if (header === null) {
    return undefined;
  }
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** The operator's reason for its refusal, if it gives one. */
function reasonIn(text: string): string {
  const body = jsonIn(text);
  return typeof body === 'object' && body !== null && 'reason' in body && typeof body.reason === 'string'
    ? ` (${truncate(body.reason)})`
    : '';
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function truncate(text: string): string {
  return text.length <= MAX_LOGGED_BODY ? text : `${text.slice(0, MAX_LOGGED_BODY)}…`;
}

/** Redacts our API key, which an operator may repeat in its answer. */
function redactKey(apiKey: string, text: string): string {
  return apiKey === '' ? text : text.replaceAll(apiKey, '[API key]');
}

/** Batches of distinct ICCIDs in the given order, so that the same request yields the same batches. */
function batchesOf(iccids: readonly string[]): string[][] {
  const unique = [...new Set(iccids)];
  return Array.from({ length: Math.ceil(unique.length / MAX_BATCH) }, (_, index) =>
    unique.slice(index * MAX_BATCH, (index + 1) * MAX_BATCH),
  );
}

/**
 * The idempotency key of a request. Includes the batch, because a caller that resumes after a crash may have fewer SIMs left, and
 * operators reject a key that they know from another request.
 */
function idempotencyKeyOf(batchKey: string, batch: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([batchKey, batch]))
    .digest('base64url');
}
