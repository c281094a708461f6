import { setTimeout as sleep } from 'node:timers/promises';
import { isOperatorId } from '../domain/operator.ts';
import { answerControl, type Control, contextOf, controlOf } from './control.ts';
import { login } from './iot-accelerator/token.ts';
import type { OperatorId } from './networks.ts';
import { type ApiAnswer, refusal } from './operators-api.ts';
import { isEqual, type Protocol, protocolOf } from './protocols.ts';
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

/** How many calls an operator has received, and how many of them it answered as too many. */
export type CallCount = { calls: number; tooMany: number };

export type Service = Control & {
  callsOf(operatorId: string): CallCount;
  /** Handles a call; returns undefined when the operator stalls. */
  answer(call: SandboxRequest): Promise<ApiAnswer | undefined>;
};

/** Creates the service of all operators on one store; README.md documents its paths. */
export function operatorsService(options: ServiceOptions): Service {
  const { store, now, apiKey } = options;
  const control = controlOf(store, now);
  const counts = new Map<string, CallCount>();
  const answerOperator = operatorCalls(options, counts);
  return {
    ...control,
    callsOf: (operatorId) => counts.get(operatorId) ?? { calls: 0, tooMany: 0 },
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
          return answerControl(control, operatorId, `${call.method} ${path.join('/')}`, (await call.json())?.value);
        default:
          return refusal(404, 'unknown_path', 'The paths are /operators, /control and /health');
      }
    },
  };
}

type OperatorCall = [operatorId: OperatorId, path: string[], call: SandboxRequest];

/** Handles calls of operators, as their behaviour says. */
function operatorCalls({ store, now, random = Math.random }: ServiceOptions, counts: Map<string, CallCount>) {
  /** The number of calls in progress, by operator. */
  const inProgress = new Map<OperatorId, number>();

  async function answerInProtocol(
    protocol: Protocol,
    ...[operatorId, path, call]: OperatorCall
  ): Promise<ApiAnswer | undefined> {
    const body = await call.json();
    if (body === undefined) {
      return protocol.badJson;
    }
    const context = contextOf(store, now, operatorId);
    // As with real operators, a failing call may have taken effect: half of them do.
    const fails = random() < context.books.behaviour.failureRate;
    const takesEffect = !fails || random() < 0.5;
    const request = {
      method: call.method,
      path,
      query: call.url.searchParams,
      idempotencyKey: call.header('idempotency-key'),
      body: body.value,
    };
    const answer = takesEffect ? protocol.answer(context, request) : undefined;
    if (answer?.changed !== undefined) {
      store.changed();
      if (answer.changed === 'order') {
        await store.save();
      }
    }
    return fails ? protocol.failed(takesEffect) : answer;
  }

  async function answerWithinLimits(
    protocol: Protocol,
    ...[operatorId, path, call]: OperatorCall
  ): Promise<ApiAnswer | undefined> {
    const { stall, concurrentCalls = Number.POSITIVE_INFINITY, latencyMs } = store.books(operatorId).behaviour;
    if (stall) {
      return undefined;
    }
    const calls = inProgress.get(operatorId) ?? 0;
    if (calls >= concurrentCalls) {
      return protocol.tooManyCalls;
    }
    inProgress.set(operatorId, calls + 1);
    try {
      if (latencyMs > 0) {
        await sleep(latencyMs);
      }
      return await answerInProtocol(protocol, operatorId, path, call);
    } finally {
      inProgress.set(operatorId, (inProgress.get(operatorId) ?? 1) - 1);
    }
  }

  return async (...[operatorId, path, call]: OperatorCall): Promise<ApiAnswer | undefined> => {
    const protocol = protocolOf(path);
    const answer = await answerWithinLimits(protocol, operatorId, path, call);
    const { calls, tooMany } = counts.get(operatorId) ?? { calls: 0, tooMany: 0 };
    const isTooMany = answer?.body === protocol.tooManyCalls.body;
    counts.set(operatorId, { calls: calls + 1, tooMany: tooMany + (isTooMany ? 1 : 0) });
    return answer;
  };
}

/** Whether the caller sent the credentials of the protocol; control routes take the API key. */
export function isAllowed(call: SandboxRequest, apiKey: string): boolean {
  const { area, path } = parsePath(call.url);
  const authorization = call.header('authorization');
  return area === 'operators'
    ? protocolOf(path).isAuthorised(authorization, apiKey)
    : isEqual(authorization, `Bearer ${apiKey}`);
}

/** Splits a path into its area, operator and rest; the operator is undefined when its id is missing or malformed. */
export function parsePath(url: URL): { area: string | undefined; operatorId: OperatorId | undefined; path: string[] } {
  const [area, id, ...path] = url.pathname.split('/').filter(Boolean);
  return { area, operatorId: id !== undefined && isOperatorId(id) ? id : undefined, path };
}
