/** A field that a request changed. `withheld` when the journal does not store its values. */
export type FieldChange = { field: string; before?: FieldValue; after?: FieldValue; withheld?: true };

export type FieldValue = string | number | boolean | string[];

/**
 * The fields whose values the journal stores: ids, choices, numbers and times. All other fields, including those of later
 * releases, can contain personal data or secrets (names, addresses, labels, URLs): the journal stores only that they changed.
 */
const STORED_FIELDS: ReadonlySet<string> = new Set(
  (
    'action activate active by allowanceBytes amount audience bytes confirm country currency customerId customerServiceId customerServiceIds dryRun ' +
    'effectiveAt enabled events from holdingDays iccid iccids id measure minimumTermMonths operatorId operatorIds orderId ' +
    'partnerId partnerServiceId percent pooling quantity role roles state tariffId'
  ).split(' '),
);

/** Fields that every write sets, or that are derived from others. */
const DERIVED_FIELDS: ReadonlySet<string> = new Set([
  'createdAt',
  'updatedAt',
  'stateChangedAt',
  'version',
  'nextActions',
]);

/** The object in a SIM with the fields that the partner has chosen. */
const SIM_FIELDS = 'fields';

/** The limits that keep an entry of the journal small: the number of fields, and the characters of a value. */
const MAX_FIELDS = 50;
const MAX_VALUE_LENGTH = 500;

/** The fields that differ between two states of a resource; all fields when it was created or deleted. */
export function fieldChanges(before: unknown, after: unknown): FieldChange[] {
  const [old, current] = [fieldsOf(before), fieldsOf(after)];
  const differs = (field: string) => JSON.stringify(old.get(field)) !== JSON.stringify(current.get(field));
  return [...new Set([...old.keys(), ...current.keys()])]
    .filter((field) => differs(field) && !differs(lengthOf(field)))
    .slice(0, MAX_FIELDS)
    .map((field) => changeOf(field, old.get(field), current.get(field)));
}

function changeOf(field: string, before: unknown, after: unknown): FieldChange {
  // Partners choose the names of SIMs' fields, whose texts can contain anything.
  const name = field.startsWith(`${SIM_FIELDS}.`) ? '' : (field.split('.').at(-1) ?? '');
  const values = [before, after].map((value) => (value === undefined ? undefined : storable(value)));
  if (!(STORED_FIELDS.has(name) || name === 'length') || values.includes(null)) {
    return { field: field.slice(0, 100), withheld: true };
  }
  const [old, current] = values;
  return {
    field,
    ...(old === undefined || old === null ? {} : { before: old }),
    ...(current === undefined || current === null ? {} : { after: current }),
  };
}

/** The value as the journal stores it; `null` when it is too long or has another type. */
function storable(value: unknown): FieldValue | null {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (typeof value === 'string') {
    return value.length <= MAX_VALUE_LENGTH ? value : null;
  }
  return Array.isArray(value) && isShort(value) ? value.map(String) : null;
}

/** Whether a list is stored as such. */
const isShort = (list: readonly unknown[]) =>
  list.every((item) => typeof item !== 'object') && JSON.stringify(list).length <= MAX_VALUE_LENGTH;

const lengthOf = (list: string) => `${list}.length`;

/**
 * The fields of a resource by path, such as `scope.iccid`. A long list, or a list of objects, also has its length, which is stored in
 * place of its items.
 */
function fieldsOf(value: unknown, path = ''): Map<string, unknown> {
  if (Array.isArray(value)) {
    const list = path === '' ? 'rows' : path;
    return new Map<string, unknown>([
      [list, value],
      ...(isShort(value) && path !== '' ? [] : [[lengthOf(list), value.length] as const]),
    ]);
  }
  if (typeof value === 'object' && value !== null) {
    return new Map(
      Object.entries(value)
        .filter(([name]) => path === SIM_FIELDS || !DERIVED_FIELDS.has(name))
        .flatMap(([name, inner]) => [...fieldsOf(inner, path === '' ? name : `${path}.${name}`)]),
    );
  }
  return path === '' || value === undefined || value === null ? new Map() : new Map([[path, value]]);
}
