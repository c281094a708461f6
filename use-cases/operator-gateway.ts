import { setTimeout as sleep } from 'node:timers/promises';
import { operatorTraffic } from '../adapters/dynamodb/operator-traffic.ts';
import { getOperator } from '../adapters/dynamodb/operators.ts';
import { connectionTo, operatorsConfiguration } from '../adapters/operators/configuration.ts';
import { operatorGateways } from '../adapters/operators/gateways.ts';
import type { TurnAnswer } from '../adapters/operators/traffic.ts';
import { type PacedTurn, pacedSingly, pacedTurn, unpaced } from '../adapters/operators/turns.ts';
import { logger } from '../adapters/telemetry/logger.ts';
import { recordMetric } from '../adapters/telemetry/metrics.ts';
import type { OperatorId } from '../domain/ids.ts';
import type { PlatformKind } from '../domain/operator.ts';
import { capabilitiesOf, platformKindOf } from '../domain/operator-capabilities.ts';
import { type OperatorGateway, OperatorUnavailable } from '../domain/operator-port.ts';
import { isLimited, type OperatorLimits } from '../domain/operator-turns.ts';

const gatewayOf = operatorGateways({
  configuration: operatorsConfiguration,
  logger,
  traffic: operatorTraffic,
  onCall: ({ operatorId: operator, ms, answered }) => {
    recordMetric('OperatorErrors', answered ? 0 : 1, { operator });
    if (answered) {
      recordMetric('OperatorLatency', ms, { operator });
    }
  },
});

/** Calls that are made on their own. Those about the SIMs of a fleet take turns (`turnsAt`). */
type SingleCalls = Omit<OperatorGateway, 'activate' | 'startTest' | 'simStatus' | 'simDetails' | 'usageTotals'>;

/**
 * Single calls to an operator, by id, as configured for this deployment. At an operator with limits, they pass work on many SIMs
 * (`turnsAt`).
 */
export function operatorOf(operatorId: OperatorId): SingleCalls {
  const gateway = async () => {
    const { kind, batchSize, limits } = await platformOf(operatorId);
    const pacer = isLimited(limits) ? pacedSingly(operatorId, limits, operatorTraffic) : unpaced;
    return gatewayOf(kind, operatorId, { pacer, batchSize });
  };
  return {
    submitOrder: async (...order) => (await gateway()).submitOrder(...order),
    ordersSince: async (...since) => (await gateway()).ordersSince(...since),
    orderStatus: async (...order) => (await gateway()).orderStatus(...order),
    cancelOrder: async (...order) => (await gateway()).cancelOrder(...order),
    deliveredSims: async (...page) => (await gateway()).deliveredSims(...page),
    setBars: async (...batch) => (await gateway()).setBars(...batch),
    terminate: async (...batch) => (await gateway()).terminate(...batch),
    dataSession: async (...sim) => (await gateway()).dataSession(...sim),
    usageSince: async (...cursor) => (await gateway()).usageSince(...cursor),
  };
}

/** A turn at an operator: its gateway, how many SIMs its calls suffice for, and whether a call was refused because it was over. */
export type OperatorTurn = { gateway: OperatorGateway; sims: number; isCut(): boolean };

/** Turns that one holder takes at an operator, one after the other. */
export type OperatorTurns = {
  /** @returns the next turn, or how long to wait before asking again, in milliseconds of real time. */
  next(sims: number): Promise<OperatorTurn | { waitMs: number }>;
  /** Lets others call the operator. */
  end(): Promise<void>;
};

/** How long a function waits for its turn. The state machine waits longer. */
const MAX_WAIT_MS = 1_000;

/** How long work that needs more calls than its turn has waits for a further turn. Longer than the limit of a minute makes calls wait. */
const MAX_EXTENSION_WAIT_MS = 10_000;

/** How many calls a turn has at an operator without limits, so that its caller can look at the clock in between. */
const UNLIMITED_CALLS = 20;

/**
 * Turns at an operator for work on many SIMs. An operator without limits always gives one.
 *
 * @param holder identifies the work, which has one turn at a time.
 */
