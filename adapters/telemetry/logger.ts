import { Logger } from '@aws-lambda-powertools/logger';
import { redact } from './redact.ts';

/** The structured logger of all functions, configured by the environment. Secrets and personal data are redacted. */
export const logger = new Logger({ jsonReplacerFn: redact });

/**
 * The log attribute that names the order, operation or other resource of a log line. A search for one `correlation_id`
 * finds the lines of the API, the workflow and the schedules.
 *
 * @example
 * logger.warn('operator unavailable', { ...correlation(order.id), operatorId, error });
 */
export const correlation = (id: string | undefined) => (id === undefined ? {} : { correlation_id: id });
