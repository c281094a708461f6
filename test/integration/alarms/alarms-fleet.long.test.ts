import { afterAll, expect, test } from '@jest/globals';
import { alarmsOf } from '../support/alarms.ts';
import { eventually, patience, SLOW_DAY_MS, useLocalCloud } from '../support/local-cloud.ts';
import { is } from '../support/partner.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const cloud = useLocalCloud({ dayMs: SLOW_DAY_MS * patience });
const acme = cloud.partner(`acme-alarms-fleet-${process.pid}`);
const { anAlarm, firingsOf, activeSims, scopeOf, use, nextMonth } = alarmsOf(cloud, acme);

let receiver: Receiver | undefined;
afterAll(() => receiver?.stop());

test('hundreds of SIMs at once fire once each', async () => {
  const sims = await activeSims(200);
  receiver = await startReceiver();
  const hook = { url: receiver.url, events: ['alarm.fired'] };
  const { secret } = is(201, await acme.api.post<{ secret: string }>('/v1/webhooks', hook));
  const alarm = await anAlarm({ scope: scopeOf(sims), threshold: { bytes: 1000 }, action: 'suspend' });
  await nextMonth();
  await use(sims, 1000);
  await use(sims, 1000);
  const fired = await eventually(async () => {
    const firings = await firingsOf(alarm);
    expect(new Set(firings.map(({ subject }) => subject)).size).toBe(sims.length);
    return firings;
  });
  expect(new Set(fired.map(({ period, subject }) => `${period} ${subject}`)).size).toBe(fired.length);
  await eventually(() => expect(receiver?.taken(secret).length).toBeGreaterThanOrEqual(sims.length));
  for (const operationId of new Set(fired.flatMap((firing) => firing.operationId ?? []))) {
    expect(await acme.operationDone(operationId)).toMatchObject({ action: 'suspend', state: 'succeeded' });
  }
});