export async function turnsAt(operatorId: OperatorId, holder: string): Promise<OperatorTurns> {
  const { kind, batchSize, limits, simsPerCall } = await platformOf(operatorId);
  if (!isLimited(limits)) {
    const gateway = gatewayOf(kind, operatorId, { batchSize });
    return {
      next: async () => ({ gateway, sims: UNLIMITED_CALLS * simsPerCall, isCut: () => false }),
      end: async () => undefined,
    };
  }
  let last: PacedTurn | undefined;
  const request = (calls: number) =>
    operatorTraffic.takeTurn(operatorId, limits, { holder, calls, urgent: false, unused: last?.unused() ?? 0 });
  const requestPatiently = (calls: number, maxMs: number) => askAgainFor(maxMs, () => request(calls));
  return {
    async next(sims) {
      // One more, for a repetition or a new token.
      const answer = await requestPatiently(Math.ceil(sims / simsPerCall) + 1, MAX_WAIT_MS);
      last = undefined;
      if ('waitMs' in answer) {
        recordMetric('OperatorWaits', 1, { operator: operatorId });
        return answer;
      }
      const extend = async () => {
        const further = await requestPatiently(1, MAX_EXTENSION_WAIT_MS);
        return 'turn' in further ? further.turn : undefined;
      };
      const turn = pacedTurn(answer.turn, limits, extend, (ms, tookCalls) =>
        operatorTraffic.pauseCalls(operatorId, ms, tookCalls),
      );
      last = turn;
      return {
        gateway: gatewayOf(kind, operatorId, { pacer: turn, batchSize }),
        sims: Math.max(1, answer.turn.calls - 1) * simsPerCall,
        isCut: turn.isCut,
      };
    },
    async end() {
      if (last) {
        await operatorTraffic.endTurn(operatorId, limits, holder, last.unused());
      }
    },
  };
}

/** Requests a turn until there is one, or the next request would be after `maxMs`. */
async function askAgainFor(maxMs: number, request: () => Promise<TurnAnswer>): Promise<TurnAnswer> {
  const deadline = performance.now() + maxMs;
  for (;;) {
    const answer = await request();
    if ('turn' in answer || performance.now() + answer.waitMs > deadline) {
      return answer;
    }
    await sleep(answer.waitMs);
  }
}

/** Whether the operator recognises a repeated submission of an order. */
export async function hasIdempotentOrders(operatorId: OperatorId): Promise<boolean> {
  return capabilitiesOf((await platformOf(operatorId)).kind).idempotentOrders;
}

/** How an operator is called. */
type Platform = { kind: PlatformKind; limits: OperatorLimits; batchSize: number | undefined; simsPerCall: number };

/** How long a platform is remembered, in milliseconds of real time. An operator hardly ever changes it. */
const PLATFORM_CACHE_MS = 60_000;

const platforms = new Map<OperatorId, { platform: Platform; until: number }>();

async function platformOf(operatorId: OperatorId): Promise<Platform> {
  const cached = platforms.get(operatorId);
  if (cached && cached.until > Date.now()) {
    return cached.platform;
  }
  const platform = await readPlatform(operatorId);
  platforms.set(operatorId, { platform, until: Date.now() + PLATFORM_CACHE_MS });
  return platform;
}

/** Operators from before kinds existed have their limit in the secret. */
async function readPlatform(operatorId: OperatorId): Promise<Platform> {
  const operator = await getOperator(operatorId);
  const settings = operator?.platform;
  const { requestsPerMinute, concurrency, batchSize } = settings ?? {};
  const kind = platformKindOf(operator ?? {});
  const requestsPerSecond = settings?.requestsPerSecond ?? (await limitInSecret(operatorId));
  return {
    kind,
    limits: {
      ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
      ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
      ...(concurrency === undefined ? {} : { concurrency }),
    },
    batchSize,
    simsPerCall: Math.min(capabilitiesOf(kind).simsPerCall, batchSize ?? Number.POSITIVE_INFINITY),
  };
}

async function limitInSecret(operatorId: OperatorId): Promise<number | undefined> {
  try {
    return connectionTo(operatorId, await operatorsConfiguration())?.requestsPerSecond;
  } catch (error) {
    if (error instanceof OperatorUnavailable) {
      return undefined;
    }
    throw error;
  }
}
