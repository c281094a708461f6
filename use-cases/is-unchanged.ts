import { isDeepStrictEqual } from 'node:util';

type Fields = Readonly<Record<string, unknown>>;

/** Whether a change has no effect. A use case then writes nothing, so that the version and the `ETag` stay the same. */
export function isUnchanged(current: Fields, set: Fields, remove: readonly string[] = []): boolean {
  return (
    Object.entries(set).every(([name, value]) => isDeepStrictEqual(value, ownField(current, name))) &&
    remove.every((name) => ownField(current, name) === undefined)
  );
}

/** A field of the object itself, never an inherited one. */
export const ownField = (fields: Fields, name: string) => (Object.hasOwn(fields, name) ? fields[name] : undefined);
