import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/** Structured logs and metrics of every function; service, level and namespace come from the environment. */
export const logger = new Logger();
export const metrics = new Metrics();
