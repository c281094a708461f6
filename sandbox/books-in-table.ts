import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { OperatorId } from './networks.ts';
import { booksFrom, emptyBooks, type Store, savedFrom } from './store.ts';

/** The key of the table: an item holds the books of one operator, as zipped JSON. */
export const BOOKS_KEY = 'operatorId';

/** An item may weigh 400 KB, its key and its number included. */
const MAX_ZIPPED_BYTES = 390_000;

const itemSchema = z.object({ number: z.int(), books: z.instanceof(Uint8Array) });

/** Somebody else wrote in the books since they were opened: what was done has to be done again, in theirs. */
export class BooksChanged extends Error {
  override readonly name = 'BooksChanged';
}

/** There is no more room: the sandbox is for trying things out, with some ten thousand SIMs. */
export class BooksFull extends Error {
  override readonly name = 'BooksFull';
}

/**
 * Opens one operator's books in a table. What is changed in them is written by `save`, and by nothing else.
 *
 * @throws BooksChanged when they are saved and somebody else did so first, BooksFull when they do not fit into an item
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
        throw new Error(`These are the books of ${operatorId}, not of ${id}`);
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
        throw new BooksFull(`The books of ${operatorId} are full: delete its item, and it starts with empty ones`);
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
