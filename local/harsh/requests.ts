import type { Attributes } from './attributes.ts';
import type { Draw } from './draws.ts';

// Reads requests to DynamoDB and builds its errors, in its JSON protocol.

/** An item that a request writes: its table, and its key or all its attributes. */
export type WrittenItem = { table: string; attributes: Attributes };

/** A response of the proxy in place of the service. */
export type ErrorResponse = { status: number; headers: Readonly<Record<string, string>>; body: string };

type Write = { TableName?: string; Item?: Attributes; Key?: Attributes };
type BatchWrite = { PutRequest?: { Item?: Attributes }; DeleteRequest?: { Key?: Attributes } };

/** Lists the items that a request writes. */
export function writesIn(operation: string, body: string): WrittenItem[] {
  switch (operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      // Safe: the SDK sends requests of this shape.
      return written([JSON.parse(body) as Write]);
    case 'TransactWriteItems': {
      // Safe: as above.
      const { TransactItems = [] } = JSON.parse(body) as { TransactItems?: Record<string, Write>[] };
      return written(TransactItems.flatMap(({ ConditionCheck: _readOnly, ...writes }) => Object.values(writes)));
    }
    case 'BatchWriteItem': {
      // Safe: as above.
      const { RequestItems = {} } = JSON.parse(body) as { RequestItems?: Record<string, BatchWrite[]> };
      return Object.entries(RequestItems).flatMap(([TableName, writes]) =>
        written(writes.map(({ PutRequest, DeleteRequest }) => ({ TableName, ...PutRequest, ...DeleteRequest }))),
      );
    }
    default:
      return [];
  }
}

function written(writes: readonly Write[]): WrittenItem[] {
  return writes.flatMap(({ TableName: table, Item, Key }) => {
    const attributes = Item ?? Key;
    return table === undefined || attributes === undefined ? [] : [{ table, attributes }];
  });
}

/** Counts the items of a transaction, including those that it only checks. */
export function sizeOfTransaction(body: string): number {
  // Safe: the SDK sends requests of this shape.
  const { TransactItems = [] } = JSON.parse(body) as { TransactItems?: unknown[] };
  return TransactItems.length;
}

export function errorResponse(status: number, name: string, message: string, fields: object = {}): ErrorResponse {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': name },
    body: JSON.stringify({ __type: name, message, ...fields }),
  };
}

/** The error of a transaction of `size` writes that is cancelled because of one of them. */
export function transactionCancelled(
  size: number,
  draw: Draw,
  reason: { Code: string; Message: string },
): ErrorResponse {
  const place = Math.floor(draw() * size);
  const reasons = Array.from({ length: size }, (_, index) => (index === place ? reason : { Code: 'None' }));
  const codes = reasons.map(({ Code }) => Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return errorResponse(400, 'TransactionCanceledException', message, { CancellationReasons: reasons });
}
