import { setTimeout as pause } from 'node:timers/promises';
import { type AttributeValue, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { startBackfill } from '../adapters/dynamodb/backfill.ts';
import { addRedrivenUsage, deadLetter, failedUsage } from '../adapters/dynamodb/dead-letters.ts';
import { putDifference, settleWrites } from '../adapters/dynamodb/differences.ts';
import { saveFailedChange } from '../adapters/dynamodb/failed-changes.ts';
import { importSims } from '../adapters/dynamodb/imported-sims.ts';
import { type ItemKind, itemKinds, kindOf, retiredKinds } from '../adapters/dynamodb/item-kinds.ts';
import { addToManualTask, completeManualTask } from '../adapters/dynamodb/manual-tasks.ts';
import { operatorTraffic } from '../adapters/dynamodb/operator-traffic.ts';
import { upsertOperator } from '../adapters/dynamodb/operators.ts';
import { startSubmission } from '../adapters/dynamodb/order-submissions.ts';
import { addRequests } from '../adapters/dynamodb/request-counts.ts';
import { addRevocation } from '../adapters/dynamodb/revocations.ts';
import { positionAfter, saveWalk } from '../adapters/dynamodb/sim-walks.ts';
import { addSimToCompare } from '../adapters/dynamodb/sims-to-compare.ts';
import { transact } from '../adapters/dynamodb/writes.ts';
import { newDifference, settled } from '../domain/difference.ts';
import { withCheckDigit } from '../domain/iccid.ts';
import { asId, newId } from '../domain/ids.ts';
import { changeTask } from '../domain/manual-task.ts';
import type { OperatorSettings } from '../domain/operator.ts';
import type { Sim as StoredSim } from '../domain/sim.ts';
import { dueWalk, walkTo } from '../domain/sim-walk.ts';
import { type LocalCloud, startLocalCloud } from '../local/cloud.ts';
import { type Client, createClient } from '../local/demo/client.ts';
import { seededOperators } from '../local/demo/demo-operators.ts';
import { runStory } from '../local/demo/story.ts';
import { operatorByHand } from '../local/operator-settings.ts';
import { poll } from '../local/poll.ts';
import { useTableOf } from '../local/table-of-cloud.ts';

/** An item in DynamoDB JSON, with its kind. */
export type KeptItem = { kind: ItemKind; item: Record<string, AttributeValue> };

/** The maximum number of stored items per kind. */
const MAX_ITEMS_PER_KIND = 12;
const PARTNER = asId('partner', 'release');
const DAY_MS = 1000;

const keptImport: StoredSim = {
  iccid: withCheckDigit('894301000000000001'),
  operatorId: asId('operator', 'kept'),
  imported: { state: 'in_holding', partnerServiceId: 'psv_holding_kept', by: 'kept' },
  state: 'in_holding',
  bars: [],
  partnerServiceId: 'psv_holding_kept',
  label: 'Kept',
  tags: ['kept'],
  stateChangedAt: '2026-03-02T10:30:00.000Z',
  createdAt: '2026-03-02T10:30:00.000Z',
  updatedAt: '2026-03-02T10:30:00.000Z',
  version: 1,
};

const keptOperator: OperatorSettings = {
  ...operatorByHand,
  name: 'Kept Mobile',
  closedDays: ['2026-12-24'],
  leadTimeWorkingDays: { min: 2, max: 4 },
  products: [...operatorByHand.products],
  iccid: { checkDigit: 'either' },
  connectivity: 'api',
  platform: { kind: 'sim-fulfilment' },
};

/**
 * Collects items of every kind as this release writes them: runs the demo on a local cloud, and further steps for the other kinds.
 * Keeps items of a kind that differ in their attributes.
 *
 * @throws when an item has an unknown kind, or a known kind was not written
 */
export async function releaseItems(log: (line: string) => void): Promise<KeptItem[]> {
  const cloud = await startLocalCloud({ port: 0, dayMs: DAY_MS, log });
  try {
    useTableOf(cloud);
    const found = new Map<string, KeptItem>();
    const collect = async () => {
      for (const kept of await everyItem(cloud)) {
        const shape = shapeOf(kept);
        found.set(shape, found.get(shape) ?? kept);
      }
    };
    await simulateYear(cloud, collect, log);
    return selectItems([...found.values()]);
  } finally {
    await cloud.stop();
  }
}

type Created = { id: string };
type Sim = { iccid: string };
type List<T> = { items: T[] };

/** Simulates a year of a partner; calls `collect` whenever short-lived items may exist. */
async function simulateYear(
  cloud: LocalCloud,
  collect: () => Promise<void>,
  log: (line: string) => void,
): Promise<void> {
  const token = await cloud.tokenFor({ partnerId: PARTNER, roles: ['admin'] });
  const api = createClient(cloud.url, token);
  const silent = { heading: log, line: log, good: log, bad: log, bar: () => () => undefined, end: () => undefined };
  await runStory(api, silent, seededOperators(createClient(cloud.url, '')));
  await collect();

  // No server listens there, so deliveries wait.
  const webhook = await api.post<Created>('/v1/webhooks', { url: 'http://127.0.0.1:9/events', events: ['*'] });
  await api.post(`/v1/webhooks/${webhook.id}/rotate-secret`, {});
  const customer = await keepCustomer(cloud, api, token);
  const service = await api.post<Created>('/v1/customer-services', {
    customerId: customer.id,
    tariffId: 'trf_customer_all',
  });
  const partnerService = await api.post<Created>('/v1/partner-services', { name: 'Kept', tariffId: 'trf_partner_all' });
  const plan = {
    partnerServiceId: partnerService.id,
    customerId: customer.id,
    customerServiceId: service.id,
    activate: true,
  };

  // Enough steps that the earlier ones move to a separate item.
  const { items: sims } = await api.get<List<Sim>>('/v1/sims?state=active&limit=3');
  const select = { iccids: sims.map(({ iccid }) => iccid) };
  for (const action of ['suspend', 'resume', 'suspend'] as const) {
    await operate(api, action, { select, ...(action === 'suspend' ? { reason: 'lost' } : {}) });
    await collect();
  }

  // One order stays with its operator, one is delivered and stays in holding, and the SIMs of one are not confirmed in time.
  cloud.sandbox?.behave('orange', { leadTimeDays: 30 });
  cloud.sandbox?.behave('3ireland', { leadTimeDays: 0 });
  cloud.sandbox?.behave('a1', { leadTimeDays: 0, activationDelayDays: 300 });
  await api.post<Created>('/v1/orders', { operatorId: 'orange', quantity: 50, plan });
  const late = await api.post<Created>('/v1/orders', { operatorId: 'a1', quantity: 20, plan });
  const held = await api.post<Created>('/v1/orders', { operatorId: '3ireland', quantity: 50 });
  await ordered(api, held.id, ['delivered'], collect);
  await ordered(api, late.id, ['fulfilled', 'failed'], collect);

  // Items that only failures produce, written directly.
  await deadLetter(
    { kind: 'order', partnerId: PARTNER, id: asId('order', held.id) },
    'Error: an example',
    cloud.clock.now(),
  );
  const at = cloud.clock.now().toISOString();
  const task = changeTask(
    { partnerId: PARTNER, operationId: 'op_kept', operatorId: asId('operator', 'kept'), action: 'suspend', number: 1 },
    at,
  );
  await addToManualTask(task, 0, [keptImport.iccid]);
  await completeManualTask(task, [{ iccid: keptImport.iccid, reason: 'Kept' }], 'kept', at);
  await upsertOperator(asId('operator', 'kept'), keptOperator, () => undefined);
  const manual = await api.post<Created>('/v1/orders', { operatorId: 'kept', quantity: 10 });
  const platform = createClient(cloud.url, await cloud.tokenFor({ roles: ['platform'] }));
  await platform.post(`/v1/platform/partners/${PARTNER}/orders/${manual.id}/accept`, { operatorReference: 'kept' });
  await api.post(`/v1/orders/${manual.id}/cancel`, {});
  await api.put('/v1/sim-fields', { names: ['site', 'contract'] });
  await api.get('/v1/sims/counts');
  await useAccess(api);
  await importSims(PARTNER, [keptImport], new Map(), keptImport.createdAt);
  await addRequests(PARTNER, 1, 5);
  await startBackfill(1, cloud.clock.now());
  const limits = { requestsPerSecond: 5 };
  await operatorTraffic.takeTurn(asId('operator', 'orange'), limits, { holder: 'kept', calls: 5, urgent: false });
  await operatorTraffic.recordOutcome(asId('operator', 'orange'), false);
  const sentAt = cloud.clock.now().toISOString();
  const submission = { partnerId: PARTNER, operatorId: asId('operator', 'kept'), orderId: asId('order', 'ord_kept') };
  await transact([startSubmission({ ...submission, quantity: 10, since: sentAt, sentAt, known: ['REQ1'] })]);
  await compareKept(cloud.clock.now());
  // Last, as schedules remove them.
  const { pk, sk } = itemKinds.operation.key({ partnerId: PARTNER, id: 'op_1' });
  const keys = { pk: { S: pk }, sk: { S: sk } };
  await saveFailedChange({ eventName: 'MODIFY', dynamodb: { Keys: keys, SequenceNumber: '1' } }, cloud.clock.now());
  for (const work of failedUsage(asId('operator', 'kept'), [{ recordId: 'kept' }])) {
    await addRedrivenUsage(work, cloud.clock.now());
  }
  await collect();
}

/** What the comparison of SIMs with their operator writes: its progress, a SIM that it is asked for, and a difference in each state. */
async function compareKept(now: Date): Promise<void> {
  const operatorId = asId('operator', 'kept');
  const walk = dueWalk(undefined, { purpose: 'compare', operatorId, everyMs: DAY_MS }, now);
  if (walk) {
    await saveWalk(walkTo(walk, positionAfter(PARTNER, keptImport.iccid)));
  }
  await addSimToCompare({ operatorId, partnerId: PARTNER, iccid: keptImport.iccid }, now);
  const of = { id: newId('difference', now), iccid: keptImport.iccid, partnerId: PARTNER, operatorId };
  const open = newDifference({ field: 'state', ours: 'suspended', theirs: 'active' }, of, now.toISOString());
  await transact([putDifference(open)]);
  const other = { ...open, id: newId('difference', now) };
  await transact([putDifference(other)]);
  await transact(settleWrites(settled(other, 'kept', 'theirs', now.toISOString())));
}

/** Creates a customer with all of its fields, and deletes another one. */
async function keepCustomer(cloud: LocalCloud, api: Client, token: string): Promise<Created> {
  const former = await api.post<Created>('/v1/customers', { name: 'Former Ltd' });
  await api.del(`/v1/customers/${former.id}`);
  return sendOnce(cloud, token, '/v1/customers', {
    name: 'Kept Ltd',
    registrationNumber: '1',
    addresses: { delivery: { name: 'Kept Ltd', lines: ['1 Quay'], city: 'Cork', postalCode: 'T12', country: 'IE' } },
    contacts: [{ name: 'Kay', email: 'kay@kept.example' }],
    tags: ['kept'],
  });
}

/** Creates a user, an API client that gets a token, and a revocation. */
async function useAccess(api: Client): Promise<void> {
  await api.post('/v1/users', { email: 'kept@kept.example', firstName: 'Kept', roles: ['admin'] });
  const body = { name: 'Kept', roles: ['support'] };
  const { id, secret, tokenUrl } = await api.post<Created & { secret: string; tokenUrl: string }>('/v1/clients', body);
  const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
  const response = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  if (!response.ok) {
    throw new Error(`The token endpoint returned ${response.status}: ${await response.text()}`);
  }
  await addRevocation('cli_kept');
}

async function sendOnce({ url }: LocalCloud, token: string, path: string, body: object): Promise<Created> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'kept' },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`POST ${path} returned ${response.status}: ${await response.text()}`);
  }
  // Safe: everything that the API creates has an id.
  return (await response.json()) as Created;
}

