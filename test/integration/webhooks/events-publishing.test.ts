import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AttributeValue, Context, DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { getDelivery, type PendingDelivery, queryPending } from '../../../adapters/dynamodb/deliveries.ts';
import { getFailedChange } from '../../../adapters/dynamodb/failed-changes.ts';
import type { Key } from '../../../adapters/dynamodb/item-kind.ts';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { simKey } from '../../../adapters/dynamodb/keys.ts';
import { insertWebhook } from '../../../adapters/dynamodb/webhooks.ts';
import { put, remove } from '../../../adapters/dynamodb/write-requests.ts';
import { write } from '../../../adapters/dynamodb/writes.ts';
import { newSecret } from '../../../adapters/webhooks/signature.ts';
import { withCheckDigit } from '../../../domain/iccid.ts';
import { asId, type OrderId, type PartnerId, type WebhookId } from '../../../domain/ids.ts';
import { handler } from '../../../functions/streams/publish-events.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { type Meter, startMeter } from '../../../verification/bench/meter.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import { is } from '../support/partner.ts';

// The function runs in this process, on the table of the cloud: so a test decides what it is handed, and counts its calls.
const cloud = useLocalCloud();
let meter: Meter;

const run = `${process.pid}${Date.now()}`;
const MADE_AT = '2026-03-01T00:00:00.000Z';

beforeAll(async () => {
  const { endpoints } = cloud.cloud();
  meter = await startMeter(endpoints.dynamodb);
  useTableOf({ ...cloud.cloud(), endpoints: { ...endpoints, dynamodb: meter.url } });
});
afterAll(() => meter.stop());

/** A webhook of a partner whose receiver does not answer. */
async function aWebhook(partnerId: PartnerId, n: number): Promise<WebhookId> {
  const id = asId('webhook', `whk_${run}${n}`);
  await insertWebhook(partnerId, {
    id,
    url: 'http://127.0.0.1:9/events',
    events: ['*'],
    enabled: true,
    secret: newSecret(),
    createdAt: MADE_AT,
    updatedAt: MADE_AT,
    version: 1,
  });
  return id;
}

type Attributes = Record<string, AttributeValue>;

function record({ pk, sk }: Key, place: number, images: { now: Attributes; before?: Attributes }): DynamoDBRecord {
  const keys = { pk: { S: pk }, sk: { S: sk } };
  return {
    eventName: images.before ? 'MODIFY' : 'INSERT',
    dynamodb: {
      Keys: keys,
      SequenceNumber: String(place).padStart(10, '0'),
      ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
      NewImage: { ...keys, ...images.now },
      ...(images.before ? { OldImage: { ...keys, ...images.before } } : {}),
    },
  };
}

/** A line of an order's timeline. */
function line(partnerId: PartnerId, orderId: OrderId, place: number, type = 'order.accepted'): DynamoDBRecord {
  return record(itemKinds.orderEvent.key({ partnerId, orderId, version: place, line: 0 }), place, {
    now: { type: { S: type }, at: { S: '2026-03-02T10:00:00.000Z' }, actor: { S: 'system' } },
  });
}

/** A SIM that became active: the history of a broken one is none. */
function activated(partnerId: PartnerId, n: number, history: AttributeValue | undefined = undefined): DynamoDBRecord {
  const iccid = withCheckDigit(`8944${String(n).padStart(14, '0')}`);
  const at = '2026-03-02T10:00:00.000Z';
  const sim = (state: string, version: number): Attributes => ({
    iccid: { S: iccid },
    imsi: { S: '234200000000001' },
    operatorId: { S: '3uk' },
    orderId: { S: 'ord_1' },
    state: { S: state },
    partnerServiceId: { S: 'psv_1' },
    stateChangedAt: { S: at },
    createdAt: { S: at },
    updatedAt: { S: at },
    version: { N: String(version) },
  });
  return record(simKey(partnerId, iccid), n, {
    before: { ...sim('activating', 4), history: { L: [] } },
    now: { ...sim('active', 5), history: history ?? { L: [{ S: `5 ${Date.parse(at)} activated active op_1` }] } },
  });
}

