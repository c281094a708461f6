import type { Client } from './client.ts';
import type { DemoView } from './stage.ts';

/** The kinds of operators' platforms that the demo can show. */
export const demoKinds = ['sim-fulfilment', 'control-center'] as const;
export type DemoKind = (typeof demoKinds)[number];

/** The wholesaler's staff, who place orders by hand at operators that take none over an API. */
export type Staff = {
  /** Reports an order's progress, and loads its SIMs from the operator's list. */
  deliver(order: { id: string; quantity: number }, operatorId: string): Promise<void>;
};

/**
 * Moves operators to a kind of platform.
 *
 * @param platform a client with the platform's token.
 * @param local a client of the local cloud's routes, in which operators ship SIMs.
 * @returns the staff who handle their orders; `undefined` when the platform takes orders itself.
 */
export async function moveOperators(
  kind: DemoKind,
  operatorIds: readonly string[],
  { platform, local, partnerId, view }: { platform: Client; local: Client; partnerId: string; view: DemoView },
): Promise<Staff | undefined> {
  if (kind === 'sim-fulfilment') {
    return undefined;
  }
  for (const operatorId of operatorIds) {
    const path = `/v1/platform/operators/${operatorId}`;
    const { id: _id, ...settings } = await platform.get<{ id: string }>(path);
    await platform.put(path, { ...settings, ordering: 'manual', platform: { kind } });
    view.line(`${operatorId} is on ${kind} now: the staff place its orders, SIMs are changed over its API`);
  }
  return {
    async deliver({ id, quantity }, operatorId) {
      const path = `/v1/platform/partners/${partnerId}/orders/${id}`;
      await platform.post(`${path}/accept`, { operatorReference: `PORTAL-${id.slice(-6)}` });
      await platform.post(`${path}/dispatch`, { carrier: 'DHL' });
      const list = await local.postForText(`/_local/operators/${operatorId}/sims`, { quantity });
      const { loaded } = await platform.postCsv<{ loaded: number }>(`${path}/sims`, list);
      await platform.post(`${path}/deliver`, {});
      view.line(`The staff loaded ${loaded} SIMs from the list that ${operatorId} sent`);
    },
  };
}
