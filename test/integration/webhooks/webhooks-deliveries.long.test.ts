import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HOUR_MS } from '../../../domain/time-units.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is, type OrderEvent, type Page } from '../support/partner.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

/** An hour lasts two and a half seconds. */
const cloud = useLocalCloud({ dayMs: 60_000 });
const acme = cloud.partner('acme-hooks');

const ofTheContract = ['accepted', 'dispatched', 'delivered', 'fulfilled'].map((state) => `order.${state}`);

type Hook = { id: string; secret: string; receiver: Receiver };
let prompt: Hook;
let away: Hook;
let slow: Hook;
let elsewhere: Hook;
let release: () => void = () => undefined;
let isBack = false;
let orderId: string;
let timeline: OrderEvent[];

async function aHook(api = acme.api, events = ['order.*']): Promise<Hook> {
  const receiver = await startReceiver();
  const { id, secret } = is(
    201,
    await api.post<{ id: string; secret: string }>('/v1/webhooks', { url: receiver.url, events }),
  );
  return { id, secret, receiver };
}

const scaledNow = async () => Date.parse((await cloud.api().get<{ now: string }>('/_local/clock')).body.now);
const eventsAt = ({ receiver, secret }: Hook) => receiver.taken(secret);
const typesAt = (hook: Hook) => eventsAt(hook).map(({ type }) => type);

beforeAll(async () => {
  const other = cloud.partner('globex-hooks');
  [prompt, away, slow, elsewhere] = await Promise.all([
    aHook(acme.api, ['order.*', 'operation.finished', 'sim.activated']),
    aHook(),
    aHook(),
    aHook(other.api, ['*']),
  ]);
  away.receiver.answers(() => (isBack ? 200 : 503));
  const released = new Promise<number>((resolve) => {
    release = () => resolve(204);
  });
  slow.receiver.answers(() => released);
  const placed = await acme.orders({ operatorId: 'a1', quantity: 20, plan: await acme.aPlan() });
  orderId = placed.id;
  await acme.orderIn(orderId, 'fulfilled');
  timeline = await acme.eventsOf(orderId);
});

afterAll(() => {
  for (const { receiver } of [prompt, away, slow, elsewhere]) {
    receiver.stop();
  }
});

describe('a receiver', () => {
  test('gets the events of an order in sequence, signed, as in its timeline', async () => {
    const orderEvents = await eventually(() => {
      const events = eventsAt(prompt).filter(({ type }) => type.startsWith('order.'));
      expect(events.map(({ type }) => type)).toEqual(ofTheContract);
      return events;
    });
    const published = timeline.filter(({ type }) => ofTheContract.includes(type));
    expect(orderEvents.map(({ type, timestamp }) => ({ type, at: timestamp }))).toEqual(
      published.map(({ type, at }) => ({ type, at })),
    );
    expect(orderEvents.every(({ data }) => data.orderId === orderId)).toBe(true);
  });

  test('gets those of operations and SIMs, each once', async () => {
    await eventually(() => {
      const types = typesAt(prompt);
      expect(types.filter((type) => type === 'operation.finished')).toHaveLength(3);
      expect(types.filter((type) => type === 'sim.activated')).toHaveLength(20);
    });
    const ids = eventsAt(prompt).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const [finished] = eventsAt(prompt).filter(({ type }) => type === 'operation.finished');
    const operation = is(200, await acme.api.get(`/v1/operations/${finished?.data.id}`));
    expect(finished?.data).toEqual(operation);
  });

  test('that does not answer delays no other', () => {
    expect(slow.receiver.requests).toEqual([]);
    expect(typesAt(prompt)).toEqual(expect.arrayContaining(ofTheContract));
  });

  test('that was unavailable for an hour then gets all events once, in sequence', async () => {
    expect(typesAt(away)).toEqual([]);
    const [refused] = await eventually(() => {
      expect(away.receiver.requests.length).toBeGreaterThan(0);
      return away.receiver.requests;
    });
    // What waits behind the event that was not taken is not tried.
    expect(JSON.parse(refused?.body ?? '')).toMatchObject({ type: 'order.accepted' });
    const until = (await scaledNow()) + HOUR_MS;
    await eventually(async () => expect(await scaledNow()).toBeGreaterThan(until));
    isBack = true;
    await eventually(() => expect(typesAt(away)).toEqual(ofTheContract));
    const ids = eventsAt(away).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(away.receiver.requests.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(ids));
  });

  test('lists the result of each delivery', async () => {
    const deliveries = await eventually(async () => {
      const { items } = is(
        200,
        await acme.api.get<Page<Record<string, unknown>>>(`/v1/webhooks/${away.id}/deliveries`),
      );
      expect(items.every(({ state }) => state === 'delivered')).toBe(true);
      return items;
    });
    expect(deliveries.map(({ type }) => type).sort()).toEqual([...ofTheContract].sort());
    expect(deliveries.find(({ type }) => type === 'order.accepted')).toMatchObject({
      subject: orderId,
      lastStatus: 200,
      attempts: expect.any(Number),
    });
    expect(JSON.stringify(deliveries)).not.toContain('whsec_');
  });

  test('that was slow gets them once it is quick again', async () => {
    release();
    await eventually(() => expect(new Set(typesAt(slow))).toEqual(new Set(ofTheContract)));
  });

  test('gets nothing of another partner', () => {
    expect(elsewhere.receiver.requests).toEqual([]);
  });
});
