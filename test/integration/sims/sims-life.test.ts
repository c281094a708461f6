import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-life');
const { api } = acme;

type SimEvent = { at: string; type: string; from?: string; to?: string; operationId?: string; actor: string };

const read = async (iccid: string) => is(200, await api.get<Sim>(`/v1/sims/${iccid}`));
const eventsOf = (iccid: string, limit = 200) => acme.all<SimEvent>(`/v1/sims/${iccid}/events?limit=${limit}`);

describe('a SIM', () => {
  let iccids: string[];

  beforeAll(async () => {
    iccids = (await acme.simsInHolding({ operatorId: 'a1', quantity: 20 })).map(({ iccid }) => iccid);
  });

  test('arrives in holding, barred, with the fields of the contract', async () => {
    const sim = await read(iccids[0] ?? '');
    expect(sim).toEqual({
      iccid: expect.stringMatching(/^\d{19,20}$/),
      imsi: expect.stringMatching(/^\d{14,15}$/),
      msisdn: expect.stringMatching(/^\+\d+$/),
      operatorId: 'a1',
      orderId: expect.stringMatching(/^ord_/),
      state: 'in_holding',
      bars: [{ type: 'data', reason: expect.stringMatching(/\S/), since: sim.createdAt }],
      partnerServiceId: expect.stringMatching(/^psv_/),
      holding: true,
      tags: [],
      fields: {},
      stateChangedAt: sim.createdAt,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: sim.createdAt,
      version: 1,
      nextActions: ['migrate', 'terminate'],
    });
  });

  test('can get a label and tags, which do not affect other fields', async () => {
    const path = `/v1/sims/${iccids[1]}`;
    const before = await read(iccids[1] ?? '');
    const labelled = is(200, await api.patch<Sim>(path, { label: '  Meter 17 ', tags: ['north', 'water'] }));
    expect(labelled).toEqual({
      ...before,
      label: 'Meter 17',
      tags: ['north', 'water'],
      updatedAt: labelled.updatedAt,
      version: before.version + 1,
    });
    expect(is(200, await api.patch<Sim>(path, { tags: ['south'] }))).toMatchObject({
      label: 'Meter 17',
      tags: ['south'],
    });
    const bare = is(200, await api.patch<Sim>(path, { label: null, tags: null }));
    expect(bare).not.toHaveProperty('label');
    expect(bare).toEqual({ ...before, updatedAt: bare.updatedAt, version: before.version + 3 });
    expect(await read(iccids[1] ?? '')).toEqual(bare);
  });

  test('has no other writable field', async () => {
    const path = `/v1/sims/${iccids[2]}`;
    const before = await read(iccids[2] ?? '');
    for (const field of ['state', 'bars', 'customerId', 'partnerServiceId', 'iccid', 'version', 'nextActions']) {
      expectInvalid(await api.patch(path, { label: 'x', [field]: 'active' }), [[`/${field}`, 'unknown_field']]);
    }
    expectInvalid(await api.patch(path, { label: '' }), [['/label', 'too_small']]);
    expectInvalid(await api.patch(path, { label: 'x'.repeat(200) }), [['/label', 'too_big']]);
    expectInvalid(await api.patch(path, { label: 'a\u0007b' }), [['/label', 'invalid_format']]);
    expectInvalid(await api.patch(path, { tags: 'north' }), [['/tags', 'invalid_type']]);
    expect(await read(iccids[2] ?? '')).toEqual(before);
  });

  test('keeps its label through all actions', async () => {
    const iccid = iccids[3] ?? '';
    is(200, await api.patch(`/v1/sims/${iccid}`, { label: 'Kept', tags: ['kept'] }));
    const { id: partnerServiceId } = await acme.aPartnerService();
    await acme.bulkDone('migrate', { select: { iccids: [iccid] }, partnerServiceId });
    expect(await read(iccid)).toMatchObject({ state: 'in_stock', label: 'Kept', tags: ['kept'] });
  });
});

