import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client.ts';

/** DynamoDB's indexes usually follow within a fraction of a second; lists read them. */
export const DEPLOYED_INDEX_LAG_MS = 1_500;

/** `/v1/sims`, `/v1/orders/{id}/sims`: an even number of parts after the version names one thing, an odd one a list. */
const isList = (path: string) => (path.split('?')[0] ?? '').split('/').length % 2 === 1;

let lastOtherCall = 0;

/**
 * A client of a cloud whose indexes lag. Before it reads a list, it waits until the indexes have caught up with the last call that was
 * not a list: the end of an operation, for example, is read by its id, and lists show it a moment later.
 *
 * @param lagMs how long an index lags behind a write at most
 */
export function waitingForIndexes(client: ApiClient, lagMs: number): ApiClient {
  const noted =
    <Parameters extends unknown[], Result>(call: (...parameters: Parameters) => Promise<Result>) =>
    async (...parameters: Parameters): Promise<Result> => {
      try {
        return await call(...parameters);
      } finally {
        lastOtherCall = performance.now();
      }
    };
  const getOne = noted(client.get) as ApiClient['get'];
  return {
    ...client,
    async get(path, headers) {
      if (!isList(path)) {
        return getOne(path, headers);
      }
      await sleep(Math.max(lastOtherCall + lagMs - performance.now(), 0));
      return client.get(path, headers);
    },
    post: noted(client.post) as ApiClient['post'],
    put: noted(client.put) as ApiClient['put'],
    patch: noted(client.patch) as ApiClient['patch'],
    del: noted(client.del) as ApiClient['del'],
  };
}
