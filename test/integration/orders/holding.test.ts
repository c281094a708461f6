import { afterAll, expect, test } from '@jest/globals';
import { DAY_MS } from '../../../domain/time-units.ts';
import { eventually, patience, SLOW_DAY_MS, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Order } from '../support/partner.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

// Five working days are long enough for a busy machine to migrate SIMs within them.
const cloud = useLocalCloud({ dayMs: SLOW_DAY_MS * patience });
const id = `acme-holding-${process.pid}`;
const acme = cloud.partner(id);

let receiver: Receiver | undefined;
afterAll(() => receiver?.stop());

const WAITING = 'sims.waiting_in_holding';

const linesOf = async (orderId: string) => (await acme.eventsOf(orderId)).filter(({ type }) => type === WAITING);

test('SIMs that wait in holding are reported once per order, without those that were migrated', async () => {
  receiver = await startReceiver();
  const hook = { url: receiver.url, events: ['sims.*'] };
  const { secret } = is(201, await acme.api.post<{ secret: string }>('/v1/webhooks', hook));
  const { id: partnerServiceId } = await acme.aPartnerService();
  const [waiting, migrated] = await Promise.all([
    acme.simsInHolding({ operatorId: 'a1', quantity: 20 }),
    acme.simsInStock({ operatorId: 'a1', quantity: 20 }),
  ]);
  const orderId = waiting[0]?.orderId ?? '';
  const select = { iccids: waiting.slice(0, 5).map(({ iccid }) => iccid) };
  await acme.bulkDone('migrate', { select, partnerServiceId });
  await cloud.clock.skip({ days: 7 });

  const [line] = await eventually(async () => {
    const lines = await linesOf(orderId);
    expect(lines).toHaveLength(1);
    return lines;
  });
  expect(line).toMatchObject({
    actor: 'system',
    detail: '15 SIMs wait in holding for more than 5 working days. Migrate them to a partner service.',
  });
  const delivered = (await acme.eventsOf(orderId)).find(({ to }) => to === 'delivered');
  expect(Date.parse(line?.at ?? '') - Date.parse(delivered?.at ?? '')).toBeGreaterThan(5 * DAY_MS);
  const taken = () => (receiver ? receiver.taken(secret) : []);
  await eventually(() => expect(taken().map(({ data }) => data.orderId)).toEqual([orderId]));

  // The wholesaler may agree on another number of days with a partner.
  const platform = cloud.as({ roles: ['platform'] });
  const {
    id: _,
    createdAt,
    updatedAt,
    version,
    ...details
  } = is(200, await acme.api.get<Record<string, unknown>>('/v1/partner'));
  const saved = await platform.put<Record<string, unknown>>(`/v1/platform/partners/${id}`, {
    ...details,
    holdingDays: 1,
  });
  expect(is(200, saved)).toMatchObject({ holdingDays: 1 });
  const [next] = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
  await eventually(async () =>
    expect((await linesOf(next?.orderId ?? ''))[0]?.detail).toMatch(/^20 SIMs .* 1 working day\./),
  );

  // By now the other orders have been looked at, too.
  expect(await linesOf(orderId)).toHaveLength(1);
  expect(await linesOf(migrated[0]?.orderId ?? '')).toEqual([]);
  expect(is(200, await acme.api.get<Order>(`/v1/orders/${orderId}`)).state).toBe('delivered');
});
