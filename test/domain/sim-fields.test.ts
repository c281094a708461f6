import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  changeFields,
  fieldNameSchema,
  fieldsProblem,
  MAX_FIELD_BYTES,
  MAX_SIM_FIELDS,
  renameFields,
  repeatedNames,
  type SimFieldNames,
  unknownFieldMessage,
  unknownFields,
} from '../../domain/sim-fields.ts';

const chosen: SimFieldNames = { names: ['site', 'contract'], formerNames: ['meter'], version: 3 };

describe('the name of a field', () => {
  test.each(['site', 'Site 2', 'Zähler: Nr', '場所', '"a", b', '😀', 'toString', 'x'.repeat(20)])(
    'can be %j',
    (name) => {
      expect(fieldNameSchema.safeParse(name).success).toBe(true);
    },
  );

  test.each(['', ' ', '__proto__', 'constructor', 'a\nb', '\u200b', 'x'.repeat(21)])('cannot be %j', (name) => {
    expect(fieldNameSchema.safeParse(name).success).toBe(false);
  });

  test('is unique regardless of case', () => {
    expect(repeatedNames(['site', 'contract', 'Site'])).toEqual(['Site']);
    expect(repeatedNames(['site', 'contract'])).toEqual([]);
  });
});

describe('a change of the names', () => {
  test('remembers removed names, the latest first', () => {
    expect(renameFields(chosen, ['contract', 'depot'])).toEqual({
      names: ['contract', 'depot'],
      formerNames: ['site', 'meter'],
      version: 4,
    });
  });

  test('brings a former name back', () => {
    expect(renameFields(chosen, ['meter', 'site', 'contract']).formerNames).toEqual([]);
  });

  test('forgets the oldest names in the end', () => {
    let names = chosen;
    for (let number = 0; number < 100; number += 1) {
      names = renameFields(names, [`name ${number}`]);
    }
    expect(names.formerNames).toHaveLength(50);
    expect(names.formerNames[0]).toBe('name 98');
  });
});

describe('a change of fields', () => {
  test('is refused for unknown names, with those that exist', () => {
    expect(unknownFields(chosen, { site: 'Leeds', contract: null, depot: 'x', other: null })).toEqual([
      'depot',
      'other',
    ]);
    expect(unknownFieldMessage('depot', chosen)).toBe(
      'There is no field "depot". Your fields are site, contract. An admin changes them with PUT /v1/sim-fields.',
    );
  });

  test('can remove the text of a removed name, but not set it', () => {
    expect(unknownFields(chosen, { meter: null })).toEqual([]);
    expect(unknownFields(chosen, { meter: '17' })).toEqual(['meter']);
    expect(unknownFieldMessage('meter', chosen)).toContain('Set it to null to remove its text.');
  });

  test('does not take inherited properties for fields', () => {
    expect(unknownFields(chosen, { toString: 'x' })).toEqual(['toString']);
  });

  test('sets, removes and keeps, as a merge patch does', () => {
    const names = fc.constantFrom('site', 'contract', 'meter', 'toString');
    const fields = fc.dictionary(names, fc.string({ minLength: 1 }));
    const change = fc.dictionary(names, fc.option(fc.string({ minLength: 1 })));
    fc.assert(
      fc.property(fields, change, (before, patch) => {
        const after = changeFields(before, patch) ?? {};
        for (const name of ['site', 'contract', 'meter', 'toString']) {
          const of = (from: object) => Object.entries(from).find(([key]) => key === name)?.[1];
          const wanted = Object.hasOwn(patch, name) ? (of(patch) ?? undefined) : of(before);
          expect(of(after)).toBe(wanted);
        }
        expect(changeFields(after, patch) ?? {}).toEqual(after);
      }),
    );
    expect(changeFields({ site: 'Leeds' }, null)).toBeUndefined();
    expect(changeFields({ site: 'Leeds' }, { site: null })).toBeUndefined();
  });
});

describe('the fields of a SIM', () => {
  test('are limited in number', () => {
    const fields = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, place) => [`${place}`, 'x']));
    expect(fieldsProblem(fields(MAX_SIM_FIELDS))).toBeUndefined();
    expect(fieldsProblem(fields(MAX_SIM_FIELDS + 1))).toMatchObject({ code: 'limit_exceeded' });
    expect(fieldsProblem(undefined)).toBeUndefined();
  });

  test('are limited in bytes, not in characters', () => {
    const texts = (text: string) => Object.fromEntries(['1', '2', '3', '4', '5', '6', '7'].map((name) => [name, text]));
    expect(fieldsProblem(texts('x'.repeat(56)))).toBeUndefined();
    expect(fieldsProblem(texts('ä'.repeat(29)))).toMatchObject({
      code: 'limit_exceeded',
      detail: `The names and texts of the SIM’s fields would have 413 bytes. At most ${MAX_FIELD_BYTES} are allowed.`,
    });
  });
});
