/** The later of two moments. Both are RFC 3339 in UTC with milliseconds, so that they sort as text. */
export function laterOf(a: string, b: string): string {
  return a > b ? a : b;
}
