import { beforeAll, describe, expect, test } from '@jest/globals';
import { completeManualTask, getManualTask } from '../../../adapters/dynamodb/manual-tasks.ts';
import { getOperation } from '../../../adapters/dynamodb/operations.ts';
import type { SimRecord } from '../../../adapters/dynamodb/sims.ts';
import { asId } from '../../../domain/ids.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { applyOperatorAnswers } from '../../../use-cases/sims/changes/apply-operator-answers.ts';
import { requestChange } from '../../../use-cases/sims/changes/request-change.ts';
import { loadSimRequest } from '../../../use-cases/sims/load-sim-request.ts';
import { newInvocation, openPage } from '../../../use-cases/sims/process-page.ts';
import { withResultCounter } from '../../../use-cases/sims/result-counter.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { grantTariffs, newIccids, settingsByHand } from '../support/operators-by-hand.ts';
import { is, type Operation, type Order, type Page, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-by-hand');
const platform = cloud.as({ roles: ['platform'] });
const csv = { 'content-type': 'text/csv' };

type ManualTask = {
  id: string;
  operatorId: string;
  partnerId: string;
  action: string;
  count: number;
  operationId?: string;
  state: string;
  doneBy?: string;
};
type TaskSim = { iccid: string; imsi?: string; refused?: string };

const read = async (iccid: string) => is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`));
const openTasks = async () =>
  is(200, await platform.get<Page<ManualTask>>('/v1/platform/manual-tasks?operatorId=paper&state=open&limit=200'))
    .items;
const simsOfTask = async (id: string) =>
  is(200, await platform.get<Page<TaskSim>>(`/v1/platform/manual-tasks/${id}/sims?limit=200`)).items;
const complete = (id: string, body: unknown = {}) =>
  platform.post<ManualTask>(`/v1/platform/manual-tasks/${id}/complete`, body);

/** The open task of an operation, once it has this number of SIMs. */
const openTask = (operationId: string, count: number) =>
  eventually(async () => {
    const tasks = await openTasks();
    const task = tasks.find((item) => item.operationId === operationId);
    if (task?.count !== count) {
      throw new Error(`There is no open task with ${count} SIMs: ${JSON.stringify(tasks)}`);
    }
    return task;
  });

/** Holds the clock during a test, so that no deadline passes on a busy machine. */
const held = (body: () => Promise<void>) => () => cloud.clock.held(body);

/** Lets a day pass before each look, so that pauses end and schedules run: the local cloud runs hourly ones every few days. */
const daily = <T>(look: () => Promise<T>) =>
  eventually(async () => {
    await cloud.clock.skip({ days: 1 });
    return look();
  });
const operationEnds = (id: string) =>
  daily(async () => {
    const operation = is(200, await acme.api.get<Operation>(`/v1/operations/${id}`));
    expect(operation.finishedAt).toBeDefined();
    return operation;
  });

let services: { partnerServiceId: string; customerId: string; customerServiceId: string };

/** SIMs of an existing fleet. */
async function importedSims(count: number, state: string): Promise<string[]> {
  const iccids = newIccids(count);
  const { partnerServiceId, customerId, customerServiceId } = services;
  const rows = iccids.map((iccid) => [iccid, state, partnerServiceId, customerId, customerServiceId].join(','));
  const file = ['iccid,state,partnerService,customer,customerService', ...rows, ''].join('\r\n');
  const loaded = await platform.post(`/v1/platform/partners/${acme.id}/imports?operatorId=paper`, file, csv);
  expect(is(200, loaded)).toMatchObject({ loaded: count, rejected: 0 });
  return iccids;
}

beforeAll(async () => {
  is(201, await platform.put('/v1/platform/operators/paper', settingsByHand));
  await grantTariffs(platform, acme, 'paper', ['paper']);
  const { id: partnerServiceId } = await acme.aPartnerService({ tariffId: 'trf_paper_partner' });
  const { customer, service } = await acme.aCustomerWithService({ tariffId: 'trf_paper_customer' });
  services = { partnerServiceId, customerId: customer.id, customerServiceId: service.id };
});

describe('an operator without an API', () => {
  test(
    'takes an order with a plan to active SIMs, by two files and a task',
    held(async () => {
      const { id } = await acme.orders({ operatorId: 'paper', quantity: 10, plan: { ...services, activate: true } });
      const on = `/v1/platform/partners/${acme.id}/orders/${id}`;
      is(200, await platform.post(`${on}/accept`, { operatorReference: 'PM-1' }));
      is(200, await platform.post(`${on}/dispatch`, {}));
      const iccids = newIccids(10);
      for (const file of [iccids.slice(0, 4), iccids.slice(4)]) {
        const rows = file.map((iccid) => `${iccid},26201${iccid.slice(-11, -1)}`);
        const loaded = await platform.post(`${on}/sims`, ['iccid,imsi', ...rows, ''].join('\r\n'), csv);
        expect(is(200, loaded)).toMatchObject({ loaded: file.length, rejected: 0 });
      }
      is(200, await platform.post(`${on}/deliver`, {}));
      const operationId = await eventually(async () => {
        const { operations, progress } = is(200, await acme.api.get<Order>(`/v1/orders/${id}`));
        expect(progress.assigned).toBe(10);
        return operations.find(({ stage }) => stage === 'activate')?.operationId ?? '';
      });
      const task = await openTask(operationId, 10);
      expect(task).toMatchObject({ operatorId: 'paper', partnerId: acme.id, action: 'activate', state: 'open' });
      expect(is(200, await acme.api.get<Operation>(`/v1/operations/${operationId}`))).toMatchObject({
        state: 'running',
        waitingForOperator: 10,
      });
      expect((await simsOfTask(task.id)).map(({ iccid }) => iccid).sort()).toEqual([...iccids].sort());
      const file = await platform.get<string>(`/v1/platform/manual-tasks/${task.id}/sims?limit=200`, {
        accept: 'text/csv',
      });
      expect(String(file.body).split('\r\n')[0]).toBe('iccid,imsi,msisdn,refused');
      const [refused = ''] = iccids;
      const reason = 'The card is blocked.';
      expect(is(200, await complete(task.id, { refused: [{ iccid: refused, reason }] }))).toMatchObject({
        state: 'done',
        doneBy: expect.any(String),
      });
      const order = await acme.orderIn(id, 'fulfilled');
      expect(order.progress).toMatchObject({ received: 10, activated: 9, failed: 1 });
      expect(await acme.resultsOf(operationId, 'failed')).toEqual([
        { iccid: refused, outcome: 'failed', problem: { code: 'operator_refused', detail: reason } },
      ]);
      expect(await read(refused)).toMatchObject({ state: 'assigned', bars: [{ type: 'data' }] });
      expect((await simsOfTask(task.id)).filter((sim) => sim.refused)).toMatchObject([
        { iccid: refused, refused: reason },
      ]);
    }),
  );

  test.each([
    ['suspend', 'active', 'suspended', {}],
    ['resume', 'suspended', 'active', {}],
    ['terminate', 'active', 'terminated', { confirm: 3 }],
  ] as const)('makes SIMs wait for %s until the task is done', (action, state, after, fields) =>
    cloud.clock.held(async () => {
      const iccids = await importedSims(3, state);
      const [refused = '', ...others] = iccids;
      const { id } = await acme.bulk(action, { select: { iccids }, ...fields });
      const task = await openTask(id, 3);
      expect(task).toMatchObject({ action, operationId: id });
      for (const iccid of iccids) {
        expect(await read(iccid)).toMatchObject({ state, pendingChange: { action, operationId: id }, nextActions: [] });
      }
      is(200, await complete(task.id, { refused: [{ iccid: refused, reason: 'Not now.' }] }));
      expect(await acme.operationDone(id)).toMatchObject({ state: 'partially_succeeded', succeeded: 2, failed: 1 });
      expect(await read(refused)).toMatchObject({ state });
      for (const iccid of others) {
        expect(await read(iccid)).toMatchObject({ state: after });
      }
    }),
  );

  test(
    'continues as soon as the task is done, however long the operation has waited',
    held(async () => {
      const iccids = await importedSims(1, 'active');
      const { id } = await acme.bulk('suspend', { select: { iccids } });
      const task = await openTask(id, 1);
      // Pauses between rounds are six hours by then.
      await cloud.clock.skip({ days: 3 });
      is(200, await complete(task.id));
      await acme.operationDone(id);
      expect(await read(iccids[0] ?? '')).toMatchObject({ state: 'suspended' });
    }),
  );

  test(
    'is made when the task is done, although the operation was cancelled meanwhile',
    held(async () => {
      const [iccid = ''] = await importedSims(1, 'active');
      const { id } = await acme.bulk('suspend', { select: { iccids: [iccid] } });
      const task = await openTask(id, 1);
      await cloud.clock.skip({ days: 1 });
      is(200, await acme.api.post<Operation>(`/v1/operations/${id}/cancel`, {}));
      is(200, await complete(task.id));
      expect(await acme.operationDone(id)).toMatchObject({ state: 'cancelled', succeeded: 1 });
      const sim = await read(iccid);
      expect(sim).toMatchObject({ state: 'suspended' });
      expect(sim).not.toHaveProperty('pendingChange');
    }),
  );

  test(
    'is not asked again about a refused SIM by an attempt that runs at the same time',
    held(async () => {
      const [iccid = ''] = await importedSims(1, 'active');
      const partnerId = asId('partner', acme.id);
      const id = asId('operation', (await acme.bulk('suspend', { select: { iccids: [iccid] } })).id);
      const task = await openTask(id, 1);
      // The attempts run in this process, on the table of the cloud. The execution pauses.
      useTableOf(cloud.cloud());
      process.env.POWERTOOLS_METRICS_DISABLED = 'true';
      const operation = await getOperation(partnerId, id);
      if (!operation) {
        throw new Error('There is no operation.');
      }
      const request = await loadSimRequest(partnerId, 'suspend', operation.target);
      const invocation = newInvocation(() => true);
      await withResultCounter(partnerId, operation, async (counter) => {
        const confirming = await openPage(partnerId, operation, request, 0, counter, invocation);
        const answers = new Map([[iccid, { iccid, status: 'refused' as const }]]);
        await applyOperatorAnswers(confirming, 'suspend', [...confirming.sims.values()], answers);
        const requesting = await openPage(partnerId, operation, request, 0, counter, invocation);
        expect(requesting.open).toEqual([iccid]);
        expect(await requestChange(requesting)).toEqual([]);
        // It read the SIM before the other one had asked for the change.
        const { pendingChange: _pending, ...before } = confirming.sims.get(iccid) ?? {};
        const early = new Map(requesting.sims).set(iccid, { ...before } as SimRecord); // all fields but an optional one
        expect(await requestChange({ ...requesting, sims: early })).toEqual([]);
      });
      expect(await read(iccid)).not.toHaveProperty('pendingChange');
      is(200, await complete(task.id, { refused: [{ iccid, reason: 'Not now.' }] }));
      expect(await acme.operationDone(id)).toMatchObject({ state: 'failed', failed: 1 });
      const sim = await read(iccid);
      expect(sim).toMatchObject({
        state: 'active',
        bars: [],
        nextActions: ['suspend', 'terminate', 'assign', 'migrate', 'unassign', 'replace'],
      });
      expect(sim).not.toHaveProperty('pendingChange');
    }),
  );

  test(
    'is believed when the task is done after the deadline of seven days',
    held(async () => {
      const [first = '', second = ''] = await importedSims(2, 'active');
      const { id } = await acme.bulk('suspend', { select: { iccids: [first, second] }, reason: 'lost' });
      const task = await openTask(id, 2);
      await cloud.clock.skip({ days: 8 });
      expect(await operationEnds(id)).toMatchObject({ state: 'failed', failed: 2 });
      expect(await read(first)).toMatchObject({ state: 'active' });
      is(200, await complete(task.id, { refused: [{ iccid: second, reason: 'Unknown card.' }] }));
      await daily(async () => {
        expect(await read(first)).toMatchObject({ state: 'suspended', bars: [{ reason: 'lost' }] });
      });
      expect(await read(second)).toMatchObject({ state: 'active' });
    }),
  );

  test(
    'gets a task to undo a change that was made too late',
    held(async () => {
      const iccids = await importedSims(1, 'active');
      const late = await acme.bulk('suspend', { select: { iccids } });
      const lateTask = await openTask(late.id, 1);
      await cloud.clock.skip({ days: 8 });
      await operationEnds(late.id);
      for (const action of ['suspend', 'resume']) {
        const { id } = await acme.bulk(action, { select: { iccids } });
        is(200, await complete((await openTask(id, 1)).id));
        expect(await acme.operationDone(id)).toMatchObject({ state: 'succeeded' });
      }
      is(200, await complete(lateTask.id));
      const undo = await daily(async () => {
        const task = (await openTasks()).find(({ operationId }) => operationId === late.id);
        if (!task) {
          throw new Error('There is no task to undo the suspension.');
        }
        return task;
      });
      expect(undo).toMatchObject({ action: 'resume' });
      expect(await simsOfTask(undo.id)).toMatchObject([{ iccid: iccids[0] }]);
      is(200, await complete(undo.id));
      expect(await read(iccids[0] ?? '')).toMatchObject({ state: 'active', bars: [] });
    }),
  );
});

describe('the completion of a task', () => {
  test(
    'names each refused SIM that is not in it, and changes nothing then',
    held(async () => {
      const iccids = await importedSims(1, 'active');
      const [other = ''] = await importedSims(1, 'active');
      const { id } = await acme.bulk('suspend', { select: { iccids } });
      const task = await openTask(id, 1);
      const refused = [
        { iccid: other, reason: 'x' },
        { iccid: iccids[0] ?? '', reason: 'x' },
        { iccid: iccids[0] ?? '', reason: 'y' },
      ];
      expectInvalid(await complete(task.id, { refused }), [
        ['/refused/0/iccid', 'not_found'],
        ['/refused/2/iccid', 'duplicate'],
      ]);
      expectInvalid(await complete(task.id, { refused: [{ iccid: iccids[0] }] }), [['/refused/0/reason', 'required']]);
      is(200, await complete(task.id));
      expectProblem(await complete('tsk_none'), 404, 'not_found');
    }),
  );

  test(
    'can be repeated with the same refused SIMs only',
    held(async () => {
      const [first = '', second = ''] = await importedSims(2, 'active');
      const { id } = await acme.bulk('suspend', { select: { iccids: [first, second] } });
      const task = await openTask(id, 2);
      const refused = [{ iccid: first, reason: 'The card is blocked.' }];
      const done = is(200, await complete(task.id, { refused }));
      expect(is(200, await complete(task.id, { refused }))).toEqual(done);
      for (const other of [
        [],
        [{ iccid: first, reason: 'Unknown card.' }],
        [{ iccid: second, reason: 'The card is blocked.' }],
        [...refused, { iccid: second, reason: 'The card is blocked.' }],
      ]) {
        expectProblem(await complete(task.id, { refused: other }), 409, 'wrong_state');
      }
      expect(await acme.operationDone(id)).toMatchObject({ succeeded: 1, failed: 1 });
      expect(is(200, await complete(task.id, { refused }))).toEqual(done);
    }),
  );

  test(
    'continues the operation when it is repeated, because a crash may have prevented that',
    held(async () => {
      const [iccid = ''] = await importedSims(1, 'active');
      const { id } = await acme.bulk('suspend', { select: { iccids: [iccid] } });
      const { id: taskId } = await openTask(id, 1);
      // Pauses between rounds are six hours by then.
      await cloud.clock.skip({ days: 3 });
      useTableOf(cloud.cloud());
      const task = await getManualTask(asId('manualTask', taskId));
      if (!task || !(await completeManualTask(task, [], 'crashed', (await cloud.clock.now()).toISOString()))) {
        throw new Error('The task is not open.');
      }
      expect(is(200, await complete(taskId))).toMatchObject({ state: 'done', doneBy: 'crashed' });
      await acme.operationDone(id);
      expect(await read(iccid)).toMatchObject({ state: 'suspended' });
    }),
  );

  test(
    'of a task about an order is the answer to its cancellation',
    held(async () => {
      const { id } = await acme.orders({ operatorId: 'paper', quantity: 10 });
      const on = `/v1/platform/partners/${acme.id}/orders/${id}`;
      is(200, await platform.post(`${on}/accept`, { operatorReference: 'PM-2' }));
      is(200, await acme.api.post(`/v1/orders/${id}/cancel`, {}));
      const task = (await openTasks()).find(({ action }) => action === 'cancel_order');
      expect(await simsOfTask(task?.id ?? '')).toEqual([]);
      expectProblem(await complete(task?.id ?? ''), 409, 'wrong_state');
    }),
  );
});
