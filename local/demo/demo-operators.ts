import type { PlatformKind } from '../../domain/operator.ts';
import { operatorByHand } from '../operator-settings.ts';
import type { Client } from './client.ts';
import { handleOrderByHand } from './staff.ts';
import type { DemoView } from './stage.ts';

export type DemoOperator = { id: string; name: string };

export type Use = { iccid: string; operatorId: string; bytes: number };

/** The two operators of the demo, and what differs between the kinds of their platforms. */
export type DemoOperators = {
  /** Its 50 SIMs are put into service step by step; it sells SIMs in fifties. */
  stepByStep: DemoOperator;
  /** Its 40 SIMs are put into service by a plan. */
  planned: DemoOperator;
  /** Tariffs that cover both. */
  tariffs: { partner: string; customer: string };
  /** Does what the platform's staff do for an order: nothing when the operator takes orders over its API. */
  handleOrder(order: { id: string; quantity: number }, operator: DemoOperator): Promise<void>;
  /** Lets SIMs use data, which reaches the platform in the way of the kind. */
  use(uses: readonly Use[]): Promise<void>;
};

/** A client of the platform's staff, and one of the local cloud's own routes, which control the operators. */
export type DemoClients = { platform: Client; local: Client };

const northern: DemoOperator = { id: 'northern', name: 'Northern Mobile' };
const southern: DemoOperator = { id: 'southern', name: 'Southern Mobile' };

/** The operators of a kind. Those of `sim-fulfilment` are there from the start; others are added. */
export async function demoOperators(
  kind: PlatformKind,
  { platform, local }: DemoClients,
  view: DemoView,
): Promise<DemoOperators> {
  switch (kind) {
    case 'sim-fulfilment':
      return seededOperators(local);
    case 'iot-accelerator':
      view.line('The operators are on IoT Accelerator: orders, changes of SIMs and files of usage go over its API');
      return {
        ...(await addOperators(platform, { ordering: 'api', usage: 'api', platform: { kind } })),
        handleOrder: async () => {},
        use: useAtOperators(local),
      };
    case 'control-center':
      view.line(
        'The operators are on Control Center, whose API takes no orders: the staff order by hand, in its portal.',
      );
      view.line('Changes of SIMs go over the API, and usage is collected over it');
      return {
        ...(await addOperators(platform, { ordering: 'manual', usage: 'api', platform: { kind } })),
        handleOrder: (order, operator) => handleOrderByHand({ platform, local, view }, order, operator),
        use: useAtOperators(local),
      };
  }
}

/** Operators that every local cloud has from the start, over the API of the sandbox. */
export function seededOperators(local: Client): DemoOperators {
  return {
    stepByStep: { id: '3uk', name: '3UK' },
    planned: { id: 'a1', name: 'A1' },
    tariffs: { partner: 'trf_partner_all', customer: 'trf_customer_pool' },
    handleOrder: async () => {},
    use: useAtOperators(local),
  };
}

/** Records usage at the operators, from which the platform collects it. */
const useAtOperators =
  (local: Client): DemoOperators['use'] =>
  async (uses) => {
    await Promise.all(uses.map(({ operatorId, ...use }) => local.post(`/_local/operators/${operatorId}/usage`, use)));
  };

/** Adds the operators, and grants the partner of the demo tariffs that cover them. */
async function addOperators(
  platform: Client,
  settings: object,
): Promise<Pick<DemoOperators, 'stepByStep' | 'planned' | 'tariffs'>> {
  for (const [{ id, name }, orderMultiple] of [
    [northern, 50],
    [southern, 20],
  ] as const) {
    await platform.put(`/v1/platform/operators/${id}`, {
      ...operatorByHand,
      connectivity: 'api',
      ...settings,
      name,
      orderMultiple,
    });
  }
  const tariffs = { partner: 'trf_demo_partner', customer: 'trf_demo_customer' };
  for (const audience of ['partner', 'customer'] as const) {
    await platform.put(`/v1/platform/tariffs/${tariffs[audience]}`, {
      name: `Meters 5 MB pooled, ${audience}`,
      operatorIds: [northern.id, southern.id],
      networks: [northern.name, southern.name],
      allowanceBytes: 5_000_000,
      pooling: 'dynamic_pool',
      minimumTermMonths: 12,
      monthlyPrice: { amount: '0.80', currency: 'EUR' },
      audience,
    });
    await platform.put(`/v1/platform/partners/demo/tariffs/${tariffs[audience]}`);
  }
  return { stepByStep: northern, planned: southern, tariffs };
}
