import { beforeAll, describe, expect, test } from '@jest/globals';
import { withCheckDigit } from '../../../domain/iccid.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Page, type Result, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-selections');
const globex = cloud.partner('globex-selections');
const { api } = acme;

let partnerServiceId: string;
let iccids: string[];
let foreign: Sim | undefined;

/** ICCIDs that could be, of SIMs that nobody has. */
const strangers = (count: number) =>
  Array.from({ length: count }, (_, place) => withCheckDigit(`899999${String(place).padStart(12, '0')}`));

beforeAll(async () => {
  const [service, sims, theirs] = await Promise.all([
    acme.aPartnerService(),
    acme.simsInHolding({ operatorId: 'a1', quantity: 20 }),
    globex.simsInHolding({ operatorId: 'a1', quantity: 20 }),
  ]);
  partnerServiceId = service.id;
  iccids = sims.map(({ iccid }) => iccid);
  foreign = theirs[0];
});

const migrate = (select: object) => acme.bulkDone('migrate', { select, partnerServiceId });
const post = (action: string, body: object) => api.post<Operation>(`/v1/sims/${action}`, body);

describe('SIMs selected by their ICCIDs', () => {
  test('count once, however often they are listed', async () => {
    const [one, other] = iccids;
    const operation = await migrate({ iccids: [one, other, one, one, other] });
    expect(operation).toMatchObject({ state: 'succeeded', total: 2, succeeded: 2, failed: 0 });
    expect(await acme.resultsOf(operation.id)).toEqual([
      { iccid: one, outcome: 'succeeded' },
      { iccid: other, outcome: 'succeeded' },
    ]);
  });

  test('that are unknown or belong to another partner fail, and only these', async () => {
    const [stranger = ''] = strangers(1);
    const operation = await migrate({ iccids: [stranger, iccids[2], foreign?.iccid] });
    expect(operation).toMatchObject({ state: 'partially_succeeded', total: 3, succeeded: 1, failed: 2 });
    const results = await acme.resultsOf(operation.id);
    expect(results.map(({ iccid, outcome, problem }) => [iccid, outcome, problem?.code])).toEqual([
      [stranger, 'failed', 'not_found'],
      [iccids[2], 'succeeded', undefined],
      [foreign?.iccid, 'failed', 'not_found'],
    ]);
    expect(results[0]?.problem?.detail).toMatch(/\S/);
    expect(is(200, await globex.api.get<Sim>(`/v1/sims/${foreign?.iccid}`))).toEqual(foreign);
    const dry = await api.post('/v1/sims/migrate', {
      select: { iccids: [foreign?.iccid] },
      partnerServiceId,
      dryRun: true,
    });
    expect(is(200, dry)).toMatchObject({ total: 1, eligible: 0, ineligible: 1, byCode: { not_found: 1 } });
  });

  test('that are all unknown make the operation fail', async () => {
    const operation = await migrate({ iccids: strangers(3) });
    expect(operation).toMatchObject({ state: 'failed', total: 3, succeeded: 0, failed: 3 });
    expect(operation.failure).toBeUndefined();
  });

  test('that are invalid are 422, each with its pointer, without an operation', async () => {
    const good = iccids[3] ?? '';
    const wrong = `${good.slice(0, -1)}${(Number(good.at(-1)) + 1) % 10}`;
    for (const dryRun of [true, false]) {
      expectInvalid(
        await post('migrate', { select: { iccids: [good, wrong, '123', good, ''] }, partnerServiceId, dryRun }),
        [
          ['/select/iccids/1', 'invalid_iccid'],
          ['/select/iccids/2', 'invalid_iccid'],
          ['/select/iccids/4', 'invalid_iccid'],
        ],
      );
    }
    for (const none of [` ${good}`, `${good}\n`, good.replace(/\d/, '\u0661'), `${good}F`]) {
      expectInvalid(await post('activate', { select: { iccids: [none] } }), [['/select/iccids/0', 'invalid_iccid']]);
    }
    expectInvalid(await post('activate', { select: { iccids: [7] } }), [['/select/iccids/0', 'invalid_type']]);
    expect(is(200, await api.get<Sim>(`/v1/sims/${good}`)).state).toBe('in_holding');
  });

  test('are at most ten thousand different ones', async () => {
    const many = strangers(10_001);
    expectInvalid(await post('activate', { select: { iccids: many } }), [['/select/iccids', 'too_big']]);
    const twice = [...many.slice(1), ...many.slice(1, 3)];
    expect(is(202, await post('activate', { select: { iccids: twice }, dryRun: true }))).toMatchObject({
      total: 10_000,
    });
  });
});

