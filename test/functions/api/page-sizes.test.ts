import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { allRoutes } from '../../../functions/api/routes.ts';
import { lambdaLimits } from '../../../local/limits.ts';

/*
 * Lambda returns 6 MB at most, so a page of 200 of the largest possible items must fit. What callers can store is bounded by
 * the schemas of the bodies; these tests compute the bound from the schemas. Lists that hold text of other origin are bounded
 * by how they are read: DynamoDB returns 1 MB a query, and the list of dead letters is one query a page.
 */

const PAGE = 200;
/** Ids, timestamps, states and the like, which an item has besides what its caller sent. */
const OWN_FIELDS = 4_000;
/** `"` is one character of a text, two of a JSON body, and four of the JSON document that the function returns. */
const BYTES_PER_CHARACTER = 4;
/** Addresses contain no quote or backslash: a character is at most three bytes of UTF-8. */
const BYTES_PER_CHARACTER_OF_EMAIL = 3;
/** A string whose pattern bounds it, like a country code or a timestamp. */
const MAX_PATTERNED = 40;

type JsonSchema = z.core.JSONSchema._JSONSchema;

/**
 * How many bytes of a response the largest value of a schema takes. `maxList`: how many characters of a list are shown; of a list of
 * objects only the length is shown then.
 */
function mostBytes(schema: JsonSchema, maxList = Number.POSITIVE_INFINITY): number {
  if (typeof schema === 'boolean') {
    return Number.POSITIVE_INFINITY;
  }
  const { anyOf, oneOf, type, maxLength, maxItems = Number.POSITIVE_INFINITY, items, properties = {} } = schema;
  const choices = anyOf ?? oneOf;
  if (choices) {
    return Math.max(...choices.map((choice) => mostBytes(choice, maxList)));
  }
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (values) {
    return Math.max(...values.map((value) => JSON.stringify(JSON.stringify(value)).length));
  }
  switch (type) {
    case 'string': {
      const patterned = schema.pattern !== undefined || schema.format !== undefined ? MAX_PATTERNED : undefined;
      // Letters, digits and dashes are never escaped.
      const isPlain = schema.pattern?.startsWith('^[a-z0-9][a-z0-9-]') === true;
      const isEmail = schema.format === 'idn-email';
      const bytes = isPlain ? 1 : isEmail ? BYTES_PER_CHARACTER_OF_EMAIL : BYTES_PER_CHARACTER;
      return 2 * BYTES_PER_CHARACTER + bytes * (maxLength ?? patterned ?? Number.POSITIVE_INFINITY);
    }
    case 'integer':
    case 'number':
    case 'boolean':
    case 'null':
      return 24;
    case 'array': {
      const item = items === undefined || Array.isArray(items) ? Number.POSITIVE_INFINITY : mostBytes(items, maxList);
      const ofObjects = typeof items === 'object' && 'type' in items && items.type === 'object';
      const isShortened = ofObjects && maxList !== Number.POSITIVE_INFINITY;
      return isShortened ? 2 * 24 : Math.min(2 + maxItems * (1 + item), BYTES_PER_CHARACTER * maxList);
    }
    case 'object':
      return Object.entries(properties).reduce(
        (sum, [name, value]) => sum + name.length + 6 + mostBytes(value, maxList),
        2,
      );
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** The schema with its named schemas in place of the references to them. */
function inlined(schema: z.core.JSONSchema.BaseSchema): z.core.JSONSchema.BaseSchema {
  const named = schema.$defs ?? {};
  return JSON.parse(
    JSON.stringify(schema, (_key, value) =>
      typeof value?.$ref === 'string' ? named[value.$ref.slice('#/$defs/'.length)] : value,
    ),
  );
}

const bodies = allRoutes.flatMap(({ operationId, body, bodyType }) =>
  body === undefined || bodyType !== undefined
    ? []
    : [[operationId, inlined(z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }))] as const],
);
/** Selections and refusals of SIMs are stored in pages of their own; a list shows at most one SIM of them in an item. */
const stored = bodies.filter(([, { properties = {} }]) => !('select' in properties || 'refused' in properties));

describe('a page of 200 of the largest items fits into a response of Lambda', () => {
  test('the schemas of all bodies are known', () => {
    expect(stored.map(([operationId]) => operationId)).toEqual(
      expect.arrayContaining([
        'createCustomer',
        'createOrder',
        'savePartner',
        'saveTariff',
        'updateSim',
        'createAlarm',
      ]),
    );
  });

  test.each(stored)('that were made with %s', (_operationId, body) => {
    expect(PAGE * (mostBytes(body) + OWN_FIELDS)).toBeLessThan(lambdaLimits.payloadBytes);
  });

  test.each(bodies)('of journal entries about %s, with each field before and after', (_operationId, body) => {
    const MAX_LIST = 500;
    expect(PAGE * (2 * mostBytes(body, MAX_LIST) + OWN_FIELDS)).toBeLessThan(lambdaLimits.payloadBytes);
  });
});
