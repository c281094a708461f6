import { isDeepStrictEqual } from 'node:util';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
  type DynamoDBDocumentClient,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';
import { type ItemKind, isOfKind } from '../adapters/dynamodb/item-kinds.ts';
import { isOwnedBy, type Key } from '../adapters/dynamodb/keys.ts';

type Item = Readonly<Record<string, unknown>> & Key;

/** The table as it was, restored beside the live one; the live one; and whose items are looked at, all when left out. */
export type Restoration = {
  documents: DynamoDBDocumentClient;
  from: string;
  to: string;
  partnerId?: string | undefined;
};

/** What the live table has as it was, otherwise than it was, no longer, and only since. */
export type Differences = { same: number; changed: Item[]; gone: Item[]; newer: Key[] };

/**
 * What is not put back: what was done stays in the journal, and of what concerns the moment the live table knows better.
 */
const leftAlone: readonly ItemKind[] = [
  'journalEntry',
  'request',
  'operatorHealth',
  'operatorCalls',
  'backfillSegment',
  'failedChange',
  'requestCount',
  'cursorSecret',
];

const READ_AT_ONCE = 100;
const WRITTEN_AT_ONCE = 25;

/** Compares the table as it was with the live one. Reads both whole, and changes nothing. */
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

/** Puts back what was changed or removed since; with `removesNewer` takes away what came since, too. */
export async function putBack(
  { documents, to }: Restoration,
  { changed, gone, newer }: Differences,
  { removesNewer }: { removesNewer: boolean },
): Promise<void> {
  const puts = [...changed, ...gone].map((Item) => ({ PutRequest: { Item } }));
  const removals = removesNewer ? newer.map((Key) => ({ DeleteRequest: { Key } })) : [];
  for (const batch of inBatches([...puts, ...removals], WRITTEN_AT_ONCE)) {
    let left: BatchWriteCommandInput['RequestItems'] = { [to]: batch };
    while (left && Object.keys(left).length > 0) {
      const answer: BatchWriteCommandOutput = await documents.send(new BatchWriteCommand({ RequestItems: left }));
      left = answer.UnprocessedItems;
    }
  }
}

async function* pagesOf(documents: DynamoDBDocumentClient, TableName: string, partnerId: string | undefined) {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }));
    // Safe: every item of the table has its key.
    const items = (page.Items ?? []) as Item[];
    const wanted = items.filter((item) => isOf(item, partnerId) && !leftAlone.some((kind) => isOfKind(kind, item)));
    yield* inBatches(wanted, READ_AT_ONCE);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

/** Whether an item is of the partner: it owns the partition, or the ICCID that the item is about. */
function isOf(item: Item, partnerId: string | undefined): boolean {
  return (
    partnerId === undefined ||
    isOwnedBy(partnerId, item) ||
    (isOfKind('simOwner', item) && item.partnerId === partnerId)
  );
}

async function itemsIn(
  documents: DynamoDBDocumentClient,
  table: string,
  keys: readonly Key[],
): Promise<Map<string, Item>> {
  const found = new Map<string, Item>();
  let left: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  while (left.length > 0) {
    const { Responses, UnprocessedKeys } = await documents.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
    );
    // Safe: every item of the table has its key.
    for (const item of (Responses?.[table] ?? []) as Item[]) {
      found.set(textOf(item), item);
    }
    left = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return found;
}

const textOf = ({ pk, sk }: Key) => `${pk} ${sk}`;

function inBatches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