describe('SIMs selected by their order', () => {
  test('are all SIMs of the order', async () => {
    const sims = await acme.simsInHolding({ operatorId: 'a1', quantity: 40 });
    const orderId = sims[0]?.orderId;
    const accepted = is(202, await post('migrate', { select: { orderId }, partnerServiceId }));
    expect(accepted.total).toBe(40);
    expect(await acme.operationDone(accepted.id)).toMatchObject({ state: 'succeeded', total: 40, succeeded: 40 });
    const results = await acme.resultsOf(accepted.id);
    expect(results.map(({ iccid }) => iccid).sort()).toEqual(sims.map(({ iccid }) => iccid).sort());
  });

  test('cannot be selected before they have been received', async () => {
    await cloud.operator('orange').behaves({ leadTimeDays: 300 });
    const { id: orderId } = await acme.ordersAccepted({ operatorId: 'orange', quantity: 50 });
    await cloud.operator('orange').behavesWell();
    for (const dryRun of [true, false]) {
      const answer = await post('migrate', { select: { orderId }, partnerServiceId, dryRun });
      expectProblem(answer, 409, 'wrong_state');
    }
    const cancelled = await api.post<{ state: string }>(`/v1/orders/${orderId}/cancel`);
    expect(is(200, cancelled).state).toBe('cancelled');
    expectProblem(await post('migrate', { select: { orderId }, partnerServiceId }), 409, 'wrong_state');
  });
});

describe('SIMs selected by a filter', () => {
  test('are those that match when the operation starts, whatever changes meanwhile', async () => {
    const sims = await acme.simsInHolding({ operatorId: '3uk', quantity: 300 });
    // Every SIM leaves the filter as soon as it is migrated.
    const operation = await migrate({ filter: { state: 'in_holding', operatorId: '3uk' } });
    expect(operation).toMatchObject({ state: 'succeeded', total: 300, succeeded: 300, failed: 0 });
    const done = (await acme.resultsOf(operation.id)).map(({ iccid }) => iccid);
    expect(done.sort()).toEqual(sims.map(({ iccid }) => iccid).sort());
    expect(await acme.sims({ state: 'in_holding', operatorId: '3uk' })).toEqual([]);
  });

  test('can be found by their label, combined with other filters', async () => {
    for (const iccid of iccids.slice(4, 7)) {
      is(200, await api.patch(`/v1/sims/${iccid}`, { label: `Pump ${iccid}` }));
    }
    expect(await migrate({ filter: { q: 'pump', state: 'in_holding' } })).toMatchObject({ total: 3, succeeded: 3 });
    expect(await migrate({ filter: { q: 'pump', state: 'in_holding' } })).toMatchObject({ total: 0 });
  });

  test('are all SIMs of the partner when it is empty', async () => {
    const dry = await api.post<{ results: { iccid: string }[] }>('/v1/sims/resume', {
      select: { filter: {} },
      dryRun: true,
    });
    const found = is(200, dry).results.map(({ iccid }) => iccid);
    expect(found).toEqual((await acme.sims({})).map(({ iccid }) => iccid));
    expect(found).not.toContain(foreign?.iccid);
  });

  test('need their number as confirmation when the filter is empty', async () => {
    const { length } = await acme.sims({});
    const targets: [string, object][] = [
      ['migrate', { partnerServiceId }],
      ['unassign', {}],
      ['activate', {}],
      ['suspend', {}],
      ['resume', {}],
    ];
    const select = { filter: {} };
    for (const [action, target] of targets) {
      for (const confirm of [undefined, 0, length - 1, length + 1]) {
        const refused = await api.post(`/v1/sims/${action}`, { ...target, select, confirm });
        expectInvalid(refused, [['/confirm', 'confirm_mismatch']]);
        expect(JSON.stringify(refused.body)).toContain(`${length} SIMs`);
      }
      is(
        202,
        await api.post(`/v1/sims/${action}`, {
          ...target,
          select,
          confirm: length,
          effectiveAt: '2000-01-01T00:00:00Z',
        }),
      );
    }
    expectInvalid(await post('terminate', { select, confirm: length + 1 }), [['/confirm', 'confirm_mismatch']]);
    // A confirmation may be given for any selection, and counts then.
    expectInvalid(await post('suspend', { select: { iccids: iccids.slice(0, 2) }, confirm: 3 }), [
      ['/confirm', 'confirm_mismatch'],
    ]);
  });

  test('cannot be selected with invalid filters', async () => {
    expectInvalid(await post('activate', { select: { filter: { colour: 'red' } } }), [
      ['/select/filter/colour', 'unknown_field'],
    ]);
    expectInvalid(await post('activate', { select: { filter: { state: 'sold' } } }), [
      ['/select/filter/state', 'invalid_value'],
    ]);
    expectInvalid(await post('activate', { select: { filter: null } }), [['/select/filter', 'invalid_type']]);
  });
});

