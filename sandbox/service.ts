import { createHash, timingSafeEqual } from 'node:crypto';
import { isOperatorId } from '../domain/operator.ts';
import { type BehaviourRequest, behaviourSchema, type Usage, usageSchema } from './behaviour.ts';
import { answerIotAccelerator } from './iot-accelerator/api.ts';
import { htmlError, problem } from './iot-accelerator/errors.ts';
import { countCall } from './iot-accelerator/limits.ts';
import { hasToken, login } from './iot-accelerator/token.ts';
import type { OperatorId } from './networks.ts';
import { type ApiAnswer, type ApiRequest, addUsage, answerRequest, type Context, refusal } from './operators-api.ts';
import type { Store } from './store.ts';

/** An HTTP call, independent of the transport. `json` returns undefined when the body is not JSON or too long; its value is null for an empty body. */
export type SandboxRequest = {
  method: string;
  url: URL;
  header(name: string): string | undefined;
  json(): Promise<{ value: unknown } | undefined>;
};

export type ServiceOptions = {
  store: Store;
  /** The operators' time. */
  now: () => Date;
  /** The key that callers must send: `Authorization: Bearer <apiKey>`. */
  apiKey: string;
  /** Returns random numbers from 0 to 1 for `failureRate`; for tests. */
  random?: () => number;
};

export type Service = {
  /** Handles a call; returns undefined when the operator stalls. */
  answer(call: SandboxRequest): Promise<ApiAnswer | undefined>;
  /** Replaces the behaviour of an operator. Throws when the behaviour is invalid. */
  behave(operatorId: string, behaviour: BehaviourRequest): void;
  /** Records usage of a SIM. Throws when the usage is invalid. */
  recordUsage(operatorId: string, usage: Usage): void;
};

/** Creates the service of all operators on one store; README.md documents its paths. */
export function operatorsService({ store, now, apiKey, random = Math.random }: ServiceOptions): Service {
  function behave(operatorId: string, behaviour: BehaviourRequest): void {
    store.books(knownOperator(operatorId)).behaviour = behaviourSchema.parse(behaviour);
    store.changed();
  }

  function recordUsage(operatorId: string, usage: Usage): void {
    const id = knownOperator(operatorId);
    addUsage({ operatorId: id, books: store.books(id), now: now() }, usageSchema.parse(usage));
    store.changed();
  }

  async function answerOperator(
    operatorId: OperatorId,
    path: string[],
    call: SandboxRequest,
  ): Promise<ApiAnswer | undefined> {
    const books = store.books(operatorId);
    if (books.behaviour.stall) {
      return undefined;
    }
    const body = await call.json();
    if (body === undefined) {
      return refusal(400, 'invalid_json', 'The body is not JSON, or too long');
    }
    // As with real operators, a failing call may have taken effect: half of them do.
    const fails = random() < books.behaviour.failureRate;
    const takesEffect = !fails || random() < 0.5;
    const request = {
      method: call.method,
      path,
      query: call.url.searchParams,
      idempotencyKey: call.header('idempotency-key'),
      body: body.value,
    };
    const protocol = protocolOf(path);
    const answer = takesEffect ? protocol.answer({ operatorId, books, now: now() }, request) : undefined;
    if (answer?.changed !== undefined) {
      store.changed();
      if (answer.changed === 'order') {
        await store.save();
      }
    }
    return fails ? protocol.overloaded : answer;
  }

  /** Handles the control routes of a standalone sandbox. */
  async function answerControl(operatorId: OperatorId, what: string, call: SandboxRequest): Promise<ApiAnswer> {
    const body = await call.json();
    if (what === 'PUT behaviour') {
      const behaviour = behaviourSchema.safeParse(body?.value);
      if (behaviour.success) {
        behave(operatorId, behaviour.data);
        return { status: 200, body: behaviour.data };
      }
      return refusal(422, 'invalid_behaviour', behaviour.error.message);
    }
    if (what === 'POST usage') {
      const usage = usageSchema.safeParse(body?.value);
      if (usage.success) {
        recordUsage(operatorId, usage.data);
        return { status: 202, body: usage.data };
      }
      return refusal(422, 'invalid_usage', usage.error.message);
    }
    return refusal(404, 'unknown_path', 'The control routes are PUT behaviour and POST usage');
  }

  return {
    behave,
    recordUsage,
    async answer(call) {
      const { area, operatorId, path } = parsePath(call.url);
      if (area === 'health') {
        return { status: 200, body: { status: 'ok', now: now().toISOString() } };
      }
      if (area === 'operators' && path.join('/') === 'auth/token') {
        return login((await call.json())?.value, apiKey);
      }
      if (!isAllowed(call, apiKey)) {
        return protocolOf(path).unauthorised;
      }
      if (operatorId === undefined) {
        return refusal(404, 'unknown_operator', 'The id of an operator is missing or malformed');
      }
      switch (area) {
        case 'operators':
          return answerOperator(operatorId, path, call);
        case 'control':
          return answerControl(operatorId, `${call.method} ${path.join('/')}`, call);
        default:
          return refusal(404, 'unknown_path', 'The paths are /operators, /control and /health');
      }
    },
  };
}

