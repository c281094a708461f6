import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Key } from '../adapters/dynamodb/item-kind.ts';
import { type ItemKind, itemKinds } from '../adapters/dynamodb/item-kinds.ts';
import { isOwnedBy } from '../adapters/dynamodb/keys.ts';
import type { PartnerId } from '../domain/ids.ts';
import { backgroundRetries, retryDelay } from '../domain/retry-policies.ts';

type Item = Readonly<Record<string, unknown>> & Key;

/** A restoration: from the restored table, to the live table, and optionally only the items of one partner. */
export type Restoration = {
  documents: DynamoDBDocumentClient;
  from: string;
  to: string;
  partnerId?: PartnerId | undefined;
};

/** The live table compared with the restored one: number of unchanged items, changed, removed and new items. */
export type Differences = { same: number; changed: Item[]; gone: Item[]; newer: Key[] };

/**
 * Kinds that are not restored: the journal keeps its history, and the live table has the better transient state.
 */
const excludedKinds: readonly ItemKind[] = [
  'journalEntry',
  'request',
  'operatorHealth',
  'operatorCalls',
  'operatorTurns',
  'orderSubmission',
  'simWalk',
  'simToCompare',
  'backfillSegment',
  'failedChange',
  'requestCount',
  'fleetCounts',
  'cursorSecret',
];

const READ_BATCH_SIZE = 100;
const WRITE_BATCH_SIZE = 25;

/** Compares the restored table with the live one. Reads both completely and changes nothing. */
export async function differences({ documents, from, to, partnerId }: Restoration): Promise<Differences> {
  const found: Differences = { same: 0, changed: [], gone: [], newer: [] };
  for await (const items of pagesOf(documents, from, partnerId)) {
    const live = await itemsIn(documents, to, items);
    for (const item of items) {
      const now = live.get(textOf(item));
      if (now === undefined) {
        found.gone.push(item);
      } else if (isDeepStrictEqual(now, item)) {
        found.same += 1;
      } else {
        found.changed.push(item);
      }
    }
  }
  for await (const items of pagesOf(documents, to, partnerId)) {
    const before = await itemsIn(documents, from, items);
    found.newer.push(...items.filter((item) => !before.has(textOf(item))).map(({ pk, sk }) => ({ pk, sk })));
  }
  return found;
}

type WriteRequest = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number];

/** Restores changed and removed items; with `removesNewer` also deletes new items. */
export async function restoreItems(
  { documents, to }: Restoration,
  { changed, gone, newer }: Differences,
  { removesNewer }: { removesNewer: boolean },
): Promise<void> {
  const puts = [...changed, ...gone].map((Item) => ({ PutRequest: { Item } }));
  const removals = removesNewer ? newer.map((Key) => ({ DeleteRequest: { Key } })) : [];
  for (const batch of inBatches<WriteRequest>([...puts, ...removals], WRITE_BATCH_SIZE)) {
    await sendAll(batch, async (requests) => {
      const { UnprocessedItems } = await documents.send(new BatchWriteCommand({ RequestItems: { [to]: requests } }));
      return UnprocessedItems?.[to] ?? [];
    });
  }
}

async function* pagesOf(documents: DynamoDBDocumentClient, TableName: string, partnerId: PartnerId | undefined) {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }));
    // Safe: every item of the table has its key.
    const items = (page.Items ?? []) as Item[];
    const wanted = items.filter(
      (item) => belongsTo(item, partnerId) && !excludedKinds.some((kind) => itemKinds[kind].matches(item)),
    );
    yield* inBatches(wanted, READ_BATCH_SIZE);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

/** Whether an item belongs to the partner, who owns the partition or the item's ICCID. */
function belongsTo(item: Item, partnerId: PartnerId | undefined): boolean {
  return (
    partnerId === undefined ||
    isOwnedBy(partnerId, item) ||
    (itemKinds.simOwner.matches(item) && item.partnerId === partnerId)
  );
}

async function itemsIn(
  documents: DynamoDBDocumentClient,
  table: string,
  keys: readonly Key[],
): Promise<Map<string, Item>> {
  const found = new Map<string, Item>();
  const wanted: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  await sendAll(wanted, async (Keys) => {
    const { Responses, UnprocessedKeys } = await documents.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    );
    // Safe: every item of the table has its key.
    for (const item of (Responses?.[table] ?? []) as Item[]) {
      found.set(textOf(item), item);
    }
    return UnprocessedKeys?.[table]?.Keys ?? [];
  });
  return found;
}

/**
 * Sends a batch, and then what DynamoDB left unprocessed, with pauses.
 *
 * @param send returns what is left.
 * @throws Error when several attempts in a row made no progress.
 */
async function sendAll<T>(batch: readonly T[], send: (requests: T[]) => Promise<T[]>): Promise<void> {
  let remaining = [...batch];
  let attemptsWithoutProgress = 0;
  while (remaining.length > 0) {
    const unprocessed = await send(remaining);
    attemptsWithoutProgress = unprocessed.length < remaining.length ? 0 : attemptsWithoutProgress + 1;
    remaining = unprocessed;
    const delay = retryDelay(backgroundRetries, attemptsWithoutProgress + 1, Math.random());
    if (delay === undefined) {
      throw new Error(`DynamoDB processed none of the remaining ${remaining.length} requests of a batch.`);
    }
    if (remaining.length > 0) {
      await pause(delay);
    }
  }
}

const textOf = ({ pk, sk }: Key) => `${pk} ${sk}`;

function inBatches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