describe('a selection', () => {
  test('that is empty succeeds without a change', async () => {
    const empty = { state: 'succeeded', total: 0, succeeded: 0, failed: 0 };
    for (const select of [{ iccids: [] }, { filter: { q: 'nothing is called that' } }]) {
      expect(await migrate(select)).toMatchObject(empty);
      expect(await acme.bulkDone('terminate', { select, confirm: 0 })).toMatchObject(empty);
      const dry = await api.post('/v1/sims/activate', { select, dryRun: true });
      expect(is(200, dry)).toEqual({ total: 0, eligible: 0, unchanged: 0, ineligible: 0, byCode: {}, results: [] });
    }
    await cloud.operator('3ireland').behaves({ leadTimeDays: 0, shipFraction: 0 });
    const none = await acme.simsInHolding({ operatorId: '3ireland', quantity: 50 });
    await cloud.operator('3ireland').behavesWell();
    expect(none).toEqual([]);
    const [order] = (await acme.all<{ id: string; operatorId: string }>('/v1/orders?operatorId=3ireland')) ?? [];
    expect(await migrate({ orderId: order?.id })).toMatchObject(empty);
  });

  test('has exactly one form', async () => {
    for (const select of [
      {},
      { iccids: [], filter: {} },
      { iccids: [], orderId: 'ord_1' },
      { orderId: 'x', filter: {} },
    ]) {
      expectInvalid(await post('activate', { select }), [['/select', 'exactly_one']]);
    }
    expectInvalid(await post('activate', {}), [['/select', 'required']]);
    expectInvalid(await post('activate', { select: [] }), [['/select', 'invalid_type']]);
    expectInvalid(await post('activate', { select: { iccids: [] }, dryRun: 'yes' }), [['/dryRun', 'invalid_type']]);
  });
});

describe('the results of an operation', () => {
  test('are read page by page, and by outcome', async () => {
    const sims = await acme.sims({ operatorId: '3uk', state: 'in_stock' });
    const own = sims.map(({ iccid }) => iccid).slice(0, 280);
    const mixed = [...own, ...strangers(20)];
    const { id, ...operation } = await acme.bulkDone('unassign', { select: { iccids: mixed } });
    expect(operation).toMatchObject({ state: 'partially_succeeded', total: 300, succeeded: 280, failed: 20 });

    const all = await acme.resultsOf(id);
    expect(all.map(({ iccid }) => iccid).sort()).toEqual([...mixed].sort());
    for (const limit of [7, 100, 200]) {
      expect(await acme.all<Result>(`/v1/operations/${id}/results?limit=${limit}`)).toEqual(all);
    }
    for (const outcome of ['succeeded', 'failed'] as const) {
      const some = all.filter((result) => result.outcome === outcome);
      expect(await acme.resultsOf(id, outcome)).toEqual(some);
      expect(await acme.all<Result>(`/v1/operations/${id}/results?outcome=${outcome}&limit=9`)).toEqual(some);
    }
    for (const { outcome, problem } of all) {
      expect(problem === undefined).toBe(outcome === 'succeeded');
    }
    expectInvalid(await api.get(`/v1/operations/${id}/results?outcome=cancelled`), [
      ['/query/outcome', 'invalid_value'],
    ]);
    const first = is(200, await api.get<Page<Result>>(`/v1/operations/${id}/results?limit=100`));
    const elsewhere = `/v1/operations/${id}/results?limit=100&outcome=failed&cursor=${first.nextCursor}`;
    expectProblem(await api.get(elsewhere), 400, 'invalid_cursor');
  });
});

