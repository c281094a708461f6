import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Alarm, alarmsOf, type Firing } from '../support/alarms.ts';
import { eventually, patience, SLOW_DAY_MS, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Operation, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

// A month is long enough for a busy machine to suspend a pool within it.
const cloud = useLocalCloud({ dayMs: SLOW_DAY_MS * patience });
const acme = cloud.partner(`acme-alarms-${process.pid}`);
const { api } = acme;
const { anAlarm, firingsOf, activeSims, scopeOf, use, nextMonth } = alarmsOf(cloud, acme);

let receiver: Receiver;
let secret: string;

beforeAll(async () => {
  receiver = await startReceiver();
  const hook = { url: receiver.url, events: ['alarm.fired'] };
  secret = is(201, await api.post<{ secret: string }>('/v1/webhooks', hook)).secret;
});
afterAll(() => receiver.stop());

const eventsOf = (alarm: Alarm) => receiver.taken(secret).filter(({ data }) => data.alarmId === alarm.id);
const sim = async (iccid: string) => is(200, await api.get<Sim>(`/v1/sims/${iccid}`));
const now = async () => (await cloud.clock.now()).toISOString();
const thisMonth = async () => (await now()).slice(0, 7);

/** Uses more and more until the alarm has fired, in `month` if given: a month may end just before it fires. */
async function tripped(alarm: Alarm, sims: readonly Sim[], bytes: number, month?: string): Promise<Firing[]> {
  await use(sims, bytes);
  return eventually(async () => {
    const fired = (await firingsOf(alarm)).filter(({ period }) => month === undefined || period === month);
    if (fired.length === 0) {
      await use(sims, bytes);
      throw new Error('It has not gone off yet.');
    }
    return fired;
  });
}

describe('an alarm', () => {
  test('is created, read, changed and deleted', async () => {
    const { service } = await acme.aCustomerWithService();
    const scope = { customerServiceId: service.id };
    const made = await anAlarm({ scope, name: 'Eighty', measure: 'pool' });
    expect(made).toEqual({
      id: expect.stringMatching(/^alm_/),
      name: 'Eighty',
      scope,
      measure: 'pool',
      threshold: { percent: 80 },
      action: 'notify',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      version: 1,
    });
    const path = `/v1/alarms/${made.id}`;
    const read = await api.get<Alarm>(path);
    expect(is(200, read)).toEqual(made);
    expect(await acme.all<Alarm>('/v1/alarms')).toContainEqual(made);
    expect(await firingsOf(made)).toEqual([]);

    const ifMatch = { 'if-match': read.headers.get('etag') ?? '' };
    const change = { threshold: { bytes: 5 }, action: 'suspend' };
    expect(is(200, await api.patch(path, change, ifMatch))).toMatchObject({ ...change, name: 'Eighty', version: 2 });
    expectProblem(await api.patch(path, { name: 'Late' }, ifMatch), 412, 'precondition_failed');
    expectProblem(await api.del(path, ifMatch), 412, 'precondition_failed');

    const globex = cloud.partner('globex-alarms').api;
    for (const answer of [
      await globex.get(path),
      await globex.patch(path, {}),
      await globex.del(path),
      await globex.get(`${path}/firings`),
    ]) {
      expectProblem(answer, 404, 'not_found');
    }
    is(204, await api.del(path));
    expectProblem(await api.get(path), 404, 'not_found');
  });

  test('shows its firings to a customer’s admin if it watches a service of the customer', async () => {
    const [{ customer, service }, { customer: other }] = [
      await acme.aCustomerWithService(),
      await acme.aCustomerWithService(),
    ];
    const { id: partnerServiceId } = await acme.aPartnerService();
    const as = (customerId: string, role: string) => cloud.as({ partnerId: acme.id, customerId, roles: [role] });
    const firings = ({ id }: Alarm) => `/v1/alarms/${id}/firings`;
    const onService = await anAlarm({ scope: { customerServiceId: service.id } });
    const onPartnerService = await anAlarm({ scope: { partnerServiceId } });

    expect(is(200, await as(customer.id, 'customer_admin').get(firings(onService)))).toEqual({ items: [] });
    expectProblem(await as(other.id, 'customer_admin').get(firings(onService)), 404, 'not_found');
    expectProblem(await as(customer.id, 'customer_admin').get(firings(onPartnerService)), 404, 'not_found');
    expectProblem(await as(customer.id, 'customer_user').get(firings(onService)), 403, 'forbidden');
    // The alarm itself is the partner's.
    expectProblem(await as(customer.id, 'customer_admin').get(`/v1/alarms/${onService.id}`), 403, 'forbidden');
    const provisioning = cloud.as({ partnerId: acme.id, roles: ['provisioning'] });
    expect(is(200, await provisioning.get(firings(onPartnerService)))).toEqual({ items: [] });
    expectProblem(await provisioning.get('/v1/alarms'), 403, 'forbidden');
  });

  test('has exactly one scope, which belongs to the partner', async () => {
    const { service } = await cloud.partner('globex-alarms').aCustomerWithService();
    const fine = { name: 'Much', scope: { iccid: '1' }, measure: 'sim', threshold: { bytes: 1 }, action: 'notify' };
    const refused = async (fields: object, errors: [string, string][]) =>
      expectInvalid(await api.post('/v1/alarms', { ...fine, ...fields }), errors);
    await refused({ scope: { customerServiceId: service.id } }, [['/scope/customerServiceId', 'not_found']]);
    await refused({ scope: { partnerServiceId: 'psv_none' } }, [['/scope/partnerServiceId', 'not_found']]);
    await refused({ scope: { iccid: '8944200000000000001' } }, [['/scope/iccid', 'not_found']]);
    await refused({ scope: {} }, [['/scope', 'exactly_one']]);
    await refused({ scope: { iccid: '1', partnerServiceId: '2' } }, [['/scope', 'exactly_one']]);
    await refused({ threshold: { percent: 80, bytes: 1 } }, [['/threshold', 'exactly_one']]);
    await refused({ threshold: { percent: 0 } }, [['/threshold/percent', 'too_small']]);
    // The table knows no number as small.
    await refused({ threshold: { percent: 7e-302 } }, [['/threshold/percent', 'too_small']]);
    await refused({ measure: 'pool' }, [['/measure', 'not_a_pool']]);
    await refused({ action: 'explode' }, [['/action', 'invalid_value']]);
  });
});

// The tests set the clock to the months that follow, so they run one after another.
describe('usage that trips an alarm', () => {
  test('of one SIM or of each SIM fires once a month, and again in the next month', async () => {
    const sims = await activeSims();
    const [one, two, three] = sims as [Sim, Sim, Sim];
    const [each, single] = [
      await anAlarm({ scope: scopeOf(sims) }),
      await anAlarm({ scope: { iccid: two.iccid }, threshold: { bytes: 4_000_000 } }),
    ];
    await nextMonth();
    // 80 % of 5 MB are 4 MB: two of them reach it, one does not.
    const fired = await tripped(each, [one, two], 4_000_000);
    const period = fired[0]?.period ?? '';
    const ofMonth = async (alarm: Alarm) =>
      (await firingsOf(alarm)).filter((firing) => firing.period === period).map(({ subject }) => subject);
    await eventually(async () => {
      expect((await ofMonth(each)).sort()).toEqual([one.iccid, two.iccid].sort());
      expect(await ofMonth(single)).toEqual([two.iccid]);
    });
    await use([one, two], 5_000_000);
    await use([three], 10);

    // The next month: what it went off for before, it goes off for again.
    await nextMonth();
    await eventually(async () => {
      await use([one], 4_000_000);
      expect((await firingsOf(each)).filter((firing) => firing.period !== period)).toContainEqual(
        expect.objectContaining({ subject: one.iccid, thresholdBytes: 4_000_000, action: 'notify' }),
      );
    });
    expect((await ofMonth(each)).sort()).toEqual([one.iccid, two.iccid].sort());
    const all = await firingsOf(each);
    expect(new Set(all.map(({ period: month, subject }) => `${month} ${subject}`)).size).toBe(all.length);

    await eventually(async () => {
      const received = eventsOf(each).map(({ data }) => data);
      expect(received).toHaveLength(all.length);
      expect(received).toEqual(expect.arrayContaining(all));
    });
    expect((await sim(one.iccid)).state).toBe('active');
  });

  test('suspends a pool until the end of the month, and keeps other bars', async () => {
    const sims = await activeSims();
    const [used, barred] = sims as [Sim, Sim];
    await acme.bulkDone('suspend', { select: { iccids: [barred.iccid] }, reason: 'stolen' });
    const alarm = await anAlarm({
      scope: scopeOf(sims),
      measure: 'pool',
      threshold: { percent: 90 },
      action: 'suspend',
    });
    const timeline = async () =>
      (await acme.all<{ type: string }>(`/v1/sims/${used.iccid}/events`)).map(({ type }) => type);
    // A suspension that runs after its month has ended changes nothing. On a busy machine that can happen: then the next month counts.
    const fired = await eventually(
      async () => {
        await nextMonth();
        const month = await thisMonth();
        // 90 % of 20 times 5 MB.
        await use([used], 89_000_000);
        const [firing] = await tripped(alarm, [used], 1_000_000, month);
        expect(firing).toMatchObject({ subject: used.customerServiceId, thresholdBytes: 90_000_000, measure: 'pool' });
        const suspended = await acme.operationDone(firing?.operationId ?? '');
        expect(suspended).toMatchObject({ action: 'suspend', state: 'succeeded', requestedBy: alarm.id });
        expect(await timeline()).toContain('sim.suspended');
        return firing as Firing;
      },
      { within: 120_000 },
    );
    const lifted = await eventually(async () => {
      const operations = await acme.all<Operation>('/v1/operations?action=resume');
      const resume = operations.find(
        ({ requestedBy, effectiveAt = '' }) => requestedBy === alarm.id && effectiveAt > fired.at,
      );
      expect(resume).toBeDefined();
      return resume as Operation;
    });
    expect(lifted.effectiveAt).toMatch(/-01T00:00:00.000Z$/);
    const { bars } = await sim(used.iccid);
    const active = await acme.sims({ ...scopeOf(sims), state: 'active' });
    if ((await now()) < (lifted.effectiveAt ?? '')) {
      expect(bars).toEqual([{ type: 'data', reason: 'allowance_exceeded', since: expect.any(String) }]);
      expect(active).toHaveLength(0);
    }
    await nextMonth();
    expect(await acme.operationDone(lifted.id)).toMatchObject({ state: 'succeeded' });
    expect(await acme.sims({ ...scopeOf(sims), state: 'active' })).toHaveLength(19);
    expect((await sim(barred.iccid)).bars).toMatchObject([{ reason: 'stolen' }]);
    expect((await timeline()).slice(-2)).toEqual(['sim.suspended', 'sim.resumed']);
  });
});