async function operate(api: Client, action: string, body: object): Promise<void> {
  const { id } = await api.post<Created>(`/v1/sims/${action}`, body);
  await poll(`${action} to end`, async () => {
    const { state } = await api.get<{ state: string }>(`/v1/operations/${id}`);
    return ['queued', 'running'].includes(state) ? undefined : state;
  });
}

async function ordered(
  api: Client,
  id: string,
  states: readonly string[],
  collect: () => Promise<void>,
): Promise<void> {
  await poll(`order ${id} to be ${states.join(' or ')}`, async () => {
    const { state } = await api.get<{ state: string }>(`/v1/orders/${id}`);
    await collect();
    await pause(DAY_MS / 4);
    return states.includes(state) ? state : undefined;
  });
}

async function everyItem({ endpoints, parts }: LocalCloud): Promise<KeptItem[]> {
  const client = new DynamoDBClient({ endpoint: endpoints.dynamodb });
  try {
    const kept: KeptItem[] = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName: parts.tables[0]?.name })) {
      kept.push(...Items.map((item) => ({ kind: kindIn(item), item })));
    }
    return kept;
  } finally {
    client.destroy();
  }
}

function kindIn({ pk, sk }: Record<string, AttributeValue>): ItemKind {
  const kind = kindOf({ pk: pk?.S ?? '', sk: sk?.S ?? '' });
  if (!kind) {
    throw new Error(`An item has an unknown kind: ${pk?.S} ${sk?.S}. Add it to adapters/dynamodb/item-kinds.ts.`);
  }
  return kind;
}