describe('the timeline of a SIM', () => {
  const user = (sub: string) => cloud.as({ partnerId: 'acme-life', roles: ['support'], sub });

  async function bulkAs(sub: string, action: string, body: object): Promise<Operation> {
    const { id } = is(202, await user(sub).post<Operation>(`/v1/sims/${action}`, body));
    const operation = await acme.operationDone(id);
    expect(operation).toMatchObject({ state: 'succeeded', requestedBy: sub });
    return operation;
  }

  test('lists each step with its operation and actor, oldest first', async () => {
    const { partnerServiceId, customerId, customerServiceId } = await acme.aPlan();
    const sims = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
    const iccid = sims[0]?.iccid ?? '';
    const select = { iccids: [iccid] };
    const steps = [
      await bulkAs('mia', 'migrate', { select, partnerServiceId }),
      await bulkAs('ann', 'assign', { select, customerId, customerServiceId }),
      await bulkAs('act', 'activate', { select }),
      await bulkAs('sue', 'suspend', { select, reason: 'stolen' }),
    ];
    is(200, await user('lea').patch(`/v1/sims/${iccid}`, { label: 'Found' }));
    steps.push(
      await bulkAs('rex', 'resume', { select }),
      await bulkAs('sue', 'suspend', { select }),
      await bulkAs('una', 'unassign', { select }),
    );
    const [migrate, assign, activate, suspend, resume, again, unassign] = steps.map(({ id }) => id);
    const events = await eventsOf(iccid);
    const step = ({ from, to, operationId, actor }: SimEvent) => ({ from, to, operationId, actor });
    const labelled = events.find(({ type }) => /label/.test(type));
    expect(events.filter((event) => event !== labelled).map(step)).toEqual([
      { from: undefined, to: 'in_holding', operationId: undefined, actor: expect.any(String) },
      { from: 'in_holding', to: 'in_stock', operationId: migrate, actor: 'mia' },
      { from: 'in_stock', to: 'assigned', operationId: assign, actor: 'ann' },
      { from: 'assigned', to: 'activating', operationId: activate, actor: 'act' },
      { from: 'activating', to: 'active', operationId: activate, actor: 'act' },
      { from: 'active', to: 'suspended', operationId: suspend, actor: 'sue' },
      { from: 'suspended', to: 'active', operationId: resume, actor: 'rex' },
      { from: 'active', to: 'suspended', operationId: again, actor: 'sue' },
      { from: 'suspended', to: 'in_stock', operationId: unassign, actor: 'una' },
    ]);
    expect(labelled).toMatchObject({ actor: 'lea' });
    expect(labelled).not.toHaveProperty('operationId');
    expect(events.indexOf(labelled ?? events[0] ?? ({} as SimEvent))).toBe(6);
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort());
    expect(events.every(({ type }) => /^sim\.[a-z_]+$/.test(type))).toBe(true);
    for (const limit of [1, 3, 10, 11]) {
      expect(await eventsOf(iccid, limit)).toEqual(events);
    }
    expect(events[1]).toMatchObject({ partnerServiceId, partnerServiceName: expect.stringMatching(/\S/) });
    const named = { customerId, customerServiceId, customerServiceName: expect.stringMatching(/\S/) };
    expect([events[2], events.at(-1)]).toMatchObject([named, named]);
    expect(events[5]).toMatchObject({ reason: 'stolen' });

    // Another customer gets neither the label of the former one nor its time, and the partner finds both.
    const next = await acme.aCustomerWithService();
    const assigned = await acme.bulkDone('assign', {
      select,
      customerId: next.customer.id,
      customerServiceId: next.service.id,
    });
    expect(assigned).toMatchObject({ state: 'succeeded' });
    expect(await read(iccid)).not.toHaveProperty('label');
    expect((await eventsOf(iccid)).at(-1)).toMatchObject({ type: 'sim.assigned', cleared: { label: 'Found' } });
    const theirs = cloud.as({ partnerId: 'acme-life', customerId: next.customer.id, roles: ['customer_user'] });
    const { items } = is(200, await theirs.get<{ items: SimEvent[] }>(`/v1/sims/${iccid}/events`));
    expect(items).toEqual([
      {
        at: expect.any(String),
        type: 'sim.assigned',
        from: 'in_stock',
        to: 'assigned',
        actor: 'partner',
        customerId: next.customer.id,
        customerName: expect.any(String),
        customerServiceId: next.service.id,
        customerServiceName: expect.any(String),
      },
    ]);
    expect(await eventsOf(sims[1]?.iccid ?? '')).toHaveLength(1);
  });

  test('names the operations of its plan, and the user who placed the order', async () => {
    const buyer = cloud.as({ partnerId: 'acme-life', roles: ['admin'], sub: 'bob' });
    const plan = await acme.aPlan();
    const placed = is(201, await buyer.post<{ id: string }>('/v1/orders', { operatorId: 'a1', quantity: 20, plan }));
    const { operations } = await acme.orderIn(placed.id, 'fulfilled');
    const [sim] = await acme.sims({ orderId: placed.id });
    const events = await eventsOf(sim?.iccid ?? '');
    expect(events.map(({ to, operationId, actor }) => [to, operationId, actor]).slice(1)).toEqual([
      ['in_stock', operations[0]?.operationId, 'bob'],
      ['assigned', operations[1]?.operationId, 'bob'],
      ['activating', operations[2]?.operationId, 'bob'],
      ['active', operations[2]?.operationId, 'bob'],
    ]);
  });

  test('does not list refused actions, or those without an effect', async () => {
    const [sim] = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
    const select = { iccids: [sim?.iccid ?? ''] };
    await acme.bulkDone('activate', { select });
    await acme.bulkDone('suspend', { select });
    expect(await eventsOf(select.iccids[0] ?? '')).toHaveLength(1);
    expectProblem(await api.get('/v1/sims/8943010000000000018/events'), 404, 'not_found');
  });
});

