import { operatorTraffic } from '../adapters/dynamodb/operator-traffic.ts';
import { operatorsConfiguration } from '../adapters/operators/configuration.ts';
import { operatorGateways } from '../adapters/operators/http-gateway.ts';
import { logger } from '../adapters/telemetry/logger.ts';
import { recordMetric } from '../adapters/telemetry/metrics.ts';

/** The gateway to an operator, by id, as configured for this deployment. */
export const operatorOf = operatorGateways({
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
