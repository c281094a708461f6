import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fieldChanges } from '../../domain/field-changes.ts';

describe('the changes of a request', () => {
  test('are the fields that differ, before and after', () => {
    const before = { threshold: { percent: 80 }, action: 'notify', measure: 'pool', updatedAt: 'then', version: 1 };
    const after = { threshold: { bytes: 5 }, action: 'suspend', measure: 'pool', updatedAt: 'now', version: 2 };
    expect(fieldChanges(before, after)).toEqual([
      { field: 'threshold.percent', before: 80 },
      { field: 'action', before: 'notify', after: 'suspend' },
      { field: 'threshold.bytes', after: 5 },
    ]);
    expect(fieldChanges(before, { ...before, updatedAt: 'later', version: 3 })).toEqual([]);
  });

  test('are all fields of a new or deleted resource', () => {
    expect(fieldChanges(undefined, { operatorId: 'a1', quantity: 20 })).toEqual([
      { field: 'operatorId', after: 'a1' },
      { field: 'quantity', after: 20 },
    ]);
    expect(fieldChanges({ tariffId: 'trf_1' }, undefined)).toEqual([{ field: 'tariffId', before: 'trf_1' }]);
  });

  test('record only the names of the fields that partners choose, whatever they are called', () => {
    const before = { fields: { state: 'a', version: '1', site: 'x' } };
    expect(fieldChanges(before, { fields: { state: 'b', version: '2', site: 'x' } })).toEqual([
      { field: 'fields.state', withheld: true },
      { field: 'fields.version', withheld: true },
    ]);
  });

  test('record only that personal data, secrets and free text have changed', () => {
    const body = {
      name: 'Ada Lovelace Ltd',
      contact: { name: 'Ada', email: 'ada@acme.example', phone: '+44 1' },
      address: { lines: ['1 Quay'], city: 'Cork', postalCode: 'T12', country: 'IE' },
      tags: ['Ada'],
      label: 'Ada',
      reason: 'Ada',
      url: 'https://hooks.example/token',
      secret: 'whsec_x',
      password: 'x',
    };
    const changes = fieldChanges(undefined, body);
    expect(changes.filter(({ withheld }) => !withheld)).toEqual([{ field: 'address.country', after: 'IE' }]);
    expect(changes.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['name', 'contact.email', 'contact.phone', 'address.lines', 'tags', 'url', 'secret']),
    );
    expect(JSON.stringify(changes)).not.toMatch(/Ada|Quay|whsec|hooks/);
  });

  test('count long lists, and lists of objects', () => {
    const iccids = Array.from({ length: 10_000 }, () => '8944200000000000017');
    expect(fieldChanges(undefined, { select: { iccids }, dryRun: false })).toEqual([
      { field: 'select.iccids.length', after: 10_000 },
      { field: 'dryRun', after: false },
    ]);
    expect(fieldChanges(undefined, { select: { iccids: iccids.slice(0, 2) } })).toEqual([
      { field: 'select.iccids', after: iccids.slice(0, 2) },
    ]);
    expect(fieldChanges(undefined, [{ recordId: 'r' }, { recordId: 's' }])).toEqual([
      { field: 'rows.length', after: 2 },
    ]);
  });

  test('include lists whose items alone have changed, without the items', () => {
    const contacts = [{ name: 'Ada', email: 'ada@acme.example' }];
    expect(fieldChanges({ contacts }, { contacts: [{ ...contacts[0], email: 'a@acme.example' }] })).toEqual([
      { field: 'contacts', withheld: true },
    ]);
    expect(fieldChanges({ contacts: [] }, { contacts })).toEqual([{ field: 'contacts.length', after: 1 }]);
    expect(fieldChanges({ contacts }, { contacts })).toEqual([]);
    const iccids = Array.from({ length: 100 }, () => '8944200000000000017');
    expect(fieldChanges({ iccids }, { iccids: [...iccids.slice(1), '8944200000000000025'] })).toEqual([
      { field: 'iccids', withheld: true },
    ]);
  });

  test('stay small, whatever the request contains', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (before, after) => {
        expect(JSON.stringify(fieldChanges(before, after)).length).toBeLessThan(60_000);
      }),
    );
    const wide = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, n) => [`state${n}`.repeat(50), 'x'.repeat(5_000)]),
    );
    expect(JSON.stringify(fieldChanges(undefined, wide)).length).toBeLessThan(60_000);
  });
});
