import { ServiceError } from './aws-json-server.ts';
import { throttle } from './gateway/throttle.ts';
import type { RequestRate } from './limits.ts';

/**
 * Creates the request quota of a service: each operation has a token bucket in real time.
 *
 * @returns a function that throws the service's error when a request exceeds the quota
 */
export function requestQuota(
  rates: Readonly<Record<string, RequestRate>>,
  errorName: string,
  now?: () => number,
): (operation: string) => void {
  const buckets = new Map(Object.entries(rates).map(([operation, rate]) => [operation, throttle(rate, now)]));
  return (operation) => {
    const takeToken = buckets.get(operation);
    if (takeToken && !takeToken()) {
      throw new ServiceError(errorName, 'Rate exceeded');
    }
  };
}
