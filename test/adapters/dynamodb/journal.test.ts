import { beforeAll, expect, test } from '@jest/globals';
import { absent, atVersion, exists, put } from '../../../adapters/dynamodb/items.ts';
import { journalKey } from '../../../adapters/dynamodb/keys.ts';

beforeAll(() => void Object.assign(process.env, { TABLE_NAME: 't' }));

test.each([{ partnerId: 'acme' }, 'platform'] as const)('an entry of a journal of %j is only ever added', (owner) => {
  const entry = { ...journalKey(owner, '2026-03-02T10:00:00.000Z#1'), actor: 'ada' };
  expect(put(entry, absent).Put?.ConditionExpression).toBe('attribute_not_exists(pk)');
  for (const condition of [undefined, exists, atVersion(1)]) {
    expect(() => put(entry, condition)).toThrow('added and never replaced');
  }
});
