import type { DemoClients, DemoOperator } from './demo-operators.ts';
import type { DemoView } from './stage.ts';

type LoadedList = { loaded: number; rejected: number };

/** Handles an order as the platform's staff do for an operator without an API for orders, from the portal to the delivery. */
export async function handleOrderByHand(
  { platform, local, view }: DemoClients & { view: DemoView },
  { id, quantity }: { id: string; quantity: number },
  operator: DemoOperator,
): Promise<void> {
  const path = `/v1/platform/partners/demo/orders/${id}`;
  const operatorReference = `PORTAL-${operator.id.toUpperCase()}`;
  await platform.post(`${path}/accept`, { operatorReference });
  view.line(`${operator.name}: the staff have placed the order in the portal, and accept it as ${operatorReference}`);
  await platform.post(`${path}/dispatch`, { trackingReference: `PARCEL-${operator.id.toUpperCase()}` });
  const list = await local.post<string>(`/_local/operators/${operator.id}/sims`, { quantity });
  view.line(`${operator.name}: the operator ships ${quantity} SIMs, and sends their list by e-mail`);
  const { loaded, rejected } = await platform.postCsv<LoadedList>(`${path}/sims`, list);
  if (loaded !== quantity) {
    throw new Error(`${loaded} of ${quantity} SIMs of the list were loaded, and ${rejected} rejected.`);
  }
  await platform.post(`${path}/deliver`, {});
  view.line(`${operator.name}: the staff load the list of ${loaded} SIMs, and report the delivery`);
}
