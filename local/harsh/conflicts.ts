import type { Draw } from './draws.ts';
import { rates } from './rates.ts';
import { cancelled, type ErrorAnswer, errorAnswer, sizeOfTransaction } from './requests.ts';

const MESSAGE = 'Transaction is ongoing for the item';
const singleWrites = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/** Decides whether a write to DynamoDB meets a transaction that is at work on the same item, and so has no effect. */
export function conflicts(draw: Draw): (operation: string, body: string) => ErrorAnswer | undefined {
  return (operation, body) => {
    if (singleWrites.has(operation)) {
      return draw() < rates.conflicts.ofWrites ? errorAnswer(400, 'TransactionConflictException', MESSAGE) : undefined;
    }
    if (operation === 'TransactWriteItems' && draw() < rates.conflicts.ofTransactions) {
      return cancelled(sizeOfTransaction(body), draw, { Code: 'TransactionConflict', Message: MESSAGE });
    }
    return undefined;
  };
}
