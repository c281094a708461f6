import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type Page } from '../support/partner.ts';
import { expectProblem } from '../support/problems.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const cloud = useLocalCloud();
const { api } = cloud.partner(`acme-webhooks-${process.pid}`);
const globex = cloud.partner('globex-webhooks').api;

type Webhook = {
  id: string;
  url: string;
  events: string[];
  enabled: boolean;
  disabled?: { at: string; code: string; detail: string };
  secret?: string;
};
type Delivery = { id: string; eventId: string; type: string; state: string; attempts: number };

let receiver: Receiver;
let made: Webhook & { secret: string };

beforeAll(async () => {
  receiver = await startReceiver();
  made = is(201, await api.post('/v1/webhooks', { url: receiver.url, events: ['order.*'] }));
});
afterAll(() => receiver.stop());

const path = (rest = '') => `/v1/webhooks/${made.id}${rest}`;
const theWebhook = async () => is(200, await api.get<Webhook>(path()));

describe('a webhook', () => {
  test('shows its secret once', async () => {
    expect(made).toMatchObject({ id: expect.stringMatching(/^whk_/), enabled: true, events: ['order.*'] });
    expect(made.secret).toMatch(/^whsec_/);
    const answers = [
      await api.get(path()),
      await api.get('/v1/webhooks'),
      await api.patch(path(), { events: ['order.*', 'sim.activated'] }),
      await api.get(path('/deliveries')),
    ];
    for (const answer of answers) {
      expect(JSON.stringify(is(200, answer))).not.toMatch(/secret|whsec_/);
    }
  });

  test('is created once per idempotency key', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const body = { url: receiver.url, events: ['*'] };
    const [first, again] = [
      is(201, await api.post<Webhook>('/v1/webhooks', body, key)),
      is(201, await api.post<Webhook>('/v1/webhooks', body, key)),
    ];
    expect(again).toEqual(first);
    is(204, await api.del(`/v1/webhooks/${first.id}`));
    expectProblem(await api.get(`/v1/webhooks/${first.id}`), 404, 'not_found');
  });

  test.each([
    [{ url: 'ftp://hooks.example/', events: ['*'] }, '/url'],
    [{ url: 'https://me:secret@hooks.example/', events: ['*'] }, '/url'],
    [{ url: 'https://hooks.example/', events: [] }, '/events'],
    [{ url: 'https://hooks.example/', events: ['order.eaten'] }, '/events/0'],
  ])('is refused as %j', async (body, pointer) => {
    const answer = await api.post<{ errors: { pointer: string }[] }>('/v1/webhooks', body);
    expectProblem(answer, 422);
    expect(answer.body.errors[0]?.pointer).toBe(pointer);
  });

  test('is changed only as it was read', async () => {
    const { headers } = await api.get(path());
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    is(200, await api.patch(path(), { events: ['order.delivered'] }, ifMatch));
    expectProblem(await api.patch(path(), { events: ['*'] }, ifMatch), 412, 'precondition_failed');
    expect((await theWebhook()).events).toEqual(['order.delivered']);
  });

  test('gets a new secret, and events are also signed with the previous one for a day', async () => {
    const own = await startReceiver();
    try {
      type WithSecret = Webhook & { secret: string };
      const first = is(201, await api.post<WithSecret>('/v1/webhooks', { url: own.url, events: ['alarm.fired'] }));
      const second = is(200, await api.post<WithSecret>(`/v1/webhooks/${first.id}/rotate-secret`));
      expect(second.secret).toMatch(/^whsec_/);
      expect(second.secret).not.toBe(first.secret);
      expect(is(200, await api.get(`/v1/webhooks/${first.id}`))).not.toHaveProperty('previous');
      const heardOf = async () => {
        const before = own.requests.length;
        is(201, await api.post(`/v1/webhooks/${first.id}/test`));
        await eventually(() => expect(own.requests.length).toBeGreaterThan(before));
        return String(own.requests.at(-1)?.headers['webhook-signature']).split(' ');
      };
      // A day passes in half a second: by then the first one is not used any more.
      await eventually(async () => expect(await heardOf()).toHaveLength(1));
      own.requests.splice(0, own.requests.length - 1);
      expect(own.taken(second.secret)).toHaveLength(1);
      expect(() => own.taken(first.secret)).toThrow();
      is(204, await api.del(`/v1/webhooks/${first.id}`));
    } finally {
      own.stop();
    }
  });

  test('is not found by another partner', async () => {
    expect(is(200, await globex.get<Page<Webhook>>('/v1/webhooks')).items).toEqual([]);
    expectProblem(await globex.get(path()), 404, 'not_found');
    expectProblem(await globex.post(path('/test')), 404, 'not_found');
    expectProblem(await globex.get(path('/deliveries')), 404, 'not_found');
  });
});

describe('a test event', () => {
  test('is signed, and is sent again on request with the same id', async () => {
    const { id, eventId } = is(201, await api.post<Delivery>(path('/test')));
    const delivered = (times: number) =>
      eventually(async () => {
        const delivery = is(200, await api.get<Delivery>(path(`/deliveries/${id}`)));
        expect(delivery).toMatchObject({ type: 'webhook.test', state: 'delivered', attempts: times });
      });
    await delivered(1);
    is(200, await api.post(path(`/deliveries/${id}/redeliver`)));
    await delivered(2);
    expect(receiver.taken(made.secret).map(({ id: webhookId, type }) => [webhookId, type])).toEqual([
      [eventId, 'webhook.test'],
      [eventId, 'webhook.test'],
    ]);
  });
});

describe('a receiver that accepts nothing for a day', () => {
  test('gets no more events, and the webhook shows the reason', async () => {
    receiver.answers(() => 500);
    await eventually(async () => {
      const webhook = await theWebhook();
      if (webhook.enabled) {
        is(201, await api.post(path('/test')));
      }
      expect(webhook).toMatchObject({
        enabled: false,
        disabled: { code: 'failing', detail: expect.stringContaining('The receiver answered 500.') },
      });
    });
    expectProblem(await api.post(path('/test')), 409, 'wrong_state');
  });

  test('can be enabled again', async () => {
    receiver.answers(() => 204);
    expect(is(200, await api.patch<Webhook>(path(), { enabled: true }))).not.toHaveProperty('disabled');
    const { id } = is(201, await api.post<Delivery>(path('/test')));
    await eventually(async () => {
      expect(is(200, await api.get<Delivery>(path(`/deliveries/${id}`))).state).toBe('delivered');
    });
  });

  test('that answers 410 gets no more events immediately', async () => {
    receiver.answers(() => 410);
    is(201, await api.post(path('/test')));
    await eventually(async () => {
      expect(await theWebhook()).toMatchObject({ enabled: false, disabled: { code: 'gone' } });
    });
  });
});
