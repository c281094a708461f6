import { isRefused } from '../api/api-problem.ts';

/** What the rule needs to know of a query: what it read last, and why the last attempt failed. */
type Polled<Data> = { state: { data: Data | undefined; error: Error | null } };

/**
 * The `refetchInterval` of a query that is read again and again, in milliseconds or by its data. It ends when the API refuses the
 * query: no repetition changes that a resource does not exist, or that the user may not read it.
 */
export function pollEvery<Data = unknown>(
  interval: number | false | ((data: Data | undefined) => number | false),
): (query: Polled<Data>) => number | false {
  return ({ state: { data, error } }) => {
    if (isRefused(error)) {
      return false;
    }
    return typeof interval === 'function' ? interval(data) : interval;
  };
}
