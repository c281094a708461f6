import { beforeAll, describe, expect, test } from '@jest/globals';
import { useLocalCloud } from '../support/local-cloud.ts';
import { is, type Result, type Sim } from '../support/partner.ts';

const cloud = useLocalCloud();
const acme = cloud.partner('acme-terms');
const { api } = acme;

const read = async (iccid: string, as = api) => is(200, await as.get<Sim>(`/v1/sims/${iccid}`));

/** The same day of a later month; the last one if the month is shorter. */
function monthsAfter(day: string, months: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

async function activationDay(iccid: string): Promise<string> {
  const steps = await acme.all<{ at: string; type: string }>(`/v1/sims/${iccid}/events`);
  return steps.findLast(({ type }) => type === 'sim.activated')?.at.slice(0, 10) ?? '';
}

type DryRun = { results: { iccid: string; eligible: boolean; warnings?: Result['warnings'] }[] };

let sims: Sim[];
beforeAll(async () => {
  sims = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
});

describe('the minimum term of a SIM', () => {
  test('counts from its activation: the partner’s or the customer’s tariff, whichever ends later', async () => {
    const [{ iccid, customerId = '', customerServiceId = '', partnerServiceId } = {} as Sim] = sims;
    const activated = await activationDay(iccid);
    const user = cloud.as({ partnerId: acme.id, customerId, roles: ['customer_user'] });
    // Both tariffs have 12 months.
    expect((await read(iccid)).termEndsOn).toBe(monthsAfter(activated, 12));
    expect(await acme.sims({ customerServiceId })).toContainEqual(
      expect.objectContaining({ iccid, termEndsOn: monthsAfter(activated, 12) }),
    );
    expect(await acme.sims({ state: 'active' })).toContainEqual(await read(iccid));
    const ofOrder = await acme.all<Sim>(`/v1/orders/${sims[0]?.orderId}/sims?limit=200`);
    expect(ofOrder).toContainEqual(await read(iccid));

    // A tariff of 24 months for the customer counts from the day on which the service gets it.
    is(200, await api.patch(`/v1/customer-services/${customerServiceId}`, { tariffId: 'trf_customer_pool' }));
    const changed = is(200, await api.get<{ updatedAt: string }>(`/v1/customer-services/${customerServiceId}`));
    const longer = monthsAfter(changed.updatedAt.slice(0, 10), 24);
    expect((await read(iccid)).termEndsOn).toBe(longer);
    expect((await read(iccid, user)).termEndsOn).toBe(longer);
    // One of a month leaves the partner with its own term, which the customer does not see.
    is(200, await api.patch(`/v1/customer-services/${customerServiceId}`, { tariffId: 'trf_customer_a1' }));
    const now = is(200, await api.get<{ updatedAt: string }>(`/v1/customer-services/${customerServiceId}`));
    expect((await read(iccid, user)).termEndsOn).toBe(monthsAfter(now.updatedAt.slice(0, 10), 1));
    expect((await read(iccid)).termEndsOn).toBe(monthsAfter(activated, 12));
    expect(partnerServiceId).toBe((await read(iccid)).partnerServiceId);

    const csv = await api.get<string>('/v1/sims?limit=1', { accept: 'text/csv' });
    expect(csv.body.split('\r\n')[0]).toContain('termEndsOn');
  });

  test('does not exist before the activation, and ends with the SIM', async () => {
    const assigned = await acme.assignedSims({ operatorId: 'a1', quantity: 20 });
    const iccid = assigned[0]?.iccid ?? '';
    expect(await read(iccid)).not.toHaveProperty('termEndsOn');
    const { id, succeeded } = await acme.bulkDone('terminate', { select: { iccids: [iccid] }, confirm: 1 });
    expect(succeeded).toBe(1);
    expect(await acme.resultsOf(id)).toEqual([{ iccid, outcome: 'succeeded' }]);
    expect(await read(iccid)).not.toHaveProperty('termEndsOn');
  });

  test('is the subject of warnings in dry runs and results, and prevents nothing', async () => {
    const [, one, two, three, four] = sims as [Sim, Sim, Sim, Sim, Sim];
    const customerId = one.customerId ?? '';
    const other = await acme.aCustomerService(customerId, { tariffId: 'trf_customer_pool' });
    const same = await acme.aCustomerService(customerId, { tariffId: 'trf_customer_a1' });
    const warned = [{ code: 'within_term', until: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) }];
    const check = async (action: string, iccid: string, body: object, warnings: unknown) => {
      const select = { iccids: [iccid] };
      const dry = await api.post<DryRun>(`/v1/sims/${action}`, { select, ...body, dryRun: true });
      expect(is(200, dry).results).toEqual([{ iccid, eligible: true, ...(warnings ? { warnings } : {}) }]);
      const { id, state } = await acme.bulkDone(action, { select, ...body });
      expect(state).toBe('succeeded');
      expect(await acme.resultsOf(id)).toEqual([{ iccid, outcome: 'succeeded', ...(warnings ? { warnings } : {}) }]);
    };
    await check('assign', one.iccid, { customerId, customerServiceId: same.id }, undefined);
    await check('assign', two.iccid, { customerId, customerServiceId: other.id }, warned);
    await check('unassign', three.iccid, {}, warned);
    await check('terminate', four.iccid, { confirm: 1 }, warned);
    // The SIM starts again on its new service.
    expect((await read(two.iccid)).termEndsOn).toBe(monthsAfter((await read(two.iccid)).updatedAt.slice(0, 10), 24));
    await check('suspend', two.iccid, {}, undefined);
    const { id: psv } = await acme.aPartnerService({ tariffId: 'trf_partner_continent' });
    await check('migrate', two.iccid, { partnerServiceId: psv }, warned);
  });

  test('gives no warning when it is over', async () => {
    const [iccid = ''] = sims.slice(5).map((sim) => sim.iccid);
    await cloud.clock.skip({ days: 400 });
    const select = { iccids: [iccid] };
    const dry = await api.post<DryRun>('/v1/sims/terminate', { select, confirm: 1, dryRun: true });
    expect(is(200, dry).results).toEqual([{ iccid, eligible: true }]);
  });
});
