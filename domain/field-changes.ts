/** A field that a request changed. Without `before` and `after` its values are withheld. */
export type FieldChange = { field: string; before?: FieldValue; after?: FieldValue; withheld?: true };

export type FieldValue = string | number | boolean | string[];

/**
 * The fields whose values the journal keeps: ids, choices, numbers and times. All others, those of later releases too,
 * may hold personal data or secrets (names, addresses, labels, URLs): that they changed is kept, and not to what.
 */
const KEPT: ReadonlySet<string> = new Set(
  (
    'action activate allowanceBytes amount audience bytes confirm country currency customerId customerServiceId dryRun ' +
    'effectiveAt enabled events holdingDays iccid iccids id measure minimumTermMonths operatorId operatorIds orderId ' +
    'partnerId partnerServiceId percent pooling quantity role roles state tariffId'
  ).split(' '),
);

/** Every write sets them anew, or they follow from others. */
const FOLLOWING: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'stateChangedAt', 'version', 'nextActions']);

/** An entry of the journal stays small: so many fields, and so many characters of a value. */
const MAX_FIELDS = 50;
const MAX_VALUE = 500;

/** The fields in which a thing differs from what it was; all of them, where it was not there before or is not any more. */
export function fieldChanges(before: unknown, after: unknown): FieldChange[] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((field) => JSON.stringify(was.get(field)) !== JSON.stringify(is.get(field)))
    .slice(0, MAX_FIELDS)
    .map((field) => changeOf(field, was.get(field), is.get(field)));
}

function changeOf(field: string, before: unknown, after: unknown): FieldChange {
  const name = field.split('.').at(-1) ?? '';
  const values = [before, after].map((value) => (value === undefined ? undefined : shown(value)));
  if (!(KEPT.has(name) || name === 'length') || values.includes(null)) {
    return { field: field.slice(0, 100), withheld: true };
  }
  const [was, is] = values;
  return {
    field,
    ...(was === undefined || was === null ? {} : { before: was }),
    ...(is === undefined || is === null ? {} : { after: is }),
  };
}

/** `null` for what cannot be shown. */
function shown(value: unknown): FieldValue | null {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (typeof value === 'string') {
    return value.length <= MAX_VALUE ? value : null;
  }
  return Array.isArray(value) ? value.map(String) : null;
}

/** The fields of a thing by their path, as `scope.iccid`; of a list that is long, or of objects, its length. */
function fieldsOf(value: unknown, path = ''): Map<string, unknown> {
  if (Array.isArray(value)) {
    const isShort = value.every((item) => typeof item !== 'object') && JSON.stringify(value).length <= MAX_VALUE;
    return isShort && path !== ''
      ? new Map([[path, value]])
      : new Map([[path === '' ? 'rows.length' : `${path}.length`, value.length]]);
  }
  if (typeof value === 'object' && value !== null) {
    return new Map(
      Object.entries(value)
        .filter(([name]) => !FOLLOWING.has(name))
        .flatMap(([name, inner]) => [...fieldsOf(inner, path === '' ? name : `${path}.${name}`)]),
    );
  }
  return path === '' || value === undefined || value === null ? new Map() : new Map([[path, value]]);
}
