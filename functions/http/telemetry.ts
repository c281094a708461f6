import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';
import { type DimensionsOf, type FunctionMetric, functionMetrics } from '../metrics.ts';
import { scrub } from './scrub.ts';

/**
 * Structured logs of every function; service and level come from the environment. No secret and nobody's personal data is
 * in a log line.
 */
export const logger = new Logger({ jsonReplacerFn: scrub });

/**
 * The order, operation or whatever else a log line is about: one filter on `correlation_id` finds what the API, the
 * workflow and the schedules did with it.
 */
export const about = (id: string | undefined) => (id === undefined ? {} : { correlation_id: id });

/** What was measured and is not published yet, apart for each set of dimensions. */
const measured = new Map<string, Metrics>();

/** Measures something. It is published at the end of the invocation, together with all else that has its dimensions. */
export function measure<Name extends FunctionMetric>(
  name: Name,
  value: number,
  ...[by]: keyof DimensionsOf<Name> extends never ? [] : [by: DimensionsOf<Name>]
): void {
  const set = JSON.stringify(by ?? {});
  // As default dimensions: others are gone once Powertools has published a hundred values by itself.
  const metrics = measured.get(set) ?? new Metrics({ defaultDimensions: { ...by } });
  measured.set(set, metrics);
  metrics.addMetric(name, functionMetrics[name].unit, value);
}

/** Sends what an invocation measured, when it measured anything. */
export const publishMetrics: MiddlewareObj = {
  after: publish,
  onError: publish,
};

export function publish(): void {
  for (const metrics of measured.values()) {
    if (metrics.hasStoredMetrics()) {
      metrics.publishStoredMetrics();
    }
  }
}
