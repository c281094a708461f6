import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Alarm, alarmsOf, type Firing } from '../support/alarms.ts';
import { eventually, patience, SLOW_DAY_MS, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Page, type Sim } from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';

// The month must not end while the test runs.
const cloud = useLocalCloud({ dayMs: SLOW_DAY_MS * patience });
const acme = cloud.partner(`acme-firings-${process.pid}`);
const { anAlarm, firingsOf, activeSims, scopeOf, use, nextMonth } = alarmsOf(cloud, acme);

const PATH = '/v1/alarm-firings';

let alarms: Alarm[];
let month: string;
let sims: Sim[];
let others: Sim[];

/** Fires an alarm for each of five SIMs, one for the pool of another customer's SIMs, and one that watches a partner service. */
beforeAll(async () => {
  [sims, others] = [await activeSims(), await activeSims()];
  await nextMonth();
  month = (await cloud.clock.now()).toISOString().slice(0, 7);
  const { partnerServiceId = '' } = others[0] ?? {};
  alarms = [
    await anAlarm({ name: 'Each', scope: scopeOf(sims), threshold: { bytes: 100 } }),
    await anAlarm({ name: 'Silent', scope: scopeOf(sims), threshold: { bytes: 1e12 } }),
    await anAlarm({ name: 'Pool', scope: scopeOf(others), measure: 'pool', threshold: { bytes: 100 } }),
    await anAlarm({ name: 'Charged', scope: { partnerServiceId }, threshold: { bytes: 100 } }),
  ];
  await use(sims.slice(0, 5), 200);
  await use(others.slice(0, 1), 200);
  await eventually(async () => {
    const fired = await Promise.all(alarms.map(firingsOf));
    expect(fired.map(({ length }) => length)).toEqual([5, 0, 1, 1]);
  });
});

const keyOf = ({ name, subject }: Firing) => `${name} ${subject}`;
const iccids = (some: readonly Sim[]) => some.map(({ iccid }) => iccid).sort();
const as = (roles: string[], customerId?: string) =>
  cloud.as({ partnerId: acme.id, roles, ...(customerId === undefined ? {} : { customerId }) });

describe('the firings of a month', () => {
  test.each(['admin', 'provisioning'])('are those of all alarms, by alarm and SIM, for the role %s', async (role) => {
    const { items } = is(200, await as([role]).get<Page<Firing>>(PATH));
    expect(items.map(keyOf)).toEqual([
      ...iccids(sims.slice(0, 5)).map((iccid) => `Each ${iccid}`),
      `Pool ${others[0]?.customerServiceId}`,
      `Charged ${others[0]?.iccid}`,
    ]);
    expect(items).toEqual(
      (await Promise.all(alarms.map(async (alarm) => (await firingsOf(alarm)).sort(bySubject)))).flat(),
    );
  });

  test.each([1, 2, 3, 5, 6, 7])('are the same by pages of %d', async (limit) => {
    const whole = is(200, await acme.api.get<Page<Firing>>(PATH)).items;
    const paged = await acme.all<Firing>(`${PATH}?limit=${limit}`);
    expect(paged).toEqual(whole);
    const { nextCursor } = is(200, await acme.api.get<Page<Firing>>(`${PATH}?limit=${whole.length}`));
    expect(nextCursor).toBeUndefined();
  });

  test('are those of the month alone', async () => {
    expect(await acme.all(`${PATH}?period=${month}`)).toHaveLength(7);
    expect(await acme.all(`${PATH}?period=2020-01`)).toEqual([]);
    expectInvalid(await acme.api.get(`${PATH}?period=2026-13`), [['/query/period', 'invalid_format']]);
  });

  test('are, for a customer’s admin, those of alarms on services of the customer', async () => {
    const [customer = '', other = ''] = [sims[0]?.customerId, others[0]?.customerId];
    const own = is(200, await as(['customer_admin'], customer).get<Page<Firing>>(PATH)).items;
    expect(own.map(({ subject }) => subject)).toEqual(iccids(sims.slice(0, 5)));
    const theirs = is(200, await as(['customer_admin'], other).get<Page<Firing>>(PATH)).items;
    expect(theirs.map(({ name }) => name)).toEqual(['Pool']);
    expectProblem(await as(['customer_user'], customer).get(PATH), 403, 'forbidden');
  });

  test('are not those of another partner', async () => {
    const globex = cloud.partner('globex-firings');
    expect(await globex.all(PATH)).toEqual([]);
    const cursor = is(200, await acme.api.get<Page<Firing>>(`${PATH}?limit=1`)).nextCursor ?? '';
    expectProblem(await globex.api.get(`${PATH}?limit=1&cursor=${encodeURIComponent(cursor)}`), 400, 'invalid_cursor');
  });
});

const bySubject = (one: Firing, other: Firing) => (one.subject < other.subject ? -1 : 1);
