import { expect, test } from '@jest/globals';
import { deadLetterId } from '../../../adapters/dynamodb/dead-letters.ts';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { due } from '../../../adapters/dynamodb/keys.ts';
import { MAX_DEAD_LETTER_ID_LENGTH } from '../../../domain/dead-letter.ts';
import { asId, newId } from '../../../domain/ids.ts';
import { isPartnerId } from '../../../domain/partner.ts';
import { routes } from '../../../functions/api/platform.ts';
import { operatorIds } from '../../domain/builders.ts';

const partnerId = asId('partner', 'p'.repeat(64));
const now = new Date('2026-03-02T10:00:00.000Z');
const orderId = newId('order', now);
const operationId = newId('operation', now);
const operatorId = [...operatorIds].sort((one, other) => other.length - one.length)[0] ?? '';
const lastPart = { page: 99_999_999, part: 99_999_999 };

test('no partner has a longer id', () => {
  expect([isPartnerId(partnerId), isPartnerId(`${partnerId}p`)]).toEqual([true, false]);
});

test.each([
  ['an order whose execution failed', { kind: 'order', partnerId, id: orderId }],
  ['an operation whose execution failed', { kind: 'operation', partnerId, id: operationId }],
  [
    'a watch over an operator',
    { kind: 'due', key: itemKinds.orderWatch.key({ partnerId, orderId }), duePk: due.orders },
  ],
  [
    'a watch over holding',
    { kind: 'due', key: itemKinds.holdingWatch.key({ partnerId, orderId }), duePk: due.holding },
  ],
  ['an order to run', { kind: 'due', key: itemKinds.order.key({ partnerId, id: orderId }), duePk: due.work }],
  [
    'an operation to run',
    { kind: 'due', key: itemKinds.operation.key({ partnerId, id: operationId }), duePk: due.work },
  ],
  [
    'late changes',
    {
      kind: 'due',
      key: itemKinds.lateActivation.key({ partnerId, operationId, ...lastPart, sims: operatorId }),
      duePk: due.lateChanges,
    },
  ],
  [
    "a webhook's queue",
    {
      kind: 'due',
      key: itemKinds.webhookQueue.key({ partnerId, webhookId: newId('webhook', now) }),
      duePk: due.webhooks,
    },
  ],
] as const)('%s of the partner with the longest id can be redriven', (_, work) => {
  const route = routes.find(({ path }) => path.endsWith('/put-back'));
  expect(route?.maxIdLength).toBe(MAX_DEAD_LETTER_ID_LENGTH);
  expect(deadLetterId(work).length).toBeGreaterThan(100);
  expect(deadLetterId(work).length).toBeLessThanOrEqual(MAX_DEAD_LETTER_ID_LENGTH);
});
