import { expect, test } from '@jest/globals';
import { deadLetterId, MAX_DEAD_LETTER_ID_LENGTH } from '../../../adapters/dynamodb/dead-letters.ts';
import {
  due,
  holdingWatchKey,
  lateActivationKey,
  operationKey,
  operationPartition,
  orderKey,
  orderPollKey,
  webhookQueueKey,
} from '../../../adapters/dynamodb/keys.ts';
import { newId } from '../../../domain/ids.ts';
import { isPartnerId } from '../../../domain/partner.ts';
import { routes } from '../../../functions/api/platform.ts';
import { operatorIds } from '../../domain/builders.ts';

const partnerId = 'p'.repeat(64);
const now = new Date('2026-03-02T10:00:00.000Z');
const orderId = newId('order', now);
const operationId = newId('operation', now);
const operatorId = [...operatorIds].sort((one, other) => other.length - one.length)[0] ?? '';
const latePartition = operationPartition(partnerId, operationId);

test('no partner has a longer id', () => {
  expect([isPartnerId(partnerId), isPartnerId(`${partnerId}p`)]).toEqual([true, false]);
});

test.each([
  ['an order whose execution failed', { kind: 'order', partnerId, id: orderId }],
  ['an operation whose execution failed', { kind: 'operation', partnerId, id: operationId }],
  ['a watch over an operator', { kind: 'due', key: orderPollKey(partnerId, orderId), duePk: due.orders }],
  ['a watch over holding', { kind: 'due', key: holdingWatchKey(partnerId, orderId), duePk: due.holding }],
  ['an order to run', { kind: 'due', key: orderKey(partnerId, orderId), duePk: due.work }],
  ['an operation to run', { kind: 'due', key: operationKey(partnerId, operationId), duePk: due.work }],
  [
    'late activations',
    {
      kind: 'due',
      key: lateActivationKey(latePartition, 99_999_999, 99_999_999, operatorId),
      duePk: due.lateActivations,
    },
  ],
  ["a webhook's queue", { kind: 'due', key: webhookQueueKey(partnerId, newId('webhook', now)), duePk: due.webhooks }],
] as const)('%s of the partner with the longest id can be put back', (_, work) => {
  const route = routes.find(({ path }) => path.endsWith('/put-back'));
  expect(route?.maxIdLength).toBe(MAX_DEAD_LETTER_ID_LENGTH);
  expect(deadLetterId(work).length).toBeGreaterThan(100);
  expect(deadLetterId(work).length).toBeLessThanOrEqual(MAX_DEAD_LETTER_ID_LENGTH);
});
