import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { saveOrderStep } from '../../../adapters/dynamodb/orders.ts';
import { asId } from '../../../domain/ids.ts';
import { markOrderSent } from '../../../domain/order-steps.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { grantTariffs, settingsByHand } from '../support/operators-by-hand.ts';
import { is, type Order, type Page, type Sim } from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-accelerator');
const platform = cloud.as({ roles: ['platform'] });
const operator = cloud.operator('accel');

const settings = {
  ...settingsByHand,
  name: 'Accelerated Mobile',
  ordering: 'api',
  connectivity: 'api',
  platform: { kind: 'iot-accelerator' },
} as const;

let services: { partnerServiceId: string; customerId: string; customerServiceId: string };

const read = async (iccid: string) => is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`));
const statesOf = async (iccids: readonly string[]) =>
  new Set((await Promise.all(iccids.map(read))).map(({ state }) => state));

/** Changes SIMs, and waits for the operation's end while the days pass. */
async function changed(action: 'suspend' | 'resume' | 'terminate', iccids: string[], fields: object = {}) {
  const { id } = await acme.bulk(action, { select: { iccids }, ...fields });
  return acme.operationDone(id);
}

beforeAll(async () => {
  useTableOf(cloud.cloud());
  is(201, await platform.put('/v1/platform/operators/accel', settings));
  await grantTariffs(platform, acme, 'accel', ['accel']);
  const { id: partnerServiceId } = await acme.aPartnerService({ tariffId: 'trf_accel_partner' });
  const { customer, service } = await acme.aCustomerWithService({ tariffId: 'trf_accel_customer' });
  services = { partnerServiceId, customerId: customer.id, customerServiceId: service.id };
});
afterEach(() => operator.behavesWell());

describe('an operator on IoT Accelerator, added at run time', () => {
  test('takes an order to active SIMs, which are suspended, resumed and terminated', async () => {
    await operator.behaves({ leadTimeDays: 1, changeDelayDays: 0.5, activationDelayDays: 0.5 });
    const { id } = await acme.orders({ operatorId: 'accel', quantity: 20, plan: { ...services, activate: true } });
    const fulfilled = await acme.orderIn(id, 'fulfilled');
    expect(fulfilled).toMatchObject({
      operatorReference: expect.stringMatching(/^REQ/),
      receivedQuantity: 20,
      progress: { received: 20, activated: 20, failed: 0 },
    });
    const iccids = (await acme.sims({ orderId: id, state: 'active' })).map(({ iccid }) => iccid);
    expect(iccids).toHaveLength(20);

    const [refused = '', ...others] = iccids;
    await operator.behaves({ changeDelayDays: 0.5, refuseChanges: [refused] });
    expect(await changed('suspend', iccids, { reason: 'not_paid' })).toMatchObject({ succeeded: 19, failed: 1 });
    expect(await read(refused)).toMatchObject({ state: 'active', bars: [] });
    expect(await statesOf(others)).toEqual(new Set(['suspended']));

    await operator.behaves({ changeDelayDays: 0.5 });
    expect(await changed('resume', others)).toMatchObject({ succeeded: 19, failed: 0 });
    expect(await changed('terminate', iccids, { confirm: 20 })).toMatchObject({ succeeded: 20, failed: 0 });
    expect(await statesOf(iccids)).toEqual(new Set(['terminated']));
  });

  test('reports a refused SIM with its reason', async () => {
    const { id } = await acme.orders({ operatorId: 'accel', quantity: 10, plan: services });
    await acme.orderIn(id, 'fulfilled');
    const [refused = ''] = (await acme.sims({ orderId: id })).map(({ iccid }) => iccid);
    await operator.behaves({ refuseActivation: [refused] });
    const activation = await acme.bulk('activate', { select: { orderId: id } });
    expect(await acme.operationDone(activation.id)).toMatchObject({ succeeded: 9, failed: 1 });
    const results = await acme.all<{ iccid: string; outcome: string; problem?: object }>(
      `/v1/operations/${activation.id}/results?outcome=failed`,
    );
    expect(results).toMatchObject([
      { iccid: refused, problem: { code: 'operator_refused', detail: 'The subscription cannot change its state' } },
    ]);
    expect(await read(refused)).toMatchObject({ state: 'assigned' });
  });

  test('cancels an order', async () => {
    await cloud.clock.held(async () => {
      await operator.behaves({ leadTimeDays: 5 });
      const { id } = await acme.orders({ operatorId: 'accel', quantity: 10 });
      const { operatorReference } = await acme.orderIn(id, 'accepted');
      expect(is(200, await acme.api.post<Order>(`/v1/orders/${id}/cancel`, {}))).toMatchObject({ state: 'cancelled' });
      expect(operatorReference).toMatch(/^REQ/);
    });
  });

  /** An order whose submission was recorded as sent, as if that record had been lost with the operator's answer. */
  async function lostOrder(): Promise<{ id: string; on: string }> {
    await operator.behaves({ failureRate: 1, leadTimeDays: 1 });
    const { id } = await acme.orders({ operatorId: 'accel', quantity: 10, plan: { ...services, activate: true } });
    const at = (await cloud.clock.now()).toISOString();
    const orderId = asId('order', id);
    const sent = await saveOrderStep(asId('partner', acme.id), orderId, (order) => markOrderSent(order, at));
    expect(sent?.taken).toBe(true);
    expectProblem(await acme.api.post(`/v1/orders/${id}/cancel`, {}), 503, 'operator_unavailable');
    await operator.behaves({ leadTimeDays: 1 });
    await eventually(async () => {
      const path = '/v1/platform/orders?operatorId=accel&state=submitted';
      const { items } = is(200, await platform.get<Page<Order>>(path));
      expect(items).toContainEqual(expect.objectContaining({ id, state: 'submitted' }));
    });
    return { id, on: `/v1/platform/partners/${acme.id}/orders/${id}` };
  }

  test('whose answer to an order is lost for good leaves the decision to the staff, who accept it', async () => {
    const { id, on } = await lostOrder();
    const reference = 'REQ999000000001';
    await operator.takes({ reference, quantity: 10 });
    const accepted = await platform.post<Order>(`${on}/accept`, { operatorReference: reference });
    expect(is(200, accepted)).toMatchObject({ state: 'accepted', operatorReference: reference });
    expectProblem(await platform.post(`${on}/dispatch`, {}), 409, 'not_manual');
    // It continues over the API.
    const order = await acme.orderIn(id, 'fulfilled');
    expect(order.progress).toEqual({ received: 10, migrated: 10, assigned: 10, activated: 10, failed: 0 });
  });

  test('whose answer to an order is lost for good leaves the decision to the staff, who reject it', async () => {
    const { id, on } = await lostOrder();
    expectProblem(await platform.post(`${on}/dispatch`, {}), 409, 'not_manual');
    const rejected = await platform.post<Order>(`${on}/reject`, { reason: 'The operator does not have the order.' });
    expect(is(200, rejected)).toMatchObject({ state: 'rejected' });
    const events = await acme.all<{ type: string }>(`/v1/orders/${id}/events`);
    expect(events.map(({ type }) => type)).toEqual(['order.submitted', 'order.unconfirmed', 'order.rejected']);
  });
});
