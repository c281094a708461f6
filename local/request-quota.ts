import { ServiceError } from './aws-json-server.ts';
import { throttle } from './gateway/throttle.ts';
import type { RequestRate } from './limits.ts';

/**
 * The quota of a service's operations: each has a token bucket, of real time.
 *
 * @returns throws the service's error for a request that is one too many
 */
export function requestQuota(
  rates: Readonly<Record<string, RequestRate>>,
  errorName: string,
  now?: () => number,
): (operation: string) => void {
  const buckets = new Map(Object.entries(rates).map(([operation, rate]) => [operation, throttle(rate, now)]));
  return (operation) => {
    const mayPass = buckets.get(operation);
    if (mayPass && !mayPass()) {
      throw new ServiceError(errorName, 'Rate exceeded');
    }
  };
}
