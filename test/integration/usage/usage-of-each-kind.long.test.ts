import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { platformKinds } from '../../../domain/operator.ts';
import { HOUR_MS } from '../../../domain/time-units.ts';
import { alarmsOf } from '../support/alarms.ts';
import { eventually, patience, useLocalCloud } from '../support/local-cloud.ts';
import { operatorOfKind } from '../support/operators-of-kinds.ts';
import { is, type ServiceUsage, type Sim, type SimUsage } from '../support/partner.ts';

/** Long days, so that a test stays within a month. Totals are asked for twice a day. */
const cloud = useLocalCloud({ dayMs: 4_000 * patience });
const acme = cloud.partner('acme-usage-kinds');

const read = async (iccid: string) => is(200, await acme.api.get<Sim>(`/v1/sims/${iccid}`));

/** What a SIM has used in the days around now. */
async function usageOf(iccid: string, as = acme.api): Promise<SimUsage> {
  const now = (await cloud.clock.now()).getTime();
  const [from, to] = [now - 480 * HOUR_MS, now + 24 * HOUR_MS].map((ms) => new Date(ms).toISOString());
  return is(200, await as.get<SimUsage>(`/v1/sims/${iccid}/usage?from=${from}&to=${to}&granularity=day`));
}

/** What a service has used in the months of the last twenty days, which may be two. */
async function usedBy(path: string): Promise<{ usedBytes: number; tops: string[] }> {
  const now = await cloud.clock.now();
  const months = new Set([now, new Date(now.getTime() - 480 * HOUR_MS)].map((day) => day.toISOString().slice(0, 7)));
  const usages = await Promise.all(
    [...months].map(async (period) => is(200, await acme.api.get<ServiceUsage>(`${path}/usage?period=${period}`))),
  );
  return {
    usedBytes: usages.reduce((sum, { usedBytes }) => sum + usedBytes, 0),
    tops: usages.flatMap(({ topSims }) => topSims.map(({ iccid }) => iccid)),
  };
}

describe.each(platformKinds)('usage of SIMs of an operator on %s', (kind) => {
  const operator = operatorOfKind(cloud, acme, kind);
  const { standIn } = operator;
  const { anAlarm, firingsOf } = alarmsOf(cloud, acme);
  let sims: Sim[];

  beforeAll(async () => {
    await operator.add();
    sims = await operator.activeSims(10);
  });
  afterEach(() => standIn.behavesWell());

  test('appears with the SIM and its services, each byte once, although answers are repeated and out of order', async () => {
    const [one, other] = sims;
    await standIn.behaves({ leadTimeDays: 0, duplicateAnswers: true });
    const began = await cloud.clock.now();
    for (const bytes of [4_000, 300, 20]) {
      await operator.uses(one?.iccid ?? '', bytes);
    }
    await operator.uses(other?.iccid ?? '', 1);
    await eventually(async () => {
      expect((await usageOf(one?.iccid ?? '')).totalBytes).toBe(4_320);
      expect((await usageOf(other?.iccid ?? '')).totalBytes).toBe(1);
    });
    await operator.uses(one?.iccid ?? '', 50_000);
    await eventually(async () => {
      const usage = await usageOf(one?.iccid ?? '');
      expect(usage.totalBytes).toBe(54_320);
      expect(Date.parse(usage.completeUntil ?? '')).toBeGreaterThan(began.getTime());
    });
    for (const path of [
      `/v1/customer-services/${one?.customerServiceId}`,
      `/v1/partner-services/${one?.partnerServiceId}`,
    ]) {
      await eventually(async () => {
        const { usedBytes, tops } = await usedBy(path);
        expect(usedBytes).toBe(54_321);
        expect(new Set(tops)).toEqual(new Set([one?.iccid, other?.iccid]));
      });
    }
  });

  test('is counted although calls fail', async () => {
    await standIn.behaves({ leadTimeDays: 0, failureRate: 0.3 });
    const [, , ...some] = sims.slice(0, 6);
    for (const [place, { iccid }] of some.entries()) {
      await operator.uses(iccid, 100 + place);
    }
    await eventually(async () => {
      for (const [place, { iccid }] of some.entries()) {
        expect((await usageOf(iccid)).totalBytes).toBe(100 + place);
      }
    });
  });

  test('fires an alarm, which suspends the SIM at the operator', async () => {
    const iccid = sims[7]?.iccid ?? '';
    const alarm = await anAlarm({ scope: { iccid }, threshold: { bytes: 1_000 }, action: 'suspend' });
    const [firing] = await eventually(async () => {
      // Each time, because a month can end in between.
      await operator.uses(iccid, 1_000);
      const firings = await firingsOf(alarm);
      expect(firings).not.toEqual([]);
      return firings;
    });
    await acme.operationDone(firing?.operationId ?? '');
    await eventually(async () => {
      expect((await acme.all<{ type: string }>(`/v1/sims/${iccid}/events`)).map(({ type }) => type)).toContain(
        'sim.suspended',
      );
    });
  });

  test('is no longer visible to the customer before the one that has the SIM', async () => {
    const sim = sims[8];
    const iccid = sim?.iccid ?? '';
    await operator.uses(iccid, 60);
    await eventually(async () => {
      expect((await usageOf(iccid)).totalBytes).toBe(60);
    });
    const select = { iccids: [iccid] };
    const before = cloud.as({ partnerId: acme.id, customerId: sim?.customerId ?? '', roles: ['customer_user'] });
    expect((await usageOf(iccid, before)).totalBytes).toBe(60);
    await acme.bulkDone('suspend', { select });
    await acme.bulkDone('unassign', { select });
    const next = await acme.aCustomerWithService({ tariffId: `trf_${operator.id}_customer` });
    await acme.bulkDone('assign', { select, customerId: next.customer.id, customerServiceId: next.service.id });
    expect(await read(iccid)).toMatchObject({ state: 'assigned', customerId: next.customer.id });
    // A total of a day counts for the service that has the SIM then, so another day begins before the next usage.
    await cloud.clock.skip({ days: 1 });
    await operator.uses(iccid, 500);
    await eventually(async () => {
      expect((await usageOf(iccid)).totalBytes).toBe(560);
    });
    expect((await usedBy(`/v1/customer-services/${next.service.id}`)).usedBytes).toBe(500);
    expect((await before.get(`/v1/sims/${iccid}/usage`)).status).toBe(404);
  });
});
