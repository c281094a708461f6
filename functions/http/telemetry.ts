import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';
import { scrub } from './scrub.ts';

/**
 * Structured logs and metrics of every function; service, level and namespace come from the environment. No secret and
 * nobody's personal data is in a log line.
 */
export const logger = new Logger({ jsonReplacerFn: scrub });
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
