import { describe, expect, test } from '@jest/globals';
import { asId } from '../../domain/ids.ts';
import { HOUR_MS } from '../../domain/time-units.ts';
import {
  afterAttempt,
  backoffAfter,
  type Delivery,
  deliveryDeadline,
  deliveryLaneOf,
  eventPatterns,
  eventTypes,
  hasFailedTooLong,
  INITIAL_WINDOW,
  isPublicAddress,
  MAX_WINDOW,
  matchesType,
  nextWindow,
  subscribesTo,
  targetProblem,
} from '../../domain/webhook.ts';

const now = new Date('2026-03-02T10:00:00.000Z');
const later = (ms: number) => new Date(now.getTime() + ms);

describe('the subscription of a webhook', () => {
  test.each([
    ['*', 'sim.activated', true],
    ['order.*', 'order.delivered', true],
    ['order.*', 'operation.finished', false],
    ['sim.*', 'sims.waiting_in_holding', false],
    ['order.delivered', 'order.delivered', true],
    ['order.delivered', 'order.dispatched', false],
  ] as const)('with the patterns %s covers %s: %s', (pattern, type, expected) => {
    expect(matchesType({ events: [pattern] }, type)).toBe(expected);
  });

  test('covers every type with some pattern, and each pattern covers some type', () => {
    for (const type of eventTypes) {
      expect(eventPatterns.filter((pattern) => matchesType({ events: [pattern] }, type))).toHaveLength(3);
    }
    for (const pattern of eventPatterns) {
      expect(eventTypes.some((type) => matchesType({ events: [pattern] }, type))).toBe(true);
    }
  });
});

describe('an event is retried', () => {
  const delivery: Delivery = {
    id: 'dlv_1',
    eventId: 'evt_1',
    type: 'order.accepted',
    subject: 'ord_1',
    place: '1',
    state: 'pending',
    attempts: 0,
    until: deliveryDeadline(now),
    createdAt: now.toISOString(),
  };

  test('after a minute, then twice as long each time, up to two hours', () => {
    expect([1, 2, 3, 8, 30].map((attempts) => backoffAfter(attempts) / 60_000)).toEqual([1, 2, 4, 120, 120]);
  });

  test('until it is accepted', () => {
    const refused = afterAttempt(delivery, { ok: false, status: 503, error: 'no' }, now);
    expect(refused).toMatchObject({ state: 'pending', attempts: 1, lastStatus: 503, lastError: 'no' });
    expect(refused.nextAttemptAt).toBe(later(60_000).toISOString());
    const taken = afterAttempt(refused, { ok: true, status: 200 }, later(60_000));
    expect(taken).toMatchObject({ state: 'delivered', attempts: 2, lastStatus: 200 });
    expect(taken).not.toHaveProperty('nextAttemptAt');
    expect(taken).not.toHaveProperty('lastError');
  });

  test('for a day, and at least once', () => {
    expect(afterAttempt(delivery, { ok: false }, later(23.9 * HOUR_MS)).state).toBe('pending');
    expect(afterAttempt(delivery, { ok: false }, later(24 * HOUR_MS)).state).toBe('failed');
    expect(afterAttempt(delivery, { ok: true }, later(48 * HOUR_MS)).state).toBe('delivered');
  });
});

describe('a webhook gets an event', () => {
  const webhook = { events: ['order.*'], enabled: true, createdAt: now.toISOString() };
  const event = { type: 'order.accepted', at: later(1).toISOString() } as const;

  test('of a subscribed type, while it is enabled', () => {
    expect(subscribesTo(webhook, event)).toBe(true);
    expect(subscribesTo(webhook, { ...event, type: 'sim.activated' })).toBe(false);
    expect(subscribesTo({ ...webhook, enabled: false }, event)).toBe(false);
  });

  test('that occurred after its creation', () => {
    expect(subscribesTo(webhook, { ...event, at: later(-1).toISOString() })).toBe(false);
  });
});

test('events of one order or SIM are delivered in their order, those of an alarm in any', () => {
  const laneOf = (subject: string, deliveryId: string) =>
    deliveryLaneOf({ subject, deliveryId: asId('delivery', deliveryId) });
  expect(laneOf('ord_1', 'dlv_1')).toBe(laneOf('ord_1', 'dlv_2'));
  expect(laneOf('ord_1', 'dlv_1')).not.toBe(laneOf('ord_2', 'dlv_1'));
  expect(laneOf('alm_1', 'dlv_1')).not.toBe(laneOf('alm_1', 'dlv_2'));
});

