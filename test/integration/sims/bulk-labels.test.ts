import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

type DryRun = { total: number; eligible: number; ineligible: number; byCode: Record<string, number> };

const cloud = useLocalCloud();
const acme = cloud.partner(`bulk-labels-${process.pid}`);
const globex = cloud.partner(`bulk-labels-others-${process.pid}`);
const { api } = acme;

let sims: Sim[];
const iccid = (place: number) => sims[place]?.iccid ?? '';
const read = async (place: number) => is(200, await api.get<Sim>(`/v1/sims/${iccid(place)}`));
const select = (...places: number[]) => ({ iccids: places.map(iccid) });
const eventsOf = (place: number) =>
  acme.all<{ type: string; operationId?: string; actor: string }>(`/v1/sims/${iccid(place)}/events`);

beforeAll(async () => {
  sims = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
  is(200, await api.put('/v1/sim-fields', { names: ['site', 'contract'] }));
});

describe('a bulk change of labels', () => {
  test('sets label, tags and fields in any state, with results and timeline', async () => {
    await acme.bulkDone('suspend', { select: select(1) });
    await acme.bulkDone('terminate', { select: select(2), confirm: 1 });
    is(200, await api.patch(`/v1/sims/${iccid(0)}`, { tags: ['old', 'north', 'old'], fields: { contract: 'C-1' } }));
    expect((await read(0)).tags).toEqual(['old', 'north']);
    const change = { label: 'Gate', addTags: ['new'], removeTags: ['old'], fields: { site: 'Leeds', contract: null } };
    const operation = await acme.bulkDone('label', { select: select(0, 1, 2), ...change });
    expect(operation).toMatchObject({ action: 'label', state: 'succeeded', total: 3, succeeded: 3, target: change });
    expect(await read(0)).toMatchObject({
      label: 'Gate',
      tags: ['north', 'new'],
      fields: { site: 'Leeds' },
      state: 'active',
    });
    expect(await read(1)).toMatchObject({
      label: 'Gate',
      tags: ['new'],
      fields: { site: 'Leeds' },
      state: 'suspended',
    });
    expect(await read(2)).toMatchObject({ label: 'Gate', state: 'terminated' });
    expect((await acme.resultsOf(operation.id)).map(({ outcome }) => outcome)).toEqual([
      'succeeded',
      'succeeded',
      'succeeded',
    ]);
    expect((await eventsOf(0)).at(-1)).toMatchObject({
      type: 'sim.labelled',
      operationId: operation.id,
      actor: operation.requestedBy,
    });
    const { version } = await read(0);
    await acme.bulkDone('label', { select: select(0), ...change });
    expect((await read(0)).version).toBe(version);
    const found = is(200, await api.get<{ items: Operation[] }>('/v1/operations?action=label'));
    expect(found.items.map(({ action }) => action)).toEqual(['label', 'label']);
  });

  test('is checked by a dry run, which changes nothing', async () => {
    const tags = Array.from({ length: 10 }, (_, place) => `tag ${place}`);
    is(200, await api.patch(`/v1/sims/${iccid(3)}`, { tags }));
    const before = await read(4);
    const body = { select: { iccids: [iccid(3), iccid(4), '8944200000000000017'] }, addTags: ['one more'] };
    expect(is(200, await api.post<DryRun>('/v1/sims/label', { ...body, dryRun: true }))).toMatchObject({
      total: 3,
      eligible: 1,
      byCode: { limit_exceeded: 1, not_found: 1 },
    });
    expect(await read(4)).toEqual(before);
    const operation = await acme.bulkDone('label', body);
    expect(operation).toMatchObject({ state: 'partially_succeeded', succeeded: 1, failed: 2 });
    const failed = await acme.resultsOf(operation.id, 'failed');
    expect(failed.map(({ problem }) => problem?.code).sort()).toEqual(['limit_exceeded', 'not_found']);
    is(200, await api.patch(`/v1/sims/${iccid(3)}`, { tags: tags.slice(1) }));
    const retry = is(202, await api.post<Operation>(`/v1/operations/${operation.id}/retry`));
    expect(await acme.operationDone(retry.id)).toMatchObject({ action: 'label', succeeded: 1, failed: 1 });
    expect((await read(3)).tags).toContain('one more');
  });

  test('selects by filter, and asks to confirm the whole fleet', async () => {
    const body = { select: { filter: {} }, addTags: ['fleet'] };
    expectInvalid(await api.post('/v1/sims/label', body), [['/confirm', 'confirm_mismatch']]);
    const operation = await acme.bulkDone('label', { ...body, confirm: 20 });
    // One SIM has ten tags.
    expect(operation).toMatchObject({ total: 20, succeeded: 19, failed: 1 });
    const suspended = await acme.bulkDone('label', { select: { filter: { state: 'suspended' } }, label: null });
    expect(suspended).toMatchObject({ total: 1, succeeded: 1 });
    expect(await read(1)).not.toHaveProperty('label');
  });

  test('comes between a pending change and its confirmation', async () => {
    await cloud.operator('a1').behaves({ leadTimeDays: 0, changeDelayDays: 2 });
    const pending = await cloud.clock.held(async () => {
      const suspension = await acme.bulk('suspend', { select: select(5) });
      await eventually(async () => expect(await read(5)).toHaveProperty('pendingChange'));
      expect(await acme.bulkDone('label', { select: select(5), label: 'While pending' })).toMatchObject({
        succeeded: 1,
      });
      return suspension;
    });
    expect(await acme.operationDone(pending.id)).toMatchObject({ state: 'succeeded', succeeded: 1 });
    expect(await read(5)).toMatchObject({ state: 'suspended', label: 'While pending' });
    await cloud.operator('a1').behaves({ leadTimeDays: 0 });
  });

  test('is refused when it changes nothing, or unknown fields', async () => {
    for (const change of [{}, { addTags: [], removeTags: [] }, { fields: {} }]) {
      expectInvalid(await api.post('/v1/sims/label', { select: select(0), ...change }), [['', 'nothing_to_change']]);
    }
    expectInvalid(await api.post('/v1/sims/label', { select: select(0), fields: { depot: 'x' } }), [
      ['/fields/depot', 'unknown_field'],
    ]);
    expectInvalid(await api.post('/v1/sims/label', { select: select(0), label: '' }), [['/label', 'too_small']]);
  });

  test('does not reach the SIMs of another partner, and needs a role', async () => {
    const operation = await globex.bulkDone('label', { select: select(0), label: 'Mine' });
    expect(operation).toMatchObject({ state: 'failed', failed: 1 });
    expect((await read(0)).label).not.toBe('Mine');
    for (const role of ['accounts', 'billing'] as const) {
      const as = cloud.as({ partnerId: acme.id, roles: [role] });
      expectProblem(await as.post('/v1/sims/label', { select: select(0), label: 'x' }), 403);
    }
  });
});
