import { readFileSync } from 'node:fs';
import { DeleteTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getAlarm, queryFirings } from '../../../adapters/dynamodb/alarms.ts';
import { backfillSegments } from '../../../adapters/dynamodb/backfill.ts';
import { getCustomerDeletion } from '../../../adapters/dynamodb/customer-removal.ts';
import { getCustomer } from '../../../adapters/dynamodb/customers.ts';
import { queryDeadLetters, queryRedrivenUsage } from '../../../adapters/dynamodb/dead-letters.ts';
import { getDelivery, queryPending } from '../../../adapters/dynamodb/deliveries.ts';
import { getDifference } from '../../../adapters/dynamodb/differences.ts';
import { getFailedChange } from '../../../adapters/dynamodb/failed-changes.ts';
import { getFleetCounts } from '../../../adapters/dynamodb/fleet-counts.ts';
import { getHoldingWatch } from '../../../adapters/dynamodb/holding-watches.ts';
import { countImportedSims } from '../../../adapters/dynamodb/imported-sims.ts';
import type { Key } from '../../../adapters/dynamodb/item-kind.ts';
import { type ItemKind, itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { upgradeItem } from '../../../adapters/dynamodb/item-shapes.ts';
import { queryJournal } from '../../../adapters/dynamodb/journal.ts';
import { getLateChange } from '../../../adapters/dynamodb/late-changes.ts';
import { getClient, getCredentials, getToken } from '../../../adapters/dynamodb/machine-clients.ts';
import {
  eachManifestPage,
  type Manifest,
  type ManifestPage,
  operationManifest,
  orderManifest,
  pageWithResults,
} from '../../../adapters/dynamodb/manifests.ts';
import { queryManualOrders } from '../../../adapters/dynamodb/manual-orders.ts';
import { getManualTask, refusalsOf, simsOfTaskPage } from '../../../adapters/dynamodb/manual-tasks.ts';
import { getOperation } from '../../../adapters/dynamodb/operations.ts';
import { getOperator } from '../../../adapters/dynamodb/operators.ts';
import { getOrderPoll } from '../../../adapters/dynamodb/order-polls.ts';
import { getSubmission } from '../../../adapters/dynamodb/order-submissions.ts';
import { getOrder, queryOrderEvents } from '../../../adapters/dynamodb/orders.ts';
import { getPartnerUser } from '../../../adapters/dynamodb/partner-users.ts';
import { getPartner } from '../../../adapters/dynamodb/partners.ts';
import { get } from '../../../adapters/dynamodb/reads.ts';
import { readRevocations } from '../../../adapters/dynamodb/revocations.ts';
import { getCustomerService, getPartnerService } from '../../../adapters/dynamodb/services.ts';
import { getSimFieldNames } from '../../../adapters/dynamodb/sim-field-names.ts';
import { readWalks } from '../../../adapters/dynamodb/sim-walks.ts';
import { getSim, ownersOf, type SimRecord, simHistory } from '../../../adapters/dynamodb/sims.ts';
import { simsToCompare } from '../../../adapters/dynamodb/sims-to-compare.ts';
import { SHAPE } from '../../../adapters/dynamodb/table.ts';
import { getGrantedTariff, getTariff } from '../../../adapters/dynamodb/tariffs.ts';
import { simDays, sumsOfService } from '../../../adapters/dynamodb/usage.ts';
import { readUsageProgress } from '../../../adapters/dynamodb/usage-progress.ts';
import { getWebhook } from '../../../adapters/dynamodb/webhooks.ts';
import { asId } from '../../../domain/ids.ts';
import { orderStates } from '../../../domain/order.ts';
import type { WalkPurpose } from '../../../domain/sim-walk.ts';
import { createTables } from '../../../local/dynamodb/tables.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import type { KeptItem } from '../../../tools/release-items.ts';
import { lastRelease, type Release, releases } from '../../../tools/releases.ts';
import { useLocalCloud } from '../support/local-cloud.ts';

const local = useLocalCloud();

/** Kinds that no release has written yet: the next `npm run keep-release` brings them, and empties this list. */
const newKinds: readonly string[] = [
  'backfillSegment',
  'simFieldNames',
  'redrivenUsage',
  'failedChange',
  'requestCount',
  'operator',
  'fleetCounts',
  'importedSims',
  'manualOrder',
  'manualTask',
  'customerEvent',
  'user',
  'client',
  'clientName',
  'clientCredentials',
  'clientToken',
  'clientTokenCount',
  'revocation',
  'manualTaskPage',
  'manualTaskRefusals',
  'orderSubmission',
  'simWalk',
  'simToCompare',
  'operatorTurns',
  'difference',
  'simTag',
  'simLabel',
  'simNumber',
];
const kindsToKeep = Object.keys(itemKinds).filter((kind) => !newKinds.includes(kind));

/** An item as a release wrote it: its key and its other attributes. */
type Written = { key: Key; attributes: Record<string, unknown> };

type KeyValues<Kind extends ItemKind> = NonNullable<ReturnType<(typeof itemKinds)[Kind]['parse']>>;

/**
 * Reads an item, given the values of its key. `wanted` is what it should read: all attributes that were written, unless the
 * reader converts them.
 */
type Reader<Values> = (values: Values, written: Written) => Promise<{ read: unknown; wanted?: unknown }>;

const ENOUGH = 1000;
const oneOf = (items: readonly object[], wanted: object) => ({
  read: items.find((item) => expect.objectContaining(wanted).asymmetricMatch(item)),
  wanted,
});
const FROM = '2000-01-01';
const UP_TO = '2099-12-31';

/** One for each kind: a new kind is not compiled without. Where only conditions look at a kind, its item is read as it is. */
const readers: { readonly [Kind in ItemKind]: Reader<KeyValues<Kind>> } = {
  partner: async ({ partnerId }) => ({ read: await getPartner(partnerId) }),
  simFieldNames: async ({ partnerId }) => ({ read: await getSimFieldNames(partnerId) }),
  fleetCounts: async ({ partnerId, fleet }, { attributes: { expiresAt: _, ...wanted } }) => ({
    read: await getFleetCounts({ partnerId, ...(fleet === 'PARTNER' ? {} : { customerId: asId('customer', fleet) }) }),
    wanted,
  }),
  importedSims: async ({ partnerId }, { attributes: { sims } }) => ({
    read: await countImportedSims(partnerId),
    wanted: sims,
  }),
  customerEvent: async ({ partnerId, customerId }) => ({ read: await getCustomerDeletion(partnerId, customerId) }),
  manualOrder: async ({ state }, { attributes }) => {
    const wanted = orderStates.find((each) => each === state) ?? 'submitted';
    return oneOf(await queryManualOrders(wanted, ENOUGH, undefined), attributes);
  },
  manualTask: async ({ id }) => ({ read: await getManualTask(id) }),
  manualTaskPage: async ({ taskId, page }, { attributes }) => ({
    read: await simsOfTaskPage(taskId, page),
    wanted: attributes.iccids,
  }),
  manualTaskRefusals: async ({ taskId }, { attributes: { sims } }) => ({
    read: (await refusalsOf(taskId)).size,
    wanted: Array.isArray(sims) ? sims.length : 0,
  }),
  operator: async ({ id }) => ({ read: await getOperator(id) }),
  tariff: async ({ id }) => ({ read: await getTariff(id) }),
  grant: async ({ partnerId, tariffId }) => ({
    read: await getGrantedTariff(partnerId, tariffId),
    wanted: { id: tariffId },
  }),
  customer: async ({ partnerId, id }) => ({ read: await getCustomer(partnerId, id) }),
  partnerService: async ({ partnerId, id }) => ({ read: await getPartnerService(partnerId, id) }),
  customerService: async ({ partnerId, id }) => ({ read: await getCustomerService(partnerId, id) }),
  user: async ({ partnerId, id }) => ({ read: await getPartnerUser(partnerId, id) }),
  client: async ({ partnerId, id }) => ({ read: await getClient(partnerId, id) }),
  clientName: asItIs,
  clientCredentials: async ({ clientId }) => ({ read: await getCredentials(clientId) }),
  clientToken: async ({ clientId, use }) => ({ read: await getToken(clientId, use) }),
  clientTokenCount: asItIs,
  revocation: async (_, { attributes }) => oneOf(await readRevocations(), attributes),
  serviceName: asItIs,
  order: async ({ partnerId, id }) => ({ read: await getOrder(partnerId, id) }),
  orderEvent: async ({ partnerId, orderId }, { attributes }) =>
    oneOf((await queryOrderEvents(partnerId, orderId, ENOUGH, undefined)).items, attributes),
  orderPage: async ({ partnerId, orderId }, written) => manifestPage(orderManifest(partnerId, orderId), written),
  orderWatch: async ({ partnerId, orderId }) => ({ read: await getOrderPoll(partnerId, orderId) }),
  holdingWatch: async ({ partnerId, orderId }, { attributes: { days } }) => ({
    read: await getHoldingWatch(partnerId, orderId),
    wanted: { days },
  }),
  operation: async ({ partnerId, id }) => ({ read: await getOperation(partnerId, id) }),
  operationPage: async ({ partnerId, operationId }, written) =>
    manifestPage(operationManifest(partnerId, operationId), written),
  operationResults: async ({ partnerId, operationId, page, part }) => {
    const operation = await getOperation(partnerId, operationId);
    const manifest = orderManifest(partnerId, operation?.planStage?.orderId ?? asId('order', ''));
    const { parts } = await pageWithResults(partnerId, operationId, manifest, page);
    return { read: parts.map((found) => ({ page: found.page, part: found.part })), wanted: [{ page, part }] };
  },
  lateActivation: async (_, { key }) => ({ read: await getLateChange(key) }),
  sim: async ({ partnerId, iccid }) => ({ read: await getSim(partnerId, iccid) }),
  simHistory: async ({ partnerId, iccid }, { attributes: { history } }) => {
    // Safe: the reader needs no more of a SIM than these.
    const sim = { iccid, createdAt: `${FROM}T00:00:00.000Z`, history: [] } as unknown as SimRecord;
    const steps = await simHistory(partnerId, sim);
    return { read: steps.length, wanted: 1 + (Array.isArray(history) ? history.length : 0) };
  },
  simDay: async ({ partnerId, iccid, place }, { attributes }) => {
    const { networks, services, records, contents: _contents, expiresAt: _expiresAt, ...day } = attributes;
    const hours = Object.entries(Object(networks)).map(([network, text]) => [network, hoursIn(String(text))] as const);
    const [read] = await simDays(partnerId, iccid, place, place);
    const wanted = { ...day, part: 0, networks: new Map(hours), services: new Map(Object.entries(Object(services))) };
    return {
      read: read && { ...read, records: [...read.records.keys()] },
      wanted: { ...wanted, records: String(records).match(/.{8}/g) },
    };
  },
  serviceSum: async ({ partnerId, serviceId, period }, { attributes: { top, ...sum } }) => {
    const sums = await sumsOfService(partnerId, serviceId, period);
    const read = sums.find(({ bytes }) => bytes === sum.bytes);
    return {
      read: read && { ...read, top: Object.fromEntries(read.top.map((of) => [of.iccid, of.bytes])) },
      wanted: { ...sum, top },
    };
  },
  simOwner: async ({ iccid }, { attributes: { partnerId } }) => ({
    read: (await ownersOf([iccid])).get(iccid),
    wanted: partnerId,
  }),
  usageCursor: async ({ operatorId }, { attributes: { cursor } }) => ({
    read: (await readUsageProgress()).get(asId('operator', operatorId))?.cursor,
    wanted: cursor,
  }),
  simWalk: async ({ purpose, operatorId }, { attributes }) => ({
    // Safe: the purposes of walks are the only values that are written.
    read: (await readWalks(purpose as WalkPurpose)).get(asId('operator', operatorId)),
    wanted: attributes,
  }),
  simToCompare: async ({ operatorId }, { attributes: { expiresAt: _, ...wanted } }) =>
    oneOf(await simsToCompare(asId('operator', operatorId), ENOUGH), wanted),
  simTag: asItIs,
  simLabel: asItIs,
  simNumber: asItIs,
  redrivenUsage: async (_, { attributes }) => oneOf(await queryRedrivenUsage(ENOUGH), attributes),
  request: asItIs,
  journalEntry: async ({ tenant }, { attributes }) =>
    oneOf((await queryJournal(tenant, { from: FROM, to: UP_TO }, ENOUGH, undefined)).items, attributes),
  webhook: async ({ partnerId, id }) => ({ read: await getWebhook(partnerId, id) }),
  webhookQueue: asItIs,
  delivery: async ({ partnerId, webhookId, id }) => ({ read: await getDelivery(partnerId, webhookId, id) }),
  pendingDelivery: async ({ partnerId, webhookId }, { attributes }) =>
    oneOf((await queryPending(partnerId, webhookId, ENOUGH, undefined)).items, attributes),
  alarm: async ({ partnerId, id }) => ({ read: await getAlarm(partnerId, id) }),
  alarmFiring: async ({ partnerId, alarmId }, { attributes }) =>
    oneOf((await queryFirings(partnerId, alarmId, ENOUGH, undefined)).items, attributes),
  failedChange: async ({ id }) => ({
    read: await getFailedChange(id),
    wanted: { dynamodb: { Keys: expect.anything() } },
  }),
  backfillSegment: async (_, { attributes }) => oneOf(await backfillSegments(), attributes),
  cursorSecret: asItIs,
  difference: async ({ id }) => ({ read: await getDifference(asId('difference', id)) }),
  operatorHealth: asItIs,
  requestCount: asItIs,
  operatorCalls: asItIs,
  operatorTurns: asItIs,
  orderSubmission: async ({ operatorId }) => ({ read: await getSubmission(asId('operator', operatorId)) }),
  setAside: async (_, { attributes }) => oneOf((await queryDeadLetters(ENOUGH, undefined)).items, attributes),
};

/** `4:2000000 5:17` is what was used from four and from five o'clock on. */
function hoursIn(text: string): Map<number, number> {
  return new Map(text.split(' ').map((hour) => [Number(hour.split(':')[0]), Number(hour.split(':')[1])]));
}

async function asItIs(_: unknown, { key }: Written) {
  return { read: await get<unknown>(key) };
}

async function manifestPage(manifest: Manifest, { attributes }: Written) {
  const pages: ManifestPage[] = [];
  for await (const page of eachManifestPage(manifest)) {
    pages.push(page);
  }
  return oneOf(pages, attributes);
}

/** What readers leave out. */
const keys = ['pk', 'sk', 'gsi1pk', 'gsi2pk', 'gsi3pk', 'gsi3sk', 'duePk', 'dueAt', SHAPE];

function written({ item }: KeptItem): Written {
  const { pk = '', sk = '', ...rest } = unmarshall(item);
  const attributes = Object.fromEntries(Object.entries(rest).filter(([name]) => !keys.includes(name)));
  return { key: { pk, sk }, attributes };
}

async function read<Kind extends ItemKind>(kind: Kind, found: Written): ReturnType<Reader<unknown>> {
  // Safe: the parser of the kind returns the values of the kind.
  const values = itemKinds[kind].parse(found.key) as KeyValues<Kind> | undefined;
  return values ? readers[kind](values, found) : { read: undefined };
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
      const { read: actual, wanted = found.attributes } = await read(kind, found);

      expect(actual).toBeDefined();
      if (typeof wanted === 'object' && wanted !== null) {
        expect(actual).toMatchObject(wanted);
      } else {
        expect(actual).toBe(wanted);
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
