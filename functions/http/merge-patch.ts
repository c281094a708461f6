/**
 * What a JSON merge patch (RFC 7396) changes: fields that are given are set, those that are `null` are removed, or set
 * to what stands in `whenNull` for them.
 */
export function mergePatch(
  patch: Record<string, unknown>,
  whenNull: Record<string, unknown> = {},
): { set: Record<string, unknown>; remove: string[] } {
  const set: Record<string, unknown> = {};
  const remove: string[] = [];
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) {
      continue;
    }
    if (value !== null) {
      set[name] = value;
    } else if (Object.hasOwn(whenNull, name)) {
      set[name] = whenNull[name];
    } else {
      remove.push(name);
    }
  }
  return { set, remove };
}