/** Sorts items by kind and key, and attributes by name; removes secrets. */
function selectItems(found: readonly KeptItem[]): KeptItem[] {
  // Safe: Object.keys loses the type of the keys.
  const kinds = (Object.keys(itemKinds) as ItemKind[]).filter((kind) => !retiredKinds.has(kind));
  const missing = kinds.filter((kind) => !found.some((one) => one.kind === kind));
  if (missing.length > 0) {
    throw new Error(
      `No item was written of these kinds: ${missing.join(', ')}. tools/release-items.ts must create one each.`,
    );
  }
  return kinds.flatMap((kind) => {
    const some = found.filter((one) => one.kind === kind).sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
    return some.slice(0, MAX_ITEMS_PER_KIND).map(({ item }) => ({ kind, item: withoutSecrets(item) }));
  });
}

/** Identifies the shape of an item: its attribute names, and the values that determine them. */
function shapeOf({ kind, item }: KeptItem): string {
  const distinguishing = ['state', 'action', 'type', 'holding'].map((name) => item[name]?.S ?? item[name]?.BOOL);
  return [kind, ...distinguishing, ...Object.keys(item).sort()].join(' ');
}

const keyOf = ({ item }: KeptItem) => `${item.pk?.S} ${item.sk?.S}`;

/** Attributes that allow readers to sign or to answer an execution, at any depth of an item. */
const secrets = ['secret', 'taskToken'];

function withoutSecrets(item: KeptItem['item']): KeptItem['item'] {
  const redacted = Object.entries(item).map(([name, value]): [string, AttributeValue] => {
    if (secrets.includes(name) && value.S !== undefined) {
      return [name, { S: 'x'.repeat(value.S.length) }];
    }
    return [name, value.M ? { M: withoutSecrets(value.M) } : value];
  });
  return Object.fromEntries(redacted.sort(([one], [other]) => (one < other ? -1 : 1)));
}
