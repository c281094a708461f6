import { getOperation } from '../../adapters/dynamodb/operations.ts';
import { getOrder } from '../../adapters/dynamodb/orders.ts';
import { asId, type OperationId, type OrderId, type PartnerId } from '../../domain/ids.ts';
import { isOperationFinished } from '../../domain/operation.ts';
import { isFinished } from '../../domain/order.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import {
  describeOperations,
  describeSims,
  type Life,
  type List,
  makeTargets,
  named,
  until,
  untilExecutionsEnd,
  wordsFor,
} from './account.ts';
import { ACCELERATOR, chaosTariffs, grantChaosTariffs, staffOf } from './operators.ts';
import { steadyClient } from './steady-client.ts';

/** Prepares a life at A1, with its smallest order. */
export const prepareLife = (cloud: LocalCloud, partnerId: PartnerId): Promise<Life> =>
  prepareOrder(cloud, partnerId, {
    operatorId: 'a1',
    quantity: 20,
    tariffs: { partner: 'trf_partner_all', customer: 'trf_customer_all' },
    isSlow: false,
  });

/** Prepares a life at an operator on IoT Accelerator, which does everything as requests that end later. */
export const prepareAcceleratorLife = (cloud: LocalCloud, partnerId: PartnerId): Promise<Life> =>
  prepareOrder(cloud, partnerId, { operatorId: ACCELERATOR, quantity: 10, tariffs: chaosTariffs, isSlow: true });

type OrderOfLife = {
  operatorId: string;
  quantity: number;
  tariffs: { partner: string; customer: string };
  /** Whether the operator confirms changes later. */
  isSlow: boolean;
};

/**
 * Prepares a partner's life: an order of SIMs with a plan that activates them, then a bulk operation that suspends them.
 *
 * @throws when a step does not finish
 */
async function prepareOrder(cloud: LocalCloud, partnerId: PartnerId, order: OrderOfLife): Promise<Life> {
  const { operatorId, quantity, tariffs, isSlow } = order;
  const token = await cloud.tokenFor({ partnerId, roles: ['admin'] });
  const client = steadyClient(cloud.url, token);
  if (tariffs === chaosTariffs) {
    await grantChaosTariffs(client, await staffOf(cloud), partnerId);
  }
  const targets = await makeTargets(client, tariffs);
  let orderId = asId('order', '');
  let operationId = asId('operation', '');

  async function run(): Promise<void> {
    const plan = { ...targets, activate: true };
    ({ id: orderId } = await client.post<{ id: OrderId }>('/v1/orders', { operatorId, quantity, plan }));
    await until('the order to finish', async () => {
      const order = await getOrder(partnerId, orderId);
      return order !== undefined && isFinished(order);
    });
    const suspend = { select: { orderId }, reason: 'chaos' };
    ({ id: operationId } = await client.post<{ id: OperationId }>('/v1/sims/suspend', suspend));
    await until('the operation to finish', async () => {
      const operation = await getOperation(partnerId, operationId);
      return operation !== undefined && isOperationFinished(operation);
    });
    await untilExecutionsEnd(cloud, [orderId, operationId]);
  }

  async function account(): Promise<string[]> {
    const names = { [orderId]: 'the order', ...named(targets) };
    const words = wordsFor(names);
    const { items: orders } = await client.get<List<object>>('/v1/orders?limit=200');
    const { items: events } = await client.get<List<object>>(`/v1/orders/${orderId}/events?limit=200`);
    return [
      ...orders.map((order) => `order ${words(order)}`),
      ...events.map((event, place) => `event ${place + 1} of the order ${words(event)}`),
      ...(await describeSims(client, partnerId, { names, serviceId: targets.customerServiceId, operatorId, isSlow })),
      ...(await describeOperations(client, names)),
    ].sort();
  }

  return { partnerId, run, account };
}
