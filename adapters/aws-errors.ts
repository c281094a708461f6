/** By which names AWS refuses a caller that asks too often; `LimitExceededException` is another kind of limit. */
const THROTTLING: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
]);

/** Whether a service of AWS refused a call because it is asked too often: the call is right, and passes later. */
export function isThrottling(error: unknown): boolean {
  return error instanceof Error && THROTTLING.has(error.name);
}
