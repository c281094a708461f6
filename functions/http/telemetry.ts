import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';

/** Structured logs and metrics of every function; service, level and namespace come from the environment. */
export const logger = new Logger();
export const metrics = new Metrics();

/** Sends what an invocation counted, when it counted anything. */
export const publishMetrics: MiddlewareObj = {
  after: publish,
  onError: publish,
};

function publish(): void {
  if (metrics.hasStoredMetrics()) {
    metrics.publishStoredMetrics();
  }
}