async function publish(records: readonly DynamoDBRecord[]): Promise<string[]> {
  const context = {
    getRemainingTimeInMillis: () => 60_000,
    functionName: 'f',
    awsRequestId: 'r',
  } as unknown as Context;
  // Safe: this handler is no callback's, and answers what its type says.
  const answer = (await handler({ Records: [...records] }, context)) as DynamoDBBatchResponse;
  return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

async function queued(partnerId: PartnerId, webhookId: string): Promise<PendingDelivery[]> {
  return (await queryPending(partnerId, asId('webhook', webhookId), 1000, undefined)).items;
}

const platform = cloud.as({ roles: ['platform'] });

/** The work that is set aside with an error that names a key, once its retries are over. */
async function setAsideAs({ pk, sk }: Key): Promise<{ id: string; subject: string }> {
  type DeadLetter = { id: string; subject: string; error: string };
  return eventually(async () => {
    const { items } = is(200, await platform.get<{ items: DeadLetter[] }>('/v1/platform/set-aside?limit=200'));
    const found = items.find(({ error }) => error.includes(`${pk} ${sk}`));
    if (!found) {
      throw new Error(`Nothing is set aside for ${pk} ${sk}.`);
    }
    return found;
  });
}

describe('a record that always fails', () => {
  const poisoned = `acme-poison-${run}`;
  const healthy = `globex-poison-${run}`;

  test('delays no other record, of its own partner or others, and is dead-lettered', async () => {
    const [own, other] = await Promise.all([
      aWebhook(asId('partner', poisoned), 1),
      aWebhook(asId('partner', healthy), 2),
    ]);
    const poison = activated(asId('partner', poisoned), 7, { S: 'none' });
    const failed = await publish([
      poison,
      activated(asId('partner', poisoned), 8),
      line(asId('partner', healthy), 'ord_1', 3),
      line(asId('partner', healthy), 'ord_1', 4, 'order.dispatched'),
    ]);
    expect(failed).toEqual([]);
    expect((await queued(asId('partner', poisoned), own)).length).toBeLessThanOrEqual(1);
    const deliveries = is(
      200,
      await cloud.partner(healthy).api.get<{ items: { type: string }[] }>(`/v1/webhooks/${other}/deliveries`),
    );
    expect(deliveries.items.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['order.accepted', 'order.dispatched']),
    );
    const platform = cloud.as({ roles: ['platform'] });
    await eventually(async () => {
      const { items } = is(200, await platform.get<{ items: { error: string }[] }>('/v1/platform/set-aside?limit=200'));
      const { pk, sk } = poison.dynamodb?.Keys ?? {};
      expect(items.map(({ error }) => error).join('\n')).toContain(`${pk?.S} ${sk?.S}`);
    });
  });

  test('for one webhook delays no other webhook of its partner, and can be redriven', async () => {
    const partnerId = `acme-broken-hook-${run}`;
    const good = await aWebhook(asId('partner', partnerId), 3);
    // No function writes such: what it is for is missing.
    const broken = { id: 'whk_broken', url: 'http://127.0.0.1:9/', enabled: true, createdAt: MADE_AT, version: 1 };
    await write(
      put({ ...broken, ...itemKinds.webhook.key({ partnerId: asId('partner', partnerId), id: 'whk_broken' }) }),
    );
    expect(await publish([line(asId('partner', partnerId), 'ord_1', 1)])).toEqual([]);
    const { items } = is(
      200,
      await cloud.partner(partnerId).api.get<{ items: { type: string }[] }>(`/v1/webhooks/${good}/deliveries`),
    );
    expect(items).toHaveLength(1);
    const { id, subject } = await setAsideAs(
      itemKinds.orderEvent.key({ partnerId: asId('partner', partnerId), orderId: 'ord_1', version: 1, line: 0 }),
    );
    await write(remove(itemKinds.webhook.key({ partnerId: asId('partner', partnerId), id: 'whk_broken' })));
    is(204, await platform.post(`/v1/platform/set-aside/${id}/put-back`));
    const [pk = '', sk = ''] = subject.split(' ');
    const change = itemKinds.failedChange.parse({ pk, sk })?.id ?? '';
    expect(change).not.toBe('');
    await eventually(async () => expect(await getFailedChange(change)).toBeUndefined());
  });
});

describe('a record that may succeed later', () => {
  test('is repeated with the later ones of its order, and no others', async () => {
    const partnerId = `acme-later-${run}`;
    const name = process.env.TABLE_NAME;
    process.env.TABLE_NAME = 'not-there';
    try {
      expect(
        await publish([line(asId('partner', partnerId), 'ord_1', 1), line(asId('partner', partnerId), 'ord_1', 2)]),
      ).toEqual(['0000000001', '0000000002']);
    } finally {
      process.env.TABLE_NAME = name;
    }
  });
});

describe('a hundred events of a hundred SIMs', () => {
  test('cost two writes each, and one read and one update of the queue; repeated, they are not delivered twice', async () => {
    const partnerId = `acme-counted-${run}`;
    const webhookId = await aWebhook(asId('partner', partnerId), 4);
    const records = Array.from({ length: 100 }, (_, n) => activated(asId('partner', partnerId), n));
    meter.take();
    expect(await publish(records)).toEqual([]);
    const { calls, keys } = meter.take();
    expect(calls).toEqual({ Query: 1, PutItem: 200, UpdateItem: 1 });
    // A partition takes a thousand units a second: a hundred thousand events are 100 seconds of each of the two.
    const units = [...(keys.table ?? [])].filter(([key]) => key.includes(webhookId)).map(([, used]) => used);
    expect(Math.max(...units)).toBeLessThanOrEqual(101);
    expect(await publish(records)).toEqual([]);
    const ids = (await queued(asId('partner', partnerId), webhookId)).map(({ deliveryId }) => deliveryId);
    expect(ids.length).toBeLessThanOrEqual(100);
    expect(new Set(ids).size).toBe(ids.length);
    const [first] = ids;
    if (first !== undefined) {
      expect(await getDelivery(asId('partner', partnerId), webhookId, first)).toMatchObject({ type: 'sim.activated' });
    }
  });
});