/** A protocol in which the operators can be called. */
type Protocol = {
  answer(context: Context, request: ApiRequest): ApiAnswer;
  overloaded: ApiAnswer;
  unauthorised: ApiAnswer;
};

const simFulfilment: Protocol = {
  answer: answerRequest,
  overloaded: refusal(503, 'overloaded', 'Too many requests: retry'),
  unauthorised: refusal(401, 'unauthorised', 'The API key is missing or wrong'),
};

const iotAccelerator: Protocol = {
  answer(context, request) {
    const { isWithin, headers } = countCall(context.books, request.path.slice(0, 2).join('/'), Date.now());
    const answer = isWithin
      ? answerIotAccelerator(context, request)
      : problem(429, 'Too Many Requests', 'API rate limit exceeded');
    return { ...answer, headers };
  },
  overloaded: htmlError(503, 'Service Unavailable'),
  unauthorised: problem(401, 'Unauthorized', 'Token expired'),
};

const protocolOf = (path: readonly string[]) => (isIotAcceleratorPath(path) ? iotAccelerator : simFulfilment);

/** Whether a call uses the protocol of IoT Accelerator, which has paths of its own. */
function isIotAcceleratorPath([first]: readonly string[]): boolean {
  return first === 'auth' || first === 'subscriptions' || first === 'sica';
}

/** Whether the caller sent the API key, or a token where the protocol asks for one. */
export function isAllowed(call: SandboxRequest, apiKey: string): boolean {
  const { area, path } = parsePath(call.url);
  return area === 'operators' && isIotAcceleratorPath(path)
    ? hasToken(call.header('authorization'), apiKey)
    : isAuthorised(call, apiKey);
}

/**
 * Whether the caller sent the API key. Compares digests in constant time, so that the duration reveals neither the key nor its
 * length.
 */
function isAuthorised(call: SandboxRequest, apiKey: string): boolean {
  return timingSafeEqual(digestOf(call.header('authorization') ?? ''), digestOf(`Bearer ${apiKey}`));
}

const digestOf = (text: string) => createHash('sha256').update(text).digest();

/** Splits a path into its area, operator and rest; the operator is undefined when its id is missing or malformed. */
export function parsePath(url: URL): { area: string | undefined; operatorId: OperatorId | undefined; path: string[] } {
  const [area, id, ...path] = url.pathname.split('/').filter(Boolean);
  return { area, operatorId: id !== undefined && isOperatorId(id) ? id : undefined, path };
}

function knownOperator(operatorId: string): OperatorId {
  if (!isOperatorId(operatorId)) {
    throw new Error(`${JSON.stringify(operatorId)} is not the id of an operator`);
  }
  return operatorId;
}
