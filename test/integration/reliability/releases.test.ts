import { readFileSync } from 'node:fs';
import { DeleteTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getAlarm, queryFirings } from '../../../adapters/dynamodb/alarms.ts';
import { backfillSegments } from '../../../adapters/dynamodb/backfill.ts';
import { getCustomer } from '../../../adapters/dynamodb/customers.ts';
import { queryDeadLetters, queryRedrivenUsage } from '../../../adapters/dynamodb/dead-letters.ts';
import { getDelivery, queryPending } from '../../../adapters/dynamodb/deliveries.ts';
import { getFailedChange } from '../../../adapters/dynamodb/failed-changes.ts';
import { getHoldingWatch } from '../../../adapters/dynamodb/holding-watches.ts';
import { type ItemKind, itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { SHAPE, upgradeItem } from '../../../adapters/dynamodb/item-shapes.ts';
import { get } from '../../../adapters/dynamodb/items.ts';
import { queryJournal } from '../../../adapters/dynamodb/journal.ts';
import { getLateActivation } from '../../../adapters/dynamodb/late-activations.ts';
import {
  eachManifestPage,
  type Manifest,
  type ManifestPage,
  pageWithResults,
} from '../../../adapters/dynamodb/manifests.ts';
import { getOperation } from '../../../adapters/dynamodb/operations.ts';
import { getOperator } from '../../../adapters/dynamodb/operators.ts';
import { getOrderPoll } from '../../../adapters/dynamodb/order-polls.ts';
import { getOrder, queryOrderEvents } from '../../../adapters/dynamodb/orders.ts';
import { getPartner } from '../../../adapters/dynamodb/partners.ts';
import { getCustomerService, getPartnerService } from '../../../adapters/dynamodb/services.ts';
import { getSim, ownersOf, type SimRecord, simHistory } from '../../../adapters/dynamodb/sims.ts';
import { getGrantedTariff, getTariff } from '../../../adapters/dynamodb/tariffs.ts';
import { readUsageProgress, simDays, sumsOfService } from '../../../adapters/dynamodb/usage.ts';
import { getWebhook } from '../../../adapters/dynamodb/webhooks.ts';
import { createTables } from '../../../local/dynamodb/tables.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import type { KeptItem } from '../../../tools/release-items.ts';
import { lastRelease, type Release, releases } from '../../../tools/releases.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const local = useLocalCloud();

/** Kinds that no release has written yet: the next `npm run keep-release` brings them, and empties this list. */
const newKinds: readonly string[] = ['backfillSegment', 'redrivenUsage', 'failedChange', 'requestCount'];
const kindsToKeep = Object.keys(itemKinds).filter((kind) => !newKinds.includes(kind));

/** An item as a release wrote it, with the ids that its key is made of. */
type Written = {
  pk: string;
  sk: string;
  partnerId: string;
  of: string;
  id: string;
  attributes: Record<string, unknown>;
};

/** Of an item what its reader finds, and what it should find: all that was written, unless the reader makes something else of it. */
type Reader = (written: Written) => Promise<{ read: unknown; wanted?: unknown }>;

const ENOUGH = 1000;
const oneOf = (items: readonly object[], wanted: object) => ({
  read: items.find((item) => expect.objectContaining(wanted).asymmetricMatch(item)),
  wanted,
});
const FROM = '2000-01-01';
const UP_TO = '2099-12-31';

/** One for each kind: a new kind is not compiled without. Where only conditions look at a kind, its item is read as it is. */
const readers: Readonly<Record<ItemKind, Reader>> = {
  partner: async ({ partnerId }) => ({ read: await getPartner(partnerId) }),
  operator: async ({ id }) => ({ read: await getOperator(id) }),
  tariff: async ({ id }) => ({ read: await getTariff(id) }),
  grant: async ({ partnerId, id }) => ({ read: await getGrantedTariff(partnerId, id), wanted: { id } }),
  customer: async ({ partnerId, id }) => ({ read: await getCustomer(partnerId, id) }),
  partnerService: async ({ partnerId, id }) => ({ read: await getPartnerService(partnerId, id) }),
  customerService: async ({ partnerId, id }) => ({ read: await getCustomerService(partnerId, id) }),
  serviceName: asItIs,
  order: async ({ partnerId, id }) => ({ read: await getOrder(partnerId, id) }),
  orderEvent: async ({ partnerId, of, attributes }) =>
    oneOf((await queryOrderEvents(partnerId, of, ENOUGH, undefined)).items, attributes),
  orderPage: manifestPage,
  orderWatch: async ({ partnerId, of }) => ({ read: await getOrderPoll(partnerId, of) }),
  holdingWatch: async ({ partnerId, of, attributes: { days } }) => ({
    read: await getHoldingWatch(partnerId, of),
    wanted: { days },
  }),
  operation: async ({ partnerId, id }) => ({ read: await getOperation(partnerId, id) }),
  operationPage: manifestPage,
  operationResults: async ({ partnerId, of, attributes }) => {
    const operation = await getOperation(partnerId, of);
    const manifest: Manifest = { partition: `P#${partnerId}#ORD#${operation?.planStage?.orderId}` };
    const { parts } = await pageWithResults(partnerId, of, manifest, Number(attributes.page));
    return {
      read: parts.map(({ page, part }) => ({ page, part })),
      wanted: [{ page: attributes.page, part: attributes.part }],
    };
  },
  lateActivation: async ({ pk, sk }) => ({ read: await getLateActivation({ pk, sk }) }),
  sim: async ({ partnerId, sk }) => ({ read: await getSim(partnerId, sk) }),
  simHistory: async ({ partnerId, of, attributes: { history } }) => {
    // Safe: the reader needs no more of a SIM than these.
    const sim = { iccid: of, createdAt: `${FROM}T00:00:00.000Z`, history: [] } as unknown as SimRecord;
    const steps = await simHistory(partnerId, sim);
    return { read: steps.length, wanted: 1 + (Array.isArray(history) ? history.length : 0) };
  },
  simDay: async ({ partnerId, of, sk, attributes }) => {
    const { networks, services, records, contents: _contents, expiresAt: _expiresAt, ...day } = attributes;
    const hours = Object.entries(Object(networks)).map(([network, text]) => [network, hoursIn(String(text))] as const);
    const [read] = await simDays(partnerId, of, sk, sk);
    const wanted = { ...day, part: 0, networks: new Map(hours), services: new Map(Object.entries(Object(services))) };
    return {
      read: read && { ...read, records: [...read.records.keys()] },
      wanted: { ...wanted, records: String(records).match(/.{8}/g) },
    };
  },
  serviceSum: async ({ partnerId, attributes: { top, ...sum } }) => {
    const { serviceId, period, bytes } = sum;
    const sums = await sumsOfService(partnerId, String(serviceId), String(period));
    const read = sums.find((one) => one.bytes === bytes);
    return {
      read: read && { ...read, top: Object.fromEntries(read.top.map((of) => [of.iccid, of.bytes])) },
      wanted: { ...sum, top },
    };
  },
  simOwner: async ({ attributes: { iccid, partnerId } }) => ({
    read: (await ownersOf([String(iccid)])).get(String(iccid)),
    wanted: partnerId,
  }),
  usageCursor: async ({ sk, attributes: { cursor } }) => ({
    read: (await readUsageProgress()).get(sk)?.cursor,
    wanted: cursor,
  }),
  redrivenUsage: async ({ attributes }) => oneOf(await queryRedrivenUsage(ENOUGH), attributes),
  request: asItIs,
  journalEntry: async ({ partnerId, attributes }) =>
    oneOf((await queryJournal({ partnerId }, { from: FROM, to: UP_TO }, ENOUGH, undefined)).items, attributes),
  webhook: async ({ partnerId, id }) => ({ read: await getWebhook(partnerId, id) }),
  webhookQueue: asItIs,
  delivery: async ({ partnerId, of, id }) => ({ read: await getDelivery(partnerId, of, id) }),
  pendingDelivery: async ({ partnerId, of, attributes }) =>
    oneOf((await queryPending(partnerId, of, ENOUGH, undefined)).items, attributes),
  alarm: async ({ partnerId, id }) => ({ read: await getAlarm(partnerId, id) }),
  alarmFiring: async ({ partnerId, of, attributes }) =>
    oneOf((await queryFirings(partnerId, of, ENOUGH, undefined)).items, attributes),
  failedChange: async ({ pk }) => ({
    read: await getFailedChange(pk.slice('FAILED_CHANGE#'.length)),
    wanted: { dynamodb: { Keys: expect.anything() } },
  }),
  backfillSegment: async ({ attributes }) => oneOf(await backfillSegments(), attributes),
  cursorSecret: asItIs,
  operatorHealth: asItIs,
  requestCount: asItIs,
  operatorCalls: asItIs,
  setAside: async ({ attributes }) => oneOf((await queryDeadLetters(ENOUGH, undefined)).items, attributes),
};

/** `4:2000000 5:17` is what was used from four and from five o'clock on. */
function hoursIn(text: string): Map<number, number> {
  return new Map(text.split(' ').map((hour) => [Number(hour.split(':')[0]), Number(hour.split(':')[1])]));
}

async function asItIs({ pk, sk }: Written): ReturnType<Reader> {
  return { read: await get<unknown>({ pk, sk }) };
}

async function manifestPage({ pk, attributes }: Written): ReturnType<Reader> {
  const pages: ManifestPage[] = [];
  for await (const page of eachManifestPage({ partition: pk })) {
    pages.push(page);
  }
  return oneOf(pages, attributes);
}

/** What readers leave out. */
const keys = ['pk', 'sk', 'gsi1pk', 'gsi2pk', 'gsi3pk', 'gsi3sk', 'duePk', 'dueAt', SHAPE];

function written({ item }: KeptItem): Written {
  const { pk = '', sk = '', ...rest } = unmarshall(item);
  const [, partnerId = '', , of = ''] = String(pk).split('#');
  return {
    pk,
    sk,
    partnerId,
    of,
    id: String(sk).slice(String(sk).indexOf('#') + 1),
    attributes: Object.fromEntries(Object.entries(rest).filter(([name]) => !keys.includes(name))),
  };
}

function itemsOf(release: Release): KeptItem[] {
  // Safe: npm run keep-release wrote them.
  return JSON.parse(readFileSync(release.file('items.json'), 'utf8')) as KeptItem[];
}

describe.each(releases())('what release $version wrote', (release) => {
  const items = itemsOf(release);
  const table = `of-release-${release.version}`;
  let dynamodb: DynamoDBClient;

  beforeAll(async () => {
    const { endpoints, parts } = local.cloud();
    useTableOf(local.cloud());
    process.env.TABLE_NAME = table;
    dynamodb = new DynamoDBClient({ endpoint: endpoints.dynamodb });
    await createTables(
      dynamodb,
      parts.tables.slice(0, 1).map((part) => ({ ...part, name: table })),
    );
    await Promise.all(items.map(put));
  });
  const put = ({ item }: KeptItem) => dynamodb.send(new PutItemCommand({ TableName: table, Item: item }));

  afterAll(async () => {
    await dynamodb.send(new DeleteTableCommand({ TableName: table }));
    dynamodb.destroy();
  });

  test.each(release.version === lastRelease().version ? kindsToKeep : [])('has a kept item: %s', (kind) => {
    expect(items.filter((kept) => kept.kind === kind)).not.toEqual([]);
  });

  test.each(items.map((kept) => [kept.kind, String(kept.item.sk?.S), kept] as const))(
    'is read: %s %s',
    async (kind, _sk, kept) => {
      // An item may be there as it was at several times.
      await put(kept);
      const found = written(kept);
      const { read, wanted = found.attributes } = await readers[kind](found);

      expect(read).toBeDefined();
      if (typeof wanted === 'object' && wanted !== null) {
        expect(read).toMatchObject(wanted);
      } else {
        expect(read).toBe(wanted);
      }
    },
  );

  test('keeps all that it had when it is upgraded', () => {
    for (const { item } of items) {
      const { [SHAPE]: _, ...before } = unmarshall(item);

      expect(upgradeItem(unmarshall(item))).toMatchObject(before);
    }
  });
});