describe('a receiver gets', () => {
  const windowAfter = (answers: readonly { ok: boolean; tookMs: number }[], window = INITIAL_WINDOW) =>
    answers.reduce((current, answer) => nextWindow(current, answer), window);
  const quick = { ok: true, tookMs: 100 };

  test('more concurrent requests while it is quick, up to a maximum', () => {
    expect(windowAfter([quick])).toBe(INITIAL_WINDOW + 1);
    expect(windowAfter(Array.from({ length: 1000 }, () => quick))).toBe(MAX_WINDOW);
  });

  test('fewer when it is slow, half after a failure, and always one', () => {
    expect(windowAfter([{ ok: true, tookMs: 1500 }], 10)).toBe(9);
    expect(windowAfter([{ ok: false, tookMs: 10 }], 64)).toBe(32);
    expect(windowAfter(Array.from({ length: 10 }, () => ({ ok: false, tookMs: 5000 })))).toBe(1);
    expect(windowAfter([{ ok: true, tookMs: 5000 }], 1)).toBe(1);
  });

  test('a hundred thousand events of one webhook within five minutes, when it answers within a tenth of a second', () => {
    // Two writes of the table for each event, of six milliseconds; reads are a hundredth of a call each.
    const secondsEach = 0.1 + 2 * 0.006;
    expect((100_000 * secondsEach) / MAX_WINDOW).toBeLessThan(300);
  });
});

test('a receiver that accepted nothing for a day gets no more events', () => {
  expect(hasFailedTooLong(now.toISOString(), later(23 * HOUR_MS))).toBe(false);
  expect(hasFailedTooLong(now.toISOString(), later(24 * HOUR_MS))).toBe(true);
});

describe('events go to', () => {
  test.each([
    '8.8.8.8',
    '2606:4700:4700::1111',
    '::ffff:8.8.8.8',
    '::8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
    '2001:0:808:808:8000:0:f7f7:f7f7',
    '2606:4700::5efe:808:808',
  ])('the public address %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
    expect(targetProblem(`https://${address.includes(':') ? `[${address}]` : address}/`, false)).toBeUndefined();
  });

  test.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    '::127.0.0.1',
    '::a9fe:a9fe',
    '::10.0.0.1',
    '::ffff:0:10.0.0.1',
    '64:ff9b:1::8.8.8.8',
    '64:ff9b:1:a00:1::',
    '2002:a9fe:a9fe::1',
    // Teredo: a private server, a private client.
    '2001:0:a00:1:8000:0:f7f7:f7f7',
    '2001:0:808:808:8000:0:f5ff:fffe',
    '2606:4700::5efe:a00:1',
    '2606:4700::200:5efe:a9fe:a9fe',
    'fec0::1',
    '100::1',
    '2001:db8::1',
  ])('no address like %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
    const host = address.includes(':') ? `[${address}]` : address;
    expect(targetProblem(`https://${host}/hook`, false)).toMatchObject({ code: 'not_public' });
    expect(targetProblem(`http://${host}/hook`, true)).toBeUndefined();
  });

  test.each(['https://2130706433/', 'https://0x7f.1/', 'https://localhost/', 'https://a.localhost/'])(
    'no other spelling of it: %s',
    (url) => {
      expect(targetProblem(url, false)).toMatchObject({ code: 'not_public' });
    },
  );

  test.each([
    ['http://hooks.example/', 'https_only'],
    ['ftp://hooks.example/', 'https_only'],
    ['hooks.example', 'https_only'],
    ['https://user:secret@hooks.example/', 'invalid_format'],
    ['https://hooks.example/#there', 'invalid_format'],
    ['https://hooks.example:80/', 'invalid_port'],
    ['https://hooks.example:22/', 'invalid_port'],
    ['https://hooks.example:6379/', 'invalid_port'],
    ['https://hooks.example:0/', 'invalid_port'],
  ])('no URL like %s', (url, code) => {
    expect(targetProblem(url, false)).toMatchObject({ code });
  });

  test.each(['https://hooks.example/', 'https://hooks.example:443/', 'https://hooks.example:8443/sims?key=1'])(
    'a name by https: %s',
    (url) => {
      expect(targetProblem(url, false)).toBeUndefined();
    },
  );

  test('any port on the local cloud', () => {
    expect(targetProblem('http://127.0.0.1:50123/', true)).toBeUndefined();
  });
});
