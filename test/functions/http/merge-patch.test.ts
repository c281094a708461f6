import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mergePatch } from '../../../functions/http/merge-patch.ts';

describe('a merge patch', () => {
  test('sets given fields and removes fields that are null', () => {
    expect(mergePatch({ name: 'New', phone: null, tags: [] })).toEqual({
      set: { name: 'New', tags: [] },
      remove: ['phone'],
    });
  });

  test('sets fields whose schema replaces null', () => {
    expect(mergePatch({ tags: null, label: null }, { tags: [] })).toEqual({ set: { tags: [] }, remove: ['label'] });
  });

  test('keeps fields that are absent or undefined', () => {
    expect(mergePatch({ name: undefined }, { tags: [] })).toEqual({ set: {}, remove: [] });
  });

  test('sets fields to false, zero and empty values', () => {
    const patch = { active: false, count: 0, text: '' };
    expect(mergePatch(patch)).toEqual({ set: patch, remove: [] });
  });

  test('removes a field with the name of a property that every object has', () => {
    expect(mergePatch({ constructor: null })).toEqual({ set: {}, remove: ['constructor'] });
  });

  test('merges an object into an existing one, and creates a missing one', () => {
    const current = { contact: { name: 'Nora', phone: '1' }, tags: ['a'] };
    const change = (patch: Record<string, unknown>) => mergePatch(patch, {}, current);
    expect(change({ contact: { name: 'Nadia' } }).set).toEqual({ contact: { name: 'Nadia', phone: '1' } });
    expect(change({ contact: { phone: null } }).set).toEqual({ contact: { name: 'Nora' } });
    expect(change({ contact: null })).toEqual({ set: {}, remove: ['contact'] });
    expect(change({ tags: ['b'] }).set).toEqual({ tags: ['b'] });
    expect(change({ address: { city: 'York', lines: null } }).set).toEqual({ address: { city: 'York' } });
    expect(change({ constructor: { name: 'x' } }).set).toEqual({ constructor: { name: 'x' } });
  });

  test('applied to a flat resource does what RFC 7396 says', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), fc.dictionary(name, fc.option(fc.string())), (resource, patch) => {
        const { set, remove } = mergePatch(patch);
        const merged = new Map(Object.entries({ ...resource, ...set }));
        for (const removed of remove) {
          merged.delete(removed);
        }
        const expected = new Map<string, unknown>(Object.entries(resource));
        for (const [field, value] of Object.entries(patch)) {
          value === null ? expected.delete(field) : expected.set(field, value);
        }
        expect(merged).toEqual(expected);
      }),
    );
  });
});