describe('an operation', () => {
  const shown = async (action: string, body: object) => {
    const { id } = is(202, await post(action, body));
    return is(200, await api.get<object>(`/v1/operations/${id}`));
  };

  test('shows its selection, its target and its reason', async () => {
    const effectiveAt = '2000-01-01T00:00:00Z';
    const [iccid = '', other = ''] = strangers(2);
    expect(
      await shown('suspend', { select: { iccids: [iccid, other, iccid] }, reason: 'stolen', effectiveAt }),
    ).toMatchObject({
      selection: { count: 2 },
      reason: 'stolen',
    });
    const filter = { state: 'terminated', q: 'pump' };
    const migrate = await shown('migrate', { select: { filter }, partnerServiceId });
    expect(migrate).toMatchObject({ selection: { filter }, target: { partnerServiceId } });
    expect(migrate).not.toHaveProperty('reason');
    const [order] = await acme.all<{ id: string }>('/v1/orders?state=delivered');
    const activate = await shown('activate', { select: { orderId: order?.id } });
    expect(activate).toMatchObject({ selection: { orderId: order?.id } });
    expect(activate).not.toHaveProperty('target');
  });

  test('that retries names the operation in which SIMs failed', async () => {
    const failed = await migrate({ iccids: strangers(1) });
    const { id } = is(202, await api.post<Operation>(`/v1/operations/${failed.id}/retry`));
    expect(await acme.operationDone(id)).toMatchObject({
      selection: { failedIn: failed.id },
      target: { partnerServiceId },
    });
  });
});

describe('the list of operations', () => {
  test('is newest first, and filtered by action and state', async () => {
    const all = await acme.all<Operation>('/v1/operations?limit=7');
    expect(all.map(({ createdAt }) => createdAt)).toEqual(
      all
        .map(({ createdAt }) => createdAt)
        .sort()
        .reverse(),
    );
    for (const [name, value] of [
      ['action', 'migrate'],
      ['action', 'terminate'],
      ['state', 'failed'],
      ['state', 'succeeded'],
      ['state', 'scheduled'],
    ] as const) {
      const some = await acme.all<Operation>(`/v1/operations?${name}=${value}`);
      expect(some).toEqual(all.filter((operation) => operation[name] === value));
    }
    const both = await acme.all<Operation>('/v1/operations?action=migrate&state=failed&limit=1');
    expect(both).toEqual(all.filter(({ action, state }) => action === 'migrate' && state === 'failed'));
    expect(both.length).toBeGreaterThan(0);
    expectInvalid(await api.get('/v1/operations?state=done'), [['/query/state', 'invalid_value']]);
  });

  test('shows the fields of the contract', async () => {
    const [operation] = await acme.all<Operation>('/v1/operations?action=migrate&state=succeeded');
    expect(operation).toEqual({
      id: expect.stringMatching(/^op_/),
      action: 'migrate',
      state: 'succeeded',
      total: expect.any(Number),
      succeeded: expect.any(Number),
      failed: 0,
      selection: expect.any(Object),
      target: { partnerServiceId },
      requestedBy: expect.stringMatching(/\S/),
      createdAt: expect.stringMatching(/Z$/),
      startedAt: expect.stringMatching(/Z$/),
      finishedAt: expect.stringMatching(/Z$/),
    });
  });
});
