import { expect, test } from '@jest/globals';
import { simKey } from '../../../adapters/dynamodb/keys.ts';
import { get } from '../../../adapters/dynamodb/reads.ts';
import type { SimRecord } from '../../../adapters/dynamodb/sims.ts';
import { update } from '../../../adapters/dynamodb/write-requests.ts';
import { write } from '../../../adapters/dynamodb/writes.ts';
import { asId } from '../../../domain/ids.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { eventually, LATE_DAYS, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Page } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-late');

/** Gives a SIM a history that no function writes and none can read. @returns how to undo it. */
async function breakSim(iccid: string): Promise<() => Promise<void>> {
  useTableOf(cloud.cloud());
  const key = simKey(asId('partner', 'acme-late'), iccid);
  const before = await get<SimRecord>(key);
  // A new version, so that a function which has read the SIM before cannot save it over the break.
  await write(update(key, { set: { history: 'none' }, add: { version: 1 } }));
  return () => write(update(key, { set: { history: before?.history } }));
}

test('an activation that the operator confirms after the deadline has failed, but the confirmation is accepted', async () => {
  await cloud.operator('a1').behaves({ leadTimeDays: 0, activationDelayDays: LATE_DAYS });
  const { id } = await acme.orders({ operatorId: 'a1', quantity: 20, plan: await acme.aPlan() });
  await eventually(async () => {
    expect(await acme.sims({ orderId: id, state: 'activating' })).toHaveLength(20);
  });
  await cloud.clock.skip({ days: 8 });
  const order = await acme.orderIn(id, 'fulfilled');
  expect(order.progress).toEqual({ received: 20, migrated: 20, assigned: 20, activated: 0, failed: 20 });
  const activation = order.operations.at(-1)?.operationId ?? '';
  expect((await acme.resultsOf(activation)).map(({ problem }) => problem?.code)).toEqual(
    Array(20).fill('operator_unavailable'),
  );
  for (const sim of await acme.sims({ orderId: id })) {
    expect(sim).toMatchObject({ state: 'assigned', bars: [{ type: 'data' }] });
  }
  await cloud.clock.skip({ days: LATE_DAYS - 7 });
  await eventually(async () => {
    expect(await acme.sims({ orderId: id, state: 'active' })).toHaveLength(20);
  });
  for (const sim of await acme.sims({ orderId: id })) {
    expect(sim).toMatchObject({
      state: 'active',
      bars: [],
      nextActions: ['suspend', 'terminate', 'assign', 'migrate', 'unassign', 'replace'],
    });
  }
});

test('a SIM with a broken record delays no other SIM of its page, and is confirmed after its repair', async () => {
  await cloud.operator('orange').behaves({ leadTimeDays: 0, activationDelayDays: 1 });
  const sims = await acme.assignedSims({ operatorId: 'orange', quantity: 50 });
  const iccids = sims.map(({ iccid }) => iccid);
  // Holds the clock, so that the operation does not reach its deadline before the SIM is mended. The test advances it step by step:
  // after a single skip, a busy machine could ask the operator or start a pause too late, and wait forever.
  const anHourLater = () => cloud.clock.skip({ days: 1 / 24 });
  await cloud.clock.held(async () => {
    const { id } = await acme.bulk('activate', { select: { iccids } });
    await eventually(async () => {
      expect(await acme.sims({ orderId: sims[0]?.orderId ?? '', state: 'activating' })).toHaveLength(50);
    });
    const mend = await breakSim(iccids[7] ?? '');
    await cloud.clock.skip({ days: 1 });
    await eventually(async () => {
      await anHourLater();
      const operation = is(200, await acme.api.get<Operation>(`/v1/operations/${id}`));
      expect(operation).toMatchObject({ state: 'running', succeeded: 49, failed: 0 });
    });
    await mend();
    await eventually(async () => {
      await anHourLater();
      const operation = is(200, await acme.api.get<Operation>(`/v1/operations/${id}`));
      expect(operation).toMatchObject({ state: 'succeeded', total: 50, succeeded: 50 });
    });
  });
});

test('a SIM with a broken record keeps no other from being assigned, and the operation can be retried after its repair', async () => {
  const sims = await acme.simsInStock({ operatorId: 'orange', quantity: 50 });
  const orderId = sims[0]?.orderId ?? '';
  const broken = sims[7]?.iccid ?? '';
  const { customer, service } = await acme.aCustomerWithService();
  const assign = { select: { orderId }, customerId: customer.id, customerServiceId: service.id };
  const mend = await breakSim(broken);
  const operation = await acme.bulkDone('assign', assign);
  expect(operation).toMatchObject({
    state: 'failed',
    total: 50,
    succeeded: 49,
    failed: 0,
    failure: { code: 'internal_error' },
  });
  expect(await acme.sims({ orderId, state: 'assigned' })).toHaveLength(49);
  expect((await acme.sims({ orderId, state: 'in_stock' })).map(({ iccid }) => iccid)).toEqual([broken]);
  await mend();
  expect(await acme.bulkDone('assign', assign)).toMatchObject({ state: 'succeeded', succeeded: 50 });
});

test('an operator that stops answering during an activation: its confirmations are accepted when it answers again', async () => {
  const sims = await acme.assignedSims({ operatorId: '3uk', quantity: 50 });
  const [refused = '', ...others] = sims.map(({ iccid }) => iccid);
  const broken = others[0] ?? '';
  await cloud.operator('3uk').behaves({ activationDelayDays: 5, refuseActivation: [refused] });
  const { id } = await cloud.clock.held(async () => {
    const begun = await acme.bulk('activate', { select: { iccids: [refused, ...others] } });
    // One is refused at once: so the operator has heard of all of them, and says nothing more.
    await eventually(async () => {
      expect(is(200, await acme.api.get<Operation>(`/v1/operations/${begun.id}`)).failed).toBeGreaterThan(0);
    });
    await cloud.operator('3uk').behaves({ stall: true });
    await breakSim(broken);
    return begun;
  });
  await cloud.clock.skip({ days: 8 });
  const operation = await acme.operationDone(id, { within: 60_000 });
  expect(operation).toMatchObject({ state: 'failed', total: 50, succeeded: 0, failed: 50 });
  const results = await acme.resultsOf(id);
  for (const { iccid, problem } of results) {
    expect(problem?.code).toBe(iccid === refused ? 'operator_refused' : 'operator_unavailable');
  }
  const orderId = sims[0]?.orderId ?? '';
  expect(await acme.sims({ orderId, state: 'assigned' })).toHaveLength(49);

  // The broken SIM is dead-lettered alone, and holds up no other of its batch.
  await cloud.operator('3uk').behavesWell();
  await eventually(async () => {
    expect(await acme.sims({ orderId, state: 'active' })).toHaveLength(48);
  });
  expect((await acme.sims({ orderId, state: 'assigned' })).map(({ iccid }) => iccid)).toEqual([refused]);
  expect((await acme.sims({ orderId, state: 'activating' })).map(({ iccid }) => iccid)).toEqual([broken]);
  await eventually(async () => {
    const { items } = is(
      200,
      await cloud.as({ roles: ['platform'] }).get<Page<{ subject: string }>>('/v1/platform/set-aside?limit=200'),
    );
    expect(items.map(({ subject }) => subject)).toContainEqual(expect.stringMatching(new RegExp(`LATE#.*#${broken}$`)));
  });
});
