import { expect, test } from '@jest/globals';
import type { UncountedPart } from '../../../adapters/dynamodb/manifests.ts';
import { MAX_SERVICES_PER_PART, partBatches } from '../../../adapters/dynamodb/operations.ts';
import { MAX_TRANSACTION_ITEMS } from '../../../adapters/dynamodb/writes.ts';
import type { ServiceId } from '../../../domain/ids.ts';

const part = (page: number, services: readonly ServiceId[]): UncountedPart => ({
  page,
  part: 0,
  uncounted: { succeeded: 1, failed: 0, countedOver: 0, services: services.map((id) => [id, 1]) },
});
const ids = (count: number, from = 0) => Array.from({ length: count }, (_, place): ServiceId => `csv_${from + place}`);
/** The parts, the operation, its order, and the services. */
const itemsOf = (batch: readonly UncountedPart[]) =>
  batch.length + 2 + new Set(batch.flatMap(({ uncounted }) => uncounted.services.map(([id]) => id))).size;

test('a part with the maximum number of services fits into one transaction', () => {
  expect(partBatches([part(0, ids(MAX_SERVICES_PER_PART))]).map(itemsOf)).toEqual([MAX_TRANSACTION_ITEMS]);
});

test('parts of the same few services are counted together', () => {
  expect(partBatches(ids(50).map((_, page) => part(page, ['psv_1', 'csv_1'])))).toHaveLength(1);
});

test('no batch of parts exceeds the items of a transaction', () => {
  const parts = ids(120).map((_, page) => part(page, ids(page % MAX_SERVICES_PER_PART, page)));
  const batches = partBatches(parts);
  expect(batches.flat()).toEqual(parts);
  expect(Math.max(...batches.map(itemsOf))).toBeLessThanOrEqual(MAX_TRANSACTION_ITEMS);
  expect(batches.length).toBeLessThan(parts.length);
});
