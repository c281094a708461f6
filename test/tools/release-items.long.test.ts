import { expect, test } from '@jest/globals';
import { type ItemKind, itemKinds, retiredKinds } from '../../adapters/dynamodb/item-kinds.ts';
import { releaseItems } from '../../tools/release-items.ts';

test('npm run keep-release stores items of every kind that this release writes', async () => {
  const items = await releaseItems(() => undefined);
  const kinds = (Object.keys(itemKinds) as ItemKind[]).filter((kind) => !retiredKinds.has(kind));
  expect([...new Set(items.map(({ kind }) => kind))].sort()).toEqual(kinds.sort());
}, 300_000);
