import type { MiddlewareObj } from '@middy/core';
import { publishMetrics } from '../../adapters/telemetry/metrics.ts';

/** Publishes the metrics of an invocation when it ends, also when it fails. */
export const metricsMiddleware: MiddlewareObj = { after: publishMetrics, onError: publishMetrics };
