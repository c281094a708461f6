import { Metrics } from '@aws-lambda-powertools/metrics';
import { type DimensionsOf, type FunctionMetric, functionMetrics } from './function-metrics.ts';

/** Recorded metrics that are not published yet, by set of dimensions. */
const recorded = new Map<string, Metrics>();

/**
 * Records a value of a metric. It is published at the end of the invocation, grouped with the others of its dimensions.
 *
 * @example
 * recordMetric('SimsSucceeded', 250, { action: 'activate' });
 */
export function recordMetric<Name extends FunctionMetric>(
  name: Name,
  value: number,
  ...[by]: keyof DimensionsOf<Name> extends never ? [] : [by: DimensionsOf<Name>]
): void {
  const set = JSON.stringify(by ?? {});
  // Default dimensions: Powertools forgets any others when it publishes on its own after a hundred values.
  const metrics = recorded.get(set) ?? new Metrics({ defaultDimensions: { ...by } });
  recorded.set(set, metrics);
  metrics.addMetric(name, functionMetrics[name].unit, value);
}

/** Publishes the recorded metrics. */
export function publishMetrics(): void {
  for (const metrics of recorded.values()) {
    if (metrics.hasStoredMetrics()) {
      metrics.publishStoredMetrics();
    }
  }
}
