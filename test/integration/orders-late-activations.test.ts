import { expect, test } from '@jest/globals';
import { update, write } from '../../adapters/dynamodb/items.ts';
import { simKey } from '../../adapters/dynamodb/keys.ts';
import { useTableOf } from '../../local/table-of-cloud.ts';
import { eventually, useLocalCloud } from './local-cloud.ts';
import { is, type Operation, type Page } from './partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-late');

test.concurrent('an activation that the operator confirms after the deadline has failed, and is believed still', async () => {
  await cloud.operator('a1').behaves({ leadTimeDays: 0, activationDelayDays: 16 });
  const { id } = await acme.orders({ operatorId: 'a1', quantity: 20, plan: await acme.aPlan() });
  const order = await acme.orderIn(id, 'fulfilled');
  expect(order.progress).toEqual({ received: 20, migrated: 20, assigned: 20, activated: 0, failed: 20 });
  const activation = order.operations.at(-1)?.operationId ?? '';
  expect((await acme.resultsOf(activation)).map(({ problem }) => problem?.code)).toEqual(
    Array(20).fill('operator_unavailable'),
  );
  for (const sim of await acme.sims({ orderId: id })) {
    expect(sim).toMatchObject({ state: 'assigned', bars: [{ type: 'data' }] });
  }
  await eventually(async () => {
    expect(await acme.sims({ orderId: id, state: 'active' })).toHaveLength(20);
  });
  for (const sim of await acme.sims({ orderId: id })) {
    expect(sim).toMatchObject({ state: 'active', bars: [], nextActions: ['suspend', 'terminate', 'assign'] });
  }
});

test.concurrent('an operator that stops answering in the middle of an activation: its word is believed when it is back', async () => {
  const sims = await acme.assignedSims({ operatorId: '3uk', quantity: 50 });
  const [refused = '', ...others] = sims.map(({ iccid }) => iccid);
  await cloud.operator('3uk').behaves({ activationDelayDays: 5, refuseActivation: [refused] });
  const { id } = await acme.bulk('activate', { select: { iccids: [refused, ...others] } });
  // One is refused at once: so the operator has heard of all of them, and says nothing more.
  await eventually(async () => {
    expect(is(200, await acme.api.get<Operation>(`/v1/operations/${id}`)).failed).toBeGreaterThan(0);
  });
  await cloud.operator('3uk').behaves({ stall: true });
  const operation = await acme.operationDone(id, { within: 60_000 });
  expect(operation).toMatchObject({ state: 'failed', total: 50, succeeded: 0, failed: 50 });
  const results = await acme.resultsOf(id);
  for (const { iccid, problem } of results) {
    expect(problem?.code).toBe(iccid === refused ? 'operator_refused' : 'operator_unavailable');
  }
  const orderId = sims[0]?.orderId ?? '';
  expect(await acme.sims({ orderId, state: 'assigned' })).toHaveLength(50);

  // No function writes such: the history of a SIM is none. It is dead-lettered alone, and holds up no other of its batch.
  const broken = others[0] ?? '';
  useTableOf(cloud.cloud());
  await write(update(simKey('acme-late', broken), { set: { history: 'none' } }));
  await cloud.operator('3uk').behavesWell();
  await eventually(async () => {
    expect(await acme.sims({ orderId, state: 'active' })).toHaveLength(48);
  });
  expect(new Set((await acme.sims({ orderId, state: 'assigned' })).map(({ iccid }) => iccid))).toEqual(
    new Set([refused, broken]),
  );
  await eventually(async () => {
    const { items } = is(
      200,
      await cloud.as({ roles: ['platform'] }).get<Page<{ subject: string }>>('/v1/platform/set-aside?limit=200'),
    );
    expect(items.map(({ subject }) => subject)).toContainEqual(expect.stringMatching(new RegExp(`LATE#.*#${broken}$`)));
  });
});
