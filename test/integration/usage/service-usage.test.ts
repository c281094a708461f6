import { beforeAll, describe, expect, test } from '@jest/globals';
import type * as z from 'zod';
import type { usageByServiceSchema } from '../../../contract/usage-by-service.ts';
import { alarmsOf } from '../support/alarms.ts';
import { eventually, patience, SLOW_DAY_MS, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Page, type ServiceUsage, type Sim } from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';

type UsageByService = z.infer<typeof usageByServiceSchema>;

// The month must not end while the test runs.
const cloud = useLocalCloud({ dayMs: SLOW_DAY_MS * patience });
const acme = cloud.partner(`acme-service-usage-${process.pid}`);
const { activeSims, use, nextMonth } = alarmsOf(cloud, acme);

const PATH = '/v1/service-usage';

let sims: Sim[];
let other: { customerId: string; id: string };
let month: string;

beforeAll(async () => {
  sims = await activeSims();
  other = await acme.aCustomerService((await acme.aCustomer()).id);
  await nextMonth();
  month = (await cloud.clock.now()).toISOString().slice(0, 7);
  await use(sims.slice(0, 2), 4_000_000);
  await use(sims.slice(0, 1), 1_000_000);
  await eventually(async () => {
    expect((await usageOf(sims[0]?.customerServiceId)).usedBytes).toBe(9_000_000);
  });
});

const all = () => acme.all<UsageByService>(PATH);
const usageOf = async (id: string | undefined) =>
  (await all()).find(({ serviceId }) => serviceId === id) ?? missing(id);
const missing = (id: string | undefined) => {
  throw new Error(`The list has no usage of ${id}.`);
};
const as = (roles: string[], customerId?: string) =>
  cloud.as({ partnerId: acme.id, roles, ...(customerId === undefined ? {} : { customerId }) });

describe('the usage of all services', () => {
  test('agrees with the usage of each service', async () => {
    const items = await all();
    expect(items.length).toBeGreaterThan(5);
    for (const { serviceId, kind, topSim, usedPercent: _, name: __, customerId: ___, ...usage } of items) {
      const path = kind === 'partner_service' ? 'partner-services' : 'customer-services';
      const {
        topSims,
        forecast: _forecast,
        completeUntil: _complete,
        ...single
      } = is(200, await acme.api.get<ServiceUsage>(`/v1/${path}/${serviceId}/usage`));
      expect(usage).toEqual(single);
      expect(topSim).toEqual(topSims[0]);
    }
  });

  test('shows how much of the pool is used', async () => {
    const { allowanceBytes = 0, ...usage } = await usageOf(sims[0]?.customerServiceId);
    expect(usage).toMatchObject({ kind: 'customer_service', customerId: sims[0]?.customerId, pooling: 'dynamic_pool' });
    expect(usage.usedPercent).toBe(Math.floor((9_000_000 / allowanceBytes) * 1000) / 10);
    expect(usage.topSim).toEqual({ iccid: sims[0]?.iccid, bytes: 5_000_000 });
  });

  test('lists partner services first, holding services included, then customer services, by pages of any size', async () => {
    const whole = await all();
    const kinds = whole.map(({ kind }) => kind);
    expect(kinds).toEqual([...kinds].sort().reverse());
    const [partner, customer] = [await acme.all('/v1/partner-services'), await acme.all('/v1/customer-services')];
    expect(whole).toHaveLength(partner.length + customer.length);
    for (const limit of [1, partner.length - 1, partner.length, partner.length + 1, whole.length]) {
      expect(await acme.all(`${PATH}?limit=${limit}`)).toEqual(whole);
    }
    const { nextCursor } = is(200, await acme.api.get<Page<UsageByService>>(`${PATH}?limit=${whole.length}`));
    expect(nextCursor).toBeUndefined();
  });

  test('is that of the month', async () => {
    const past = await acme.all<UsageByService>(`${PATH}?period=2020-01`);
    expect(past.every(({ usedBytes, period }) => usedBytes === 0 && period === '2020-01')).toBe(true);
    expect(await acme.all(`${PATH}?period=${month}`)).toEqual(await all());
  });

  test.each(['customer_admin', 'customer_user'])('is, for a %s, that of the customer’s services', async (role) => {
    const own = is(200, await as([role], sims[0]?.customerId).get<Page<UsageByService>>(PATH)).items;
    expect(own).toEqual([await usageOf(sims[0]?.customerServiceId)]);
    const others = is(200, await as([role], other.customerId).get<Page<UsageByService>>(PATH)).items;
    expect(others).toMatchObject([{ serviceId: other.id, usedBytes: 0 }]);
  });

  test('is not that of another partner', async () => {
    const globex = cloud.partner('globex-service-usage');
    const theirs = is(200, await globex.api.get<Page<UsageByService>>(PATH)).items;
    expect(theirs.every(({ serviceId }) => serviceId.startsWith('psv_holding'))).toBe(true);
    const cursor = is(200, await acme.api.get<Page<UsageByService>>(`${PATH}?limit=1`)).nextCursor ?? '';
    const path = `${PATH}?limit=1&cursor=${encodeURIComponent(cursor)}`;
    expectProblem(await globex.api.get(path), 400, 'invalid_cursor');
    // A customer's user cannot continue the partner's list.
    expectProblem(await as(['customer_user'], other.customerId).get(path), 400, 'invalid_cursor');
  });
});
