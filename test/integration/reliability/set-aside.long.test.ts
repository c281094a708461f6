import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { deliveryIdOf, markWebhookDue, queueDelivery } from '../../../adapters/dynamodb/deliveries.ts';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { due } from '../../../adapters/dynamodb/keys.ts';
import { claimNextAttempt } from '../../../adapters/dynamodb/runs.ts';
import { put, remove, update } from '../../../adapters/dynamodb/write-requests.ts';
import { write } from '../../../adapters/dynamodb/writes.ts';
import { asId, type PartnerId, type WebhookId } from '../../../domain/ids.ts';
import type { PublicEvent } from '../../../domain/webhook.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { eventually, executionsOf, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Page } from '../support/partner.ts';
import { startReceiver } from '../support/receiver.ts';

const cloud = useLocalCloud();
const platform = cloud.as({ roles: ['platform'] });
const partnerId = asId('partner', 'acme-aside');
const orderId = `ord_poison${process.pid}${Date.now()}`;
/** As long as a partner's id can be, which makes the ids of its dead letters long, too. */
const longPartnerId = partnerId.padEnd(64, '-x');
const key = itemKinds.order.key({ partnerId: asId('partner', longPartnerId), id: asId('order', orderId) });

type DeadLetter = { id: string; kind: string; partnerId?: PartnerId; subject: string; error: string; at: string };

beforeAll(() => useTableOf(cloud.cloud()));

async function entryFor(subject: string): Promise<DeadLetter | undefined> {
  const { items } = is(200, await platform.get<Page<DeadLetter>>('/v1/platform/set-aside?limit=200'));
  return items.find((entry) => entry.subject.endsWith(subject));
}

describe('an order that makes its poller fail', () => {
  test('delays no other order, and is dead-lettered after several attempts', async () => {
    // No function writes this: no execution can have such a name.
    const poison = { id: orderId, state: 'fulfilled', runAttempt: '?', duePk: due.work, dueAt: '2000-01-01' };
    await write(put({ ...key, ...poison }));
    const acme = cloud.partner(partnerId);
    const { id } = await acme.orders({ operatorId: 'a1', quantity: 20, plan: await acme.aPlan() });
    await acme.orderIn(id, 'fulfilled');
    const entry = await eventually(async () => {
      const found = await entryFor(orderId);
      expect(found).toBeDefined();
      return found;
    });
    expect(entry).toMatchObject({ kind: 'due', error: expect.stringMatching(/InvalidName/) });
  });

  test('continues after it has been repaired and redriven', async () => {
    await write(update(key, { set: { runAttempt: 1 } }));
    const { id = '' } = (await entryFor(orderId)) ?? {};
    expect(await redrive('--url', cloud.url(), '--id', id)).toMatch(/ dead letters, 1 redriven\n$/);
    expect(await entryFor(orderId)).toBeUndefined();
    await eventually(async () => {
      const names = (await executionsOf(cloud)).map(({ name }) => name);
      expect(names.some((name) => name.startsWith(orderId))).toBe(true);
    });
  });

  test('is redriven once', async () => {
    is(404, await platform.post('/v1/platform/set-aside/bm9uZQ/put-back'));
    await expect(redrive('--url', cloud.url(), '--id', 'bm9uZQ')).rejects.toThrow(/No dead letter has the id bm9uZQ/);
  });
});

describe('an event that cannot be sent because of an internal error', () => {
  const partner = cloud.partner('acme-aside-hooks');
  const at = (place: string, subject: string, now: Date): PublicEvent => ({
    id: `evt_${subject}${place}`,
    type: 'order.accepted',
    at: now.toISOString(),
    subject,
    place,
    data: { orderId: subject },
  });

  test('is postponed, then dead-lettered; others are sent, and a redrive delivers it after the repair', async () => {
    const receiver = await startReceiver();
    const body = { url: receiver.url, events: ['order.*'] };
    const { id, secret } = is(201, await partner.api.post<{ id: WebhookId; secret: string }>('/v1/webhooks', body));
    const { now: scaled } = is(200, await cloud.api().get<{ now: string }>('/_local/clock'));
    const now = new Date(scaled);
    const [broken, behind, other] = [at('1', 'ord_broken', now), at('2', 'ord_broken', now), at('1', 'ord_other', now)];
    for (const event of [broken, behind, other]) {
      await queueDelivery(partner.id, id, event, now);
    }
    // No function writes this: the result of an attempt cannot be computed.
    const key = itemKinds.delivery.key({ partnerId: partner.id, webhookId: id, id: deliveryIdOf(broken.id) });
    await write(update(key, { set: { attempts: 'none' } }));
    await markWebhookDue(partner.id, id, now, 3);

    const subjects = () => receiver.taken(secret).map(({ id: eventId }) => eventId);
    await eventually(() => expect(subjects()).toContain(other.id));
    const entry = await eventually(async () => {
      const found = await entryFor(deliveryIdOf(broken.id));
      expect(found).toBeDefined();
      return found;
    });
    expect(entry).toMatchObject({
      kind: 'delivery',
      partnerId: 'acme-aside-hooks',
      error: expect.stringMatching(/Invalid time value/),
    });
    // It was postponed 11 times before, and what waited behind it goes on without it.
    expect(subjects().filter((eventId) => eventId === broken.id).length).toBeGreaterThanOrEqual(12);
    await eventually(() => expect(subjects()).toContain(behind.id));

    await write(update(key, { set: { attempts: 0 } }));
    await redrive('--url', cloud.url(), '--id', entry?.id ?? '');
    await eventually(async () => {
      const path = `/v1/webhooks/${id}/deliveries`;
      const { items } = is(200, await partner.api.get<Page<{ eventId: string; state: string }>>(path));
      expect(items.find(({ eventId }) => eventId === broken.id)).toMatchObject({ state: 'delivered' });
    });
    expect(await entryFor(deliveryIdOf(broken.id))).toBeUndefined();
    receiver.stop();
  });
});

describe('an execution that has ended', () => {
  test('is followed by one other, however many sweeps see its end at the same time', async () => {
    const ended = {
      ...itemKinds.order.key({ partnerId, id: 'ord_ended' }),
      state: 'fulfilled',
      version: 1,
      runAttempt: 4,
    };
    // Not due for the schedule itself.
    await write(put({ ...ended, duePk: 'TEST', dueAt: '2000-01-01' }));
    const sweeps = Array.from({ length: 5 }, () =>
      claimNextAttempt({ kind: 'order', partnerId, id: 'ord_ended' }, 4, new Date()),
    );
    const claimed = await Promise.all(sweeps);
    expect(claimed.filter((attempt) => attempt !== undefined)).toEqual([5]);
    await write(remove(itemKinds.order.key({ partnerId, id: 'ord_ended' })));
  });
});

async function redrive(...args: string[]): Promise<string> {
  const program = fileURLToPath(new URL('../../../tools/redrive.ts', import.meta.url));
  return (await promisify(execFile)(process.execPath, [program, ...args])).stdout;
}
