import { Refusal } from '../start-error.ts';
import type { Attributes } from './attributes.ts';
import type { IndexLag, QueryAnswer } from './index-lag.ts';
import type { QueryRequest } from './key-condition.ts';
import type { Answer, PassedRequest } from './proxy.ts';
import { errorAnswer, writesIn } from './requests.ts';

type Read = { TableName: string; Key: Attributes; ConsistentRead?: boolean; ProjectionExpression?: string };
type BatchAnswer = { Responses?: Record<string, Attributes[]> };

/**
 * Passes a request on to DynamoDB. Of what a write changes, some is remembered as it was before; eventually consistent reads are
 * answered with it for a while.
 *
 * @param now milliseconds of any clock
 * @param noted is called with the number of items that were remembered
 */
export function laggingReads(
  lag: IndexLag,
  now: () => number,
  noted: (items: number) => void = () => undefined,
): (request: PassedRequest) => Promise<Answer> {
  return async ({ operation, body, pass }) => {
    switch (operation) {
      case 'Query': {
        // Safe: the SDK makes requests of this shape, and the engine answers in that one.
        const request = JSON.parse(body.toString()) as QueryRequest;
        const answer = await pass();
        return request.ConsistentRead || answer.status !== 200
          ? answer
          : changed(answer, (found) => lag.query(request, found as QueryAnswer, now()));
      }
      case 'GetItem': {
        // Safe: as above.
        const { TableName, Key, ConsistentRead } = JSON.parse(body.toString()) as Read;
        const answer = await pass();
        return ConsistentRead || answer.status !== 200
          ? answer
          : changed(answer, ({ Item, ...rest }: { Item?: Attributes }) => {
              const shown = lag.item(TableName, Key, Item, now());
              return { ...rest, ...(shown && { Item: shown }) };
            });
      }
      default: {
        const late = lag.choose(writesIn(operation, body.toString()), now());
        if (late.length > 0) {
          await rememberItems(late);
        }
        return pass();
      }
    }

    async function rememberItems(keys: readonly { table: string; key: Attributes }[]): Promise<void> {
      const RequestItems = Object.fromEntries(
        [...Map.groupBy(keys, ({ table }) => table)].map(([table, of]) => [
          table,
          { Keys: of.map(({ key }) => key), ConsistentRead: true },
        ]),
      );
      const { status, body: text } = await pass({
        operation: 'BatchGetItem',
        body: JSON.stringify({ RequestItems }),
      });
      if (status !== 200) {
        return;
      }
      // Safe: the engine answers so.
      const { Responses = {} } = JSON.parse(text.toString()) as BatchAnswer;
      for (const { table, key } of keys) {
        const before = Responses[table]?.find((item) =>
          Object.entries(key).every(([name, value]) => JSON.stringify(item[name]) === JSON.stringify(value)),
        );
        lag.remember(table, key, before, now());
      }
      noted(keys.length);
    }
  };
}

function changed(answer: Answer, change: (body: object) => object): Answer {
  try {
    const { 'x-amz-crc32': _checksum, ...headers } = answer.headers;
    return { ...answer, headers, body: JSON.stringify(change(JSON.parse(answer.body.toString()))) };
  } catch (error) {
    if (error instanceof Refusal) {
      return errorAnswer(400, 'ValidationException', error.message);
    }
    throw error;
  }
}
