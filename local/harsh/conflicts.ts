import type { Draw } from './draws.ts';
import { rates } from './rates.ts';
import { type ErrorResponse, errorResponse, sizeOfTransaction, transactionCancelled } from './requests.ts';

const MESSAGE = 'Transaction is ongoing for the item';
const singleWrites = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/** Decides whether a write to DynamoDB conflicts with an ongoing transaction on the same item, and so fails without effect. */
export function conflicts(draw: Draw): (operation: string, body: string) => ErrorResponse | undefined {
  return (operation, body) => {
    if (singleWrites.has(operation)) {
      return draw() < rates.conflicts.ofWrites
        ? errorResponse(400, 'TransactionConflictException', MESSAGE)
        : undefined;
    }
    if (operation === 'TransactWriteItems' && draw() < rates.conflicts.ofTransactions) {
      return transactionCancelled(sizeOfTransaction(body), draw, { Code: 'TransactionConflict', Message: MESSAGE });
    }
    return undefined;
  };
}
