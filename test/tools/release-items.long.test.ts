import { expect, test } from '@jest/globals';
import { itemKinds } from '../../adapters/dynamodb/item-kinds.ts';
import { releaseItems } from '../../tools/release-items.ts';

test('npm run keep-release stores items of every kind', async () => {
  const items = await releaseItems(() => undefined);
  expect([...new Set(items.map(({ kind }) => kind))].sort()).toEqual(Object.keys(itemKinds).sort());
}, 300_000);
