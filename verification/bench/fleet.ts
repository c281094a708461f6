import type { CustomerId, CustomerServiceId, PartnerServiceId } from '../../domain/ids.ts';
import type { Client } from '../../local/demo/client.ts';
import { until } from './bench-cloud.ts';

/** The fleet sizes of bulk operations and of usage. */
export const fleetSizes: readonly number[] = [1000, 10_000, 100_000];

/** The services and the customer to which a partner's SIMs go. */
export type Targets = {
  partnerServiceId: PartnerServiceId;
  customerId: CustomerId;
  customerServiceId: CustomerServiceId;
};

type Order = { id: string; state: string; receivedQuantity: number; failure?: { detail: string } };
type Operation = { id: string; state: string; total?: number; succeeded: number; failed: number };
type Sim = { iccid: string; state: string; customerServiceId?: string; bars: unknown[] };

export async function makeTargets(api: Client, name: string): Promise<Targets> {
  const partnerService = await api.post<{ id: PartnerServiceId }>('/v1/partner-services', {
    name,
    tariffId: 'trf_partner_all',
  });
  const customer = await api.post<{ id: CustomerId }>('/v1/customers', { name });
  const customerService = await api.post<{ id: CustomerServiceId }>('/v1/customer-services', {
    customerId: customer.id,
    tariffId: 'trf_customer_all',
  });
  return { partnerServiceId: partnerService.id, customerId: customer.id, customerServiceId: customerService.id };
}

/** Orders SIMs and waits until all of them are in holding. @returns the order's id. */
export async function receive(api: Client, quantity: number): Promise<string> {
  const { id } = await api.post<Order>('/v1/orders', { operatorId: '3uk', quantity });
  await until(`order ${id} to be delivered`, async () => {
    const order = await api.get<Order>(`/v1/orders/${id}`);
    if (['failed', 'rejected', 'cancelled'].includes(order.state)) {
      throw new Error(`The order of ${quantity} SIMs is ${order.state}: ${order.failure?.detail}`);
    }
    return order.state === 'delivered' ? order : undefined;
  });
  return id;
}

/** Runs a bulk action and waits for its end. @throws when a SIM failed. */
export async function operate(api: Client, action: string, body: object): Promise<Operation> {
  const { id } = await api.post<Operation>(`/v1/sims/${action}`, body);
  const operation = await until(`operation ${id} to finish`, async () => {
    const now = await api.get<Operation>(`/v1/operations/${id}`);
    return ['scheduled', 'queued', 'running'].includes(now.state) ? undefined : now;
  });
  if (operation.state !== 'succeeded' || operation.succeeded !== operation.total) {
    throw new Error(`${action} did not succeed: ${JSON.stringify(operation)}`);
  }
  return operation;
}

/** The bulk actions from holding to active, in order. */
export const steps = ['migrate', 'assign', 'activate'] as const;

export function bodyOf(step: (typeof steps)[number], select: object, targets: Targets): object {
  const { partnerServiceId, customerId, customerServiceId } = targets;
  switch (step) {
    case 'migrate':
      return { select, partnerServiceId };
    case 'assign':
      return { select, customerId, customerServiceId };
    case 'activate':
      return { select };
  }
}

/** Checks that every SIM of the order exists once and is active, without bars, with its service. @throws otherwise. */
export async function requireAllActive(
  api: Client,
  orderId: string,
  quantity: number,
  targets: Targets,
): Promise<void> {
  const seen = new Set<string>();
  let cursor = '';
  do {
    const page = await api.get<{ items: Sim[]; nextCursor?: string }>(
      `/v1/orders/${orderId}/sims?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    for (const sim of page.items) {
      if (sim.state !== 'active' || sim.bars.length > 0 || sim.customerServiceId !== targets.customerServiceId) {
        throw new Error(`A SIM is not active as expected: ${JSON.stringify(sim)}`);
      }
      seen.add(sim.iccid);
    }
    cursor = page.nextCursor ?? '';
  } while (cursor !== '');
  if (seen.size !== quantity) {
    throw new Error(`The fleet has ${seen.size} SIMs, not ${quantity}.`);
  }
}
