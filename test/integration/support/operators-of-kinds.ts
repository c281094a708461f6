import { expect } from '@jest/globals';
import type { PlatformKind } from '../../../domain/operator.ts';
import { capabilitiesOf } from '../../../domain/operator-capabilities.ts';
import { operatorByHand } from '../../../local/operator-settings.ts';
import type { CloudUnderTest, OperatorUnderTest } from './local-cloud.ts';
import { grantTariffs } from './operators-by-hand.ts';
import { is, type Order, type Partner, type Plan, type Sim, type WholePlan } from './partner.ts';

/** An operator of a kind of platform, with which orders and usage go in the way of the kind. */
export type OperatorOfKind = {
  kind: PlatformKind;
  id: string;
  /** The stand-in for the operator. */
  standIn: OperatorUnderTest;
  /** Adds the operator unless it exists, and grants the partner tariffs that cover it. Call it before the tests. */
  add(): Promise<void>;
  /** A plan up to active SIMs, with new services. */
  aPlan(): Promise<WholePlan>;
  /**
   * Places an order. When the operator takes none over its API, the staff accept and dispatch it, load the list of the SIMs that the
   * operator ships, and deliver it.
   */
  orders(quantity: number, plan?: Plan): Promise<Order>;
  /** SIMs of a new order that are assigned to a new customer. */
  assignedSims(quantity: number): Promise<Sim[]>;
  /** SIMs of a new order that are active for a new customer. */
  activeSims(quantity: number): Promise<Sim[]>;
  /** Lets a SIM use data now, which the operator reports later. */
  uses(iccid: string, bytes: number): Promise<void>;
};

const ids: Record<PlatformKind, string> = {
  'sim-fulfilment': 'with-fulfilment',
  'iot-accelerator': 'with-accelerator',
  'control-center': 'with-control-center',
};

const csv = { 'content-type': 'text/csv' };

export function operatorOfKind(cloud: CloudUnderTest, partner: Partner, kind: PlatformKind): OperatorOfKind {
  const platform = cloud.as({ roles: ['platform'] });
  const id = ids[kind];
  const standIn = cloud.operator(id);
  const able = capabilitiesOf(kind);

  async function aPlan(): Promise<WholePlan> {
    const { id: partnerServiceId } = await partner.aPartnerService({ tariffId: `trf_${id}_partner` });
    const { customer, service } = await partner.aCustomerWithService({ tariffId: `trf_${id}_customer` });
    return { partnerServiceId, customerId: customer.id, customerServiceId: service.id, activate: true };
  }

  async function handleByHand(order: Order): Promise<void> {
    const path = `/v1/platform/partners/${partner.id}/orders/${order.id}`;
    is(200, await platform.post(`${path}/accept`, { operatorReference: `PORTAL-${order.id.slice(-10)}` }));
    is(200, await platform.post(`${path}/dispatch`, { trackingReference: `PARCEL-${order.id.slice(-10)}` }));
    const loaded = await platform.post(`${path}/sims`, await standIn.ships(order.quantity), csv);
    expect(is(200, loaded)).toMatchObject({ loaded: order.quantity, rejected: 0 });
    is(200, await platform.post(`${path}/deliver`, {}));
  }

  async function orders(quantity: number, plan?: Plan): Promise<Order> {
    const order = await partner.orders({ operatorId: id, quantity, ...(plan && { plan }) });
    if (!able.orders) {
      await handleByHand(order);
    }
    return order;
  }

  async function simsOfPlan(quantity: number, plan: Plan): Promise<Sim[]> {
    const { id: orderId } = await orders(quantity, plan);
    expect((await partner.orderIn(orderId, 'fulfilled')).progress).toMatchObject({ received: quantity, failed: 0 });
    return partner.sims({ orderId });
  }

  return {
    kind,
    id,
    standIn,
    async add() {
      const settings = {
        ...operatorByHand,
        name: `Mobile ${kind}`,
        ordering: able.orders ? 'api' : 'manual',
        connectivity: 'api',
        usage: 'api',
        platform: { kind },
        testStatus: { limitBytes: 100_000 },
      };
      expect([200, 201]).toContain((await platform.put(`/v1/platform/operators/${id}`, settings)).status);
      await grantTariffs(platform, partner, id, [id]);
      await standIn.behavesWell();
    },
    aPlan,
    orders,
    assignedSims: async (quantity) => simsOfPlan(quantity, { ...(await aPlan()), activate: false }),
    activeSims: async (quantity) => simsOfPlan(quantity, await aPlan()),
    uses: (iccid, bytes) => standIn.uses({ iccid, bytes }),
  };
}
