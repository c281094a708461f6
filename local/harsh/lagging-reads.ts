import { StartError } from '../start-error.ts';
import type { Attributes } from './attributes.ts';
import type { IndexLag, QueryResponse } from './index-lag.ts';
import type { QueryRequest } from './key-condition.ts';
import type { PassedRequest, ServiceResponse } from './proxy.ts';
import { errorResponse, writesIn } from './requests.ts';

type Read = { TableName: string; Key: Attributes; ConsistentRead?: boolean; ProjectionExpression?: string };
type BatchAnswer = { Responses?: Record<string, Attributes[]> };

/**
 * Forwards requests to DynamoDB. Records the earlier state of some written items; eventually consistent reads return it for a
 * while.
 *
 * @param now the time in milliseconds of any clock
 * @param onRecorded receives the number of recorded items
 */
export function laggingReads(
  lag: IndexLag,
  now: () => number,
  onRecorded: (items: number) => void = () => undefined,
): (request: PassedRequest) => Promise<ServiceResponse> {
  return async ({ operation, body, pass }) => {
    switch (operation) {
      case 'Query': {
        // Safe: the SDK sends requests, and the engine returns responses, of these shapes.
        const request = JSON.parse(body.toString()) as QueryRequest;
        const answer = await pass();
        return request.ConsistentRead || answer.status !== 200
          ? answer
          : withChangedBody(answer, (found) => lag.query(request, found as QueryResponse, now()));
      }
      case 'GetItem': {
        // Safe: as above.
        const { TableName, Key, ConsistentRead } = JSON.parse(body.toString()) as Read;
        const answer = await pass();
        return ConsistentRead || answer.status !== 200
          ? answer
          : withChangedBody(answer, ({ Item, ...rest }: { Item?: Attributes }) => {
              const shown = lag.item(TableName, Key, Item, now());
              return { ...rest, ...(shown && { Item: shown }) };
            });
      }
      default: {
        const late = lag.choose(writesIn(operation, body.toString()), now());
        if (late.length > 0) {
          await recordItems(late);
        }
        return pass();
      }
    }

    async function recordItems(keys: readonly { table: string; key: Attributes }[]): Promise<void> {
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
      // Safe: the engine returns this shape.
      const { Responses = {} } = JSON.parse(text.toString()) as BatchAnswer;
      for (const { table, key } of keys) {
        const before = Responses[table]?.find((item) =>
          Object.entries(key).every(([name, value]) => JSON.stringify(item[name]) === JSON.stringify(value)),
        );
        lag.remember(table, key, before, now());
      }
      onRecorded(keys.length);
    }
  };
}

function withChangedBody(answer: ServiceResponse, change: (body: object) => object): ServiceResponse {
  try {
    const { 'x-amz-crc32': _checksum, ...headers } = answer.headers;
    return { ...answer, headers, body: JSON.stringify(change(JSON.parse(answer.body.toString()))) };
  } catch (error) {
    if (error instanceof StartError) {
      return errorResponse(400, 'ValidationException', error.message);
    }
    throw error;
  }
}
