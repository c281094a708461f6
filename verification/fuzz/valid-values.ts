import fc from 'fast-check';
import type { Schema } from './document.ts';
import { type Kind, mark } from './things.ts';

/** The fields that contain ids or searched values, and their kinds. */
const kindsOfFields: Readonly<Record<string, Kind>> = {
  customerId: 'customer',
  customerServiceId: 'customerService',
  partnerServiceId: 'partnerService',
  tariffId: 'tariff',
  partnerId: 'partner',
  orderId: 'order',
  operatorId: 'operator',
  operatorIds: 'operator',
  iccids: 'sim',
  iccid: 'sim',
  by: 'simInStock',
  effectiveAt: 'time',
  expectedDelivery: 'day',
  requestedDeliveryDate: 'day',
  cursor: 'cursor',
  imsi: 'imsi',
  msisdn: 'msisdn',
  imei: 'imei',
  iccidEnds: 'iccidEnd',
  tag: 'tag',
  addTags: 'tag',
  removeTags: 'tag',
  q: 'searchText',
};

/** A lower limit would throttle the fuzzer from then on: most of its requests come from one partner. */
const MIN_REQUESTS_PER_SECOND = 1000;

/** Longer texts do not find more faults. */
const MAX_TEXT_LENGTH = 120;
const MAX_ITEMS = 5;

/** Most pairs of letters are not a country. */
const country = fc.constantFrom('GB', 'IE', 'FR', 'AT', 'US', 'HK', 'GB', 'UK');

export const thing = (kind: Kind) => fc.nat(500).map((n) => mark(kind, n));

/**
 * Values that a schema allows.
 *
 * @param name the name of the field. Fields with ids mostly get ids of known resources
 */
export function validValue(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  name = '',
): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    return validValue(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, schemas, name);
  }
  if (schema.anyOf) {
    return fc.oneof(...schema.anyOf.map((one) => validValue(one, schemas, name)));
  }
  if (schema.const !== undefined) {
    return fc.constant(schema.const);
  }
  if (schema.enum) {
    return fc.constantFrom(...schema.enum);
  }
  switch (schema.type) {
    case 'object':
      return objectOf(schema, schemas);
    case 'array':
      return fc.array(validValue(schema.items ?? {}, schemas, name), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? MAX_ITEMS, MAX_ITEMS),
      });
    case 'string':
      return textOf(schema, name);
    case 'integer':
      return integerOf(name === 'requestsPerSecond' ? { ...schema, minimum: MIN_REQUESTS_PER_SECOND } : schema);
    case 'number':
      return fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue();
  }
}

/** Names of the fields of SIMs. The fuzzer mostly chooses these, and so mostly uses fields that exist. */
export const simFieldNames: readonly string[] = ['site', 'contract', 'meter'];

function objectOf(schema: Schema, schemas: Readonly<Record<string, Schema>>): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  if (typeof additionalProperties === 'object' && schema.properties === undefined) {
    return fc.dictionary(fc.constantFrom(...simFieldNames), validValue(additionalProperties, schemas), { maxKeys: 3 });
  }
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [name, validValue(inner, schemas, name)]),
  );
  const object = fc.record(fields, { requiredKeys: [...required] });
  return 'customerId' in properties && 'customerServiceId' in properties
    ? fc.oneof(
        object,
        fc.tuple(object, fc.nat(500)).map(([value, n]) => ofOneCustomer(value, n)),
      )
    : object;
}

/** A customer with one of its services, which random ids rarely are. */
function ofOneCustomer(value: unknown, n: number): unknown {
  return { ...Object(value), customerId: mark('servedCustomer', n), customerServiceId: mark('serviceOfServed', n) };
}

function integerOf({ minimum = -(2 ** 31), maximum = 2 ** 31 }: Schema): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: minimum, max: Math.min(maximum, minimum + 200) }),
    // Not filtered: few of all integers are within narrow bounds.
    fc.integer({ min: minimum, max: Math.min(maximum, Number.MAX_SAFE_INTEGER) }),
    fc.constantFrom(minimum, maximum),
  );
}

function textOf(schema: Schema, name: string): fc.Arbitrary<string> {
  if (name === 'country') {
    return country;
  }
  const kind = kindsOfFields[name];
  const own = formatted(schema) ?? plainText(schema);
  return kind ? fc.oneof({ weight: 9, arbitrary: thing(kind) }, { weight: 1, arbitrary: own }) : own;
}

function formatted({ format, pattern = '' }: Schema): fc.Arbitrary<string> | undefined {
  const fits = (text: string) => new RegExp(pattern, 'u').test(text);
  switch (format) {
    case 'email':
    case 'idn-email':
      return fc.emailAddress().filter(fits);
    case 'date-time':
      return fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
        .map((at) => at.toISOString());
    default:
      // fast-check does not support patterns with Unicode properties: plain texts are filtered by them instead.
      return pattern !== '' && !pattern.includes('\\p') ? fc.stringMatching(new RegExp(pattern)) : undefined;
  }
}

// Created once, because fast-check needs long to look up all Unicode characters.
const grapheme = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 });
const character = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
const letters = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ]*$/);

/** Lines of letters and of any Unicode characters. The length is that of JavaScript strings. */
function plainText({ minLength = 0, maxLength = MAX_TEXT_LENGTH, pattern = '' }: Schema): fc.Arbitrary<string> {
  const fits = new RegExp(pattern, 'u');
  const length = { minLength, maxLength: Math.min(maxLength, MAX_TEXT_LENGTH) };
  return fc
    .oneof(
      letters,
      fc.string(length),
      fc.string({ ...length, unit: grapheme }),
      fc.string({ ...length, unit: character }),
    )
    .map((text) => text.slice(0, length.maxLength).padEnd(minLength, 'x'))
    .filter((text) => fits.test(text));
}
