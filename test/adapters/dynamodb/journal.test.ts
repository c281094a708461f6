import { beforeAll, expect, test } from '@jest/globals';
import { absent, atVersion, exists } from '../../../adapters/dynamodb/conditions.ts';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { put } from '../../../adapters/dynamodb/write-requests.ts';
import { asId } from '../../../domain/ids.ts';

beforeAll(() => void Object.assign(process.env, { TABLE_NAME: 't' }));

test.each([{ partnerId: asId('partner', 'acme') }, 'platform'] as const)(
  'a journal entry of %j can only be added',
  (owner) => {
    const entry = {
      ...itemKinds.journalEntry.key({ tenant: owner, position: '2026-03-02T10:00:00.000Z#1' }),
      actor: 'ada',
    };
    expect(put(entry, absent).Put?.ConditionExpression).toBe('attribute_not_exists(pk)');
    for (const condition of [undefined, exists, atVersion(1)]) {
      expect(() => put(entry, condition)).toThrow('added and never replaced');
    }
  },
);
