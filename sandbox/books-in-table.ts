import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { OperatorId } from './networks.ts';
import { booksFrom, emptyBooks, type Store, savedFrom } from './store.ts';

/** The table's key: an item holds the books of one operator as gzipped JSON. */
export const BOOKS_KEY = 'operatorId';

/** DynamoDB limits an item to 400 KB, including its key and number. */
const MAX_ZIPPED_BYTES = 390_000;

const itemSchema = z.object({ number: z.int(), books: z.instanceof(Uint8Array) });

/** Another writer changed the books since they were opened: repeat the call on the new books. */
export class BooksChanged extends Error {
  override readonly name = 'BooksChanged';
}

/** The books do not fit into an item: the sandbox is meant for about 10,000 SIMs. */
export class BooksFull extends Error {
  override readonly name = 'BooksFull';
}

/**
 * Opens one operator's books in a table. Only `save` writes changes.
 *
 * @returns a store whose `save` throws BooksChanged when another writer has saved first, and BooksFull when the books do not fit
 */
export async function openBooks(
  { documents, tableName }: { documents: DynamoDBDocumentClient; tableName: string },
  operatorId: OperatorId,
): Promise<Store> {
  const key = { [BOOKS_KEY]: operatorId };
  const { Item } = await documents.send(new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }));
  const found = Item === undefined ? undefined : itemSchema.parse(Item);
  const books = found ? booksFrom(JSON.parse(String(await promisify(gunzip)(found.books)))) : emptyBooks();
  let number = found?.number ?? 0;
  let dirty = false;
  return {
    books(id) {
      if (id !== operatorId) {
        throw new Error(`The books belong to ${operatorId}, not to ${id}`);
      }
      return books;
    },
    changed() {
      dirty = true;
    },
    async save() {
      if (!dirty) {
        return;
      }
      const zipped = await promisify(gzip)(JSON.stringify(savedFrom(books)));
      if (zipped.length > MAX_ZIPPED_BYTES) {
        throw new BooksFull(`The books of ${operatorId} are full: delete their item to start with empty books`);
      }
      try {
        await documents.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...key, number: number + 1, books: zipped },
            ConditionExpression: number === 0 ? 'attribute_not_exists(#key)' : '#number = :number',
            ExpressionAttributeNames: number === 0 ? { '#key': BOOKS_KEY } : { '#number': 'number' },
            ...(number > 0 && { ExpressionAttributeValues: { ':number': number } }),
          }),
        );
      } catch (error) {
        throw error instanceof ConditionalCheckFailedException ? new BooksChanged() : error;
      }
      number += 1;
      dirty = false;
    },
  };
}