describe('nextActions', () => {
  /** Design, "SIM life": what a state is left by. */
  const leftBy: Record<Sim['state'], string[]> = {
    in_holding: ['migrate', 'terminate'],
    in_stock: ['assign', 'migrate', 'terminate'],
    assigned: ['activate', 'migrate', 'replace', 'terminate', 'test', 'unassign'],
    activating: [],
    testing: ['activate', 'migrate', 'replace', 'suspend', 'terminate', 'unassign'],
    active: ['assign', 'migrate', 'replace', 'suspend', 'terminate', 'unassign'],
    suspended: ['migrate', 'replace', 'resume', 'terminate', 'unassign'],
    terminated: [],
  };

  test('are those that the rules allow in each state', async () => {
    const { partnerServiceId, customerId, customerServiceId } = await acme.aPlan();
    const [sim, other] = await acme.simsInHolding({ operatorId: '3ireland', quantity: 50 });
    const iccid = sim?.iccid ?? '';
    const select = { iccids: [iccid] };
    const seen: string[] = [];

    async function expectNext(state: Sim['state'], of = iccid): Promise<void> {
      const now = await read(of);
      expect({ state: now.state, nextActions: [...now.nextActions].sort() }).toEqual({
        state,
        nextActions: leftBy[state],
      });
      seen.push(state);
    }

    await expectNext('in_holding');
    await acme.bulkDone('migrate', { select: { iccids: [iccid, other?.iccid] }, partnerServiceId });
    await expectNext('in_stock');
    await acme.bulkDone('assign', { select: { iccids: [iccid, other?.iccid] }, customerId, customerServiceId });
    await expectNext('assigned');
    const tested = other?.iccid ?? '';
    await acme.bulkDone('test', { select: { iccids: [tested] } });
    await expectNext('testing', tested);

    await cloud.operator('3ireland').behaves({ leadTimeDays: 0, activationDelayDays: 4 });
    const { id } = await acme.bulk('activate', { select });
    await eventually(() => expectNext('activating'));
    await cloud.operator('3ireland').behavesWell();
    expect(await acme.operationDone(id)).toMatchObject({ state: 'succeeded' });
    await expectNext('active');

    await acme.bulkDone('suspend', { select });
    await expectNext('suspended');
    await acme.bulkDone('terminate', { select, confirm: 1 });
    await expectNext('terminated');
    expect(new Set(seen)).toEqual(new Set(Object.keys(leftBy)));
  });

  test('are correct: each listed action succeeds, and every other one is refused', async () => {
    const { customerId, customerServiceId, partnerServiceId } = await acme.aPlan();
    const [active] = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
    const [holding] = await acme.simsInHolding({ operatorId: 'a1', quantity: 20 });
    const other = await acme.aCustomerService(active?.customerId ?? '');
    for (const sim of [holding, active]) {
      const iccid = sim?.iccid ?? '';
      const targets: Record<string, object> = {
        migrate: { partnerServiceId },
        assign:
          sim === active
            ? { customerId: active?.customerId, customerServiceId: other.id }
            : { customerId, customerServiceId },
        unassign: {},
        test: {},
        suspend: {},
        resume: {},
        terminate: { confirm: 1 },
      };
      for (const [action, target] of Object.entries(targets)) {
        const dry = await api.post<{ eligible: number }>(`/v1/sims/${action}`, {
          select: { iccids: [iccid] },
          dryRun: true,
          ...target,
        });
        // To resume what is active is no change, and no refusal.
        const isSo = sim === active && action === 'resume';
        const named = (await read(iccid)).nextActions.some((next) => next === action);
        expect([action, is(200, dry).eligible]).toEqual([action, named || isSo ? 1 : 0]);
      }
    }
  });
});
