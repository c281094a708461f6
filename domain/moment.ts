/** The later of two moments, RFC 3339 in UTC with milliseconds, as they are all written: then their texts sort like them. */
export function laterOf(one: string, other: string): string {
  return one > other ? one : other;
}
