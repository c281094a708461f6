import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FaultKind } from '../../../local/harsh/harsh-mode.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type SimUsage } from '../support/partner.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

// The whole job on one cloud in harsh mode: a sample of `npm run test:harsh`, which runs all integration tests, the model and chaos.
const cloud = useLocalCloud({ harshSeed: process.env.HARSH_SEED ?? '16' });
const acme = cloud.partner('acme-harsh');
const a1 = cloud.operator('a1');

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());

test('an order, a bulk action, events and usage succeed in harsh mode', async () => {
  const { secret } = is(
    201,
    await acme.api.post<{ secret: string }>('/v1/webhooks', {
      url: receiver.url,
      events: ['order.fulfilled', 'operation.finished'],
    }),
  );
  const sims = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
  expect(sims.map(({ state }) => state)).toEqual(Array(20).fill('active'));
  const [{ iccid, customerId, orderId } = { iccid: '', customerId: '', orderId: '' }] = sims;

  const activated = (await acme.all<{ at: string; type: string }>(`/v1/sims/${iccid}/events`)).findLast(
    ({ type }) => type === 'sim.activated',
  );
  const at = `${activated?.at.slice(0, 19)}.999Z`;
  await Promise.all([300, 20, 1].map((bytes) => a1.uses({ iccid, at, bytes })));

  const operation = await acme.bulkDone('suspend', { select: { orderId }, reason: 'harsh' });
  expect(operation).toMatchObject({ state: 'succeeded', total: 20, succeeded: 20, failed: 0 });
  expect(await acme.resultsOf(operation.id)).toHaveLength(20);

  await eventually(async () => {
    expect(await acme.sims({ state: 'suspended', customerId: customerId ?? '' })).toHaveLength(20);
    expect(await acme.sims({ state: 'active' })).toHaveLength(0);
  });
  await eventually(async () => {
    const range = new URLSearchParams({
      from: at.slice(0, 10),
      to: new Date(Date.parse(at) + 172_800_000).toISOString(),
    });
    const usage = is(200, await acme.api.get<SimUsage>(`/v1/sims/${iccid}/usage?${range}`));
    expect(usage.totalBytes).toBe(321);
  });
  await eventually(() => {
    const events = new Map(receiver.taken(secret).map(({ id, type }) => [id, type]));
    // Each event once: of the plan's three operations, the suspension and the order.
    expect([...events.values()].sort()).toEqual([...Array(4).fill('operation.finished'), 'order.fulfilled']);
  });

  const { seed, faults } = is(
    200,
    await cloud.api().get<{ seed: number; faults: Record<FaultKind, number> }>('/_local/harsh'),
  );
  expect(seed).toBe(Number(process.env.HARSH_SEED ?? '16'));
  for (const kind of ['late items', 'conflicts', 'repeated invocations', 'repeated records'] as const) {
    expect([kind, faults[kind]]).toEqual([kind, expect.any(Number)]);
    expect(faults[kind]).toBeGreaterThan(0);
  }
});
