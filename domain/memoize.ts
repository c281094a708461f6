/**
 * A function that computes its result once, or once per key. Promises are cached too, even if they reject.
 *
 * @example
 * const client = memoize(() => new SFNClient(configuration));
 * const webhooksOf = memoize((partnerId: string) => allWebhooks(partnerId));
 */
export function memoize<Key extends [key?: string], Result>(compute: (...key: Key) => Result): (...key: Key) => Result {
  const results = new Map<string | undefined, { result: Result }>();
  return (...key) => {
    const known = results.get(key[0]) ?? { result: compute(...key) };
    results.set(key[0], known);
    return known.result;
  };
}
