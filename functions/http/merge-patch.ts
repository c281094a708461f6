import { ownField } from '../../use-cases/is-unchanged.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The change that a JSON merge patch (RFC 7396) asks for: fields with a value are set, `null` fields are removed or set
 * to their default. A nested object is merged into the current one.
 *
 * @param defaults the values that replace `null`, for fields that cannot be absent.
 */
export function mergePatch(
  patch: Fields,
  defaults: Fields = {},
  current: Fields = {},
): { set: Record<string, unknown>; remove: string[] } {
  const set: Record<string, unknown> = {};
  const remove: string[] = [];
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) {
      continue;
    }
    if (value !== null) {
      set[name] = isObject(value) ? merge(ownField(current, name), value) : value;
    } else if (Object.hasOwn(defaults, name)) {
      set[name] = defaults[name];
    } else {
      remove.push(name);
    }
  }
  return { set, remove };
}

/** Applies a patch to an object. A current value that is not an object is replaced. */
function merge(current: unknown, patch: Fields): Fields {
  const fields = isObject(current) ? current : {};
  const { set, remove } = mergePatch(patch, {}, fields);
  return Object.fromEntries(Object.entries({ ...fields, ...set }).filter(([name]) => !remove.includes(name)));
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
