import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { maxTotalDelay, retryDelay } from '../../domain/retry-policies.ts';
import { documentClient, tableName, tableRetries } from './client.ts';
import { type Condition, ConditionFailed } from './conditions.ts';
import { isContention } from './contention.ts';
import type { Key } from './item-kind.ts';
import { get, getRaw, toRecord } from './reads.ts';
import { type Change, update, type Write } from './write-requests.ts';

/**
 * Writes one item. If the response to a put or delete is lost, the SDK's retry finds the effect of its first attempt; this
 * counts as success, not as a failed condition.
 *
 * @throws ConditionFailed
 */
export async function write(operation: Write): Promise<void> {
  try {
    await withConditionFailed(async () => {
      if (operation.Put) {
        await documentClient().send(new PutCommand(operation.Put));
      } else if (operation.Delete) {
        await documentClient().send(new DeleteCommand(operation.Delete));
      } else if (operation.Update) {
        await documentClient().send(new UpdateCommand(operation.Update));
      }
    });
  } catch (error) {
    if (!(error instanceof ConditionFailed && wasRetried(error) && (await isWritten(operation)))) {
      throw error;
    }
  }
}

/** Whether the SDK sent the call more than once: an earlier attempt may have taken effect. */
function wasRetried({ cause }: ConditionFailed): boolean {
  return cause instanceof ConditionalCheckFailedException && (cause.$metadata.attempts ?? 1) > 1;
}

/** Whether the item is exactly as a put or delete leaves it. Always false for an update. */
async function isWritten({ Put, Delete }: Write): Promise<boolean> {
  if (Put) {
    // The client does not store undefined values.
    const expected = unmarshall(marshall(Put.Item, { removeUndefinedValues: true }));
    return isDeepStrictEqual(await getRaw({ pk: expected.pk, sk: expected.sk }), expected);
  }
  // Safe: only `remove` creates deletes, with a key of the table.
  return Delete !== undefined && (await getRaw(Delete.Key as Key)) === undefined;
}

/** Like `write`. @returns false when the condition failed. */
export async function writeIf(operation: Write): Promise<boolean> {
  return unlessConditionFailed(write(operation));
}

/** Like `transact`. @returns false when a condition failed. */
export async function transactIf(writes: readonly Write[]): Promise<boolean> {
  return unlessConditionFailed(transact(writes));
}

async function unlessConditionFailed(written: Promise<void>): Promise<boolean> {
  try {
    await written;
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return false;
    }
    throw error;
  }
}

/** Updates one item and returns it as it is after the update. @throws ConditionFailed */
export async function updateAndGet<T>(key: Key, change: Change, condition?: Condition): Promise<T> {
  const { Update } = update(key, change, condition);
  return withConditionFailed(async () => {
    const { Attributes } = await documentClient().send(
      new UpdateCommand({ TableName: tableName(), Key: key, ...Update, ReturnValues: 'ALL_NEW' }),
    );
    return toRecord<T>(Attributes ?? {});
  });
}

/** DynamoDB's limit for the items of one transaction. Its other limit is 4 MB. */
export const MAX_TRANSACTION_ITEMS = 100;

/**
 * Writes up to `MAX_TRANSACTION_ITEMS` items, all or none. Retries a transaction that conflicts with another one or is
 * throttled, within the function's retry policy.
 *
 * @throws ConditionFailed
 */
export async function transact(writes: readonly Write[]): Promise<void> {
  if (writes.length > MAX_TRANSACTION_ITEMS) {
    throw new Error(`A transaction has at most ${MAX_TRANSACTION_ITEMS} items, not ${writes.length}.`);
  }
  await sendWithRetries(() => documentClient().send(new TransactWriteCommand({ TransactItems: [...writes] })));
}

/**
 * Sends a transaction until it succeeds or the retry policy is exhausted. Each attempt is a separate request.
 *
 * @throws ConditionFailed
 */
export async function sendWithRetries(send: () => Promise<unknown>, policy = tableRetries()): Promise<void> {
  const deadline = Date.now() + maxTotalDelay(policy);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send();
      return;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) {
        throw error;
      }
      const failed = (error.CancellationReasons ?? []).flatMap(({ Code }, position) =>
        Code === 'ConditionalCheckFailed' ? [position] : [],
      );
      if (failed.length > 0) {
        throw new ConditionFailed(failed, { cause: error });
      }
      const delay = isContention(error) ? retryDelay(policy, attempt, Math.random()) : undefined;
      if (delay === undefined || Date.now() + delay > deadline) {
        throw error;
      }
      await pause(delay);
    }
  }
}

/**
 * Creates an item together with related items, all or none. Idempotent: an existing item with the same key was created by an
 * earlier attempt, because ids in keys are unique. That attempt may be the SDK's own, whose response was lost.
 *
 * @param writes the first one puts the new item, on the condition `absent`.
 * @returns the item that an earlier attempt created; `undefined` when this one did.
 * @throws ConditionFailed when the condition of another write failed.
 */
export async function createIdempotent<T>(key: Key, writes: readonly [Write, ...Write[]]): Promise<T | undefined> {
  try {
    await (writes.length === 1 ? write(writes[0]) : transact(writes));
    return undefined;
  } catch (error) {
    if (error instanceof ConditionFailed && error.failed.includes(0)) {
      return get<T>(key);
    }
    throw error;
  }
}

async function withConditionFailed<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      throw new ConditionFailed([0], { cause: error });
    }
    throw error;
  }
}
