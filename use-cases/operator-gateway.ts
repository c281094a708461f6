import { operatorTraffic } from '../adapters/dynamodb/operator-traffic.ts';
import { getOperator } from '../adapters/dynamodb/operators.ts';
import { operatorsConfiguration } from '../adapters/operators/configuration.ts';
import { operatorGateways } from '../adapters/operators/gateways.ts';
import { logger } from '../adapters/telemetry/logger.ts';
import { recordMetric } from '../adapters/telemetry/metrics.ts';
import type { OperatorId } from '../domain/ids.ts';
import type { PlatformKind } from '../domain/operator.ts';
import { capabilitiesOf } from '../domain/operator-capabilities.ts';
import type { OperatorGateway } from '../domain/operator-port.ts';

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

/** The gateway to an operator, by id, as configured for this deployment. Each call reads the kind of the operator's platform. */
export function operatorOf(operatorId: OperatorId): OperatorGateway {
  const gateway = async () => gatewayOf(await platformKindOf(operatorId), operatorId);
  return {
    submitOrder: async (...order) => (await gateway()).submitOrder(...order),
    ordersSince: async (...since) => (await gateway()).ordersSince(...since),
    orderStatus: async (...order) => (await gateway()).orderStatus(...order),
    cancelOrder: async (...order) => (await gateway()).cancelOrder(...order),
    deliveredSims: async (...page) => (await gateway()).deliveredSims(...page),
    activate: async (...batch) => (await gateway()).activate(...batch),
    simStatus: async (...batch) => (await gateway()).simStatus(...batch),
    setBars: async (...batch) => (await gateway()).setBars(...batch),
    terminate: async (...batch) => (await gateway()).terminate(...batch),
    usageSince: async (...cursor) => (await gateway()).usageSince(...cursor),
    usageTotals: async (...days) => (await gateway()).usageTotals(...days),
  };
}

/** Whether the operator recognises a repeated submission of an order. */
export async function hasIdempotentOrders(operatorId: OperatorId): Promise<boolean> {
  return capabilitiesOf(await platformKindOf(operatorId)).idempotentOrders;
}

/** How long a kind is remembered, in milliseconds of real time. An operator hardly ever changes its platform. */
const KIND_CACHE_MS = 60_000;

const kinds = new Map<OperatorId, { kind: PlatformKind; until: number }>();

/** The kind of an operator's platform. Operators from before kinds existed use the first protocol. */
async function platformKindOf(operatorId: OperatorId): Promise<PlatformKind> {
  const cached = kinds.get(operatorId);
  if (cached && cached.until > Date.now()) {
    return cached.kind;
  }
  const kind = (await getOperator(operatorId))?.platform?.kind ?? 'sim-fulfilment';
  kinds.set(operatorId, { kind, until: Date.now() + KIND_CACHE_MS });
  return kind;
}
