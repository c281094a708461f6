/** The names of AWS's throttling errors. `LimitExceededException` is not one: it reports a quota. */
const THROTTLING: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
]);

/** Whether AWS throttled a call, which can then be retried. */
export function isThrottling(error: unknown): boolean {
  return error instanceof Error && THROTTLING.has(error.name);
}

/** Errors of connections that were refused or lost, and of calls without an answer in time. */
const CONNECTION_FAULTS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'TimeoutError',
]);

/**
 * Whether AWS did not answer a call, or answered with a server error, after all retries. The call may have taken effect.
 */
export function isWithoutAnswer(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  const { code, $metadata }: Error & { code?: unknown; $metadata?: { httpStatusCode?: number } } = error;
  return (
    CONNECTION_FAULTS.has(error.name) ||
    (typeof code === 'string' && CONNECTION_FAULTS.has(code)) ||
    ($metadata?.httpStatusCode ?? 0) >= 500
  );
}
