import { isDeepStrictEqual } from 'node:util';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a JSON merge patch (RFC 7396) changes: fields that are given are set, those that are `null` are removed, or set
 * to what stands in `whenNull` for them. An object is merged into the one that `current` has.
 */
export function mergePatch(
  patch: Fields,
  whenNull: Fields = {},
  current: Fields = {},
): { set: Record<string, unknown>; remove: string[] } {
  const set: Record<string, unknown> = {};
  const remove: string[] = [];
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) {
      continue;
    }
    if (value !== null) {
      set[name] = isObject(value) ? merged(ownField(current, name), value) : value;
    } else if (Object.hasOwn(whenNull, name)) {
      set[name] = whenNull[name];
    } else {
      remove.push(name);
    }
  }
  return { set, remove };
}

/** Whether a thing has these fields already: a request that changes nothing writes nothing, and its `ETag` stays. */
export function isUnchanged(current: Fields, fields: Fields, removed: readonly string[] = []): boolean {
  return (
    Object.entries(fields).every(([name, value]) => isDeepStrictEqual(value, ownField(current, name))) &&
    removed.every((name) => ownField(current, name) === undefined)
  );
}

/** An object with a patch applied to it; what is no object is replaced as a whole. */
function merged(current: unknown, patch: Fields): Fields {
  const fields = isObject(current) ? current : {};
  const { set, remove } = mergePatch(patch, {}, fields);
  return Object.fromEntries(Object.entries({ ...fields, ...set }).filter(([name]) => !remove.includes(name)));
}

const ownField = (fields: Fields, name: string) => (Object.hasOwn(fields, name) ? fields[name] : undefined);

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
