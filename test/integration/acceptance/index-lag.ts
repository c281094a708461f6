import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../support/api-client.ts';

/** DynamoDB's indexes usually follow within a fraction of a second; lists read them. */
export const DEPLOYED_INDEX_LAG_MS = 1_500;

/** `/v1/sims`, `/v1/orders/{id}/sims`: an even number of parts after the version names one thing, an odd one a list. */
const isList = (path: string) => (path.split('?')[0] ?? '').split('/').length % 2 === 1;

/** Whether a bulk action selects its SIMs by a filter, which reads indexes as lists do. */
function selectsByFilter(body: unknown): boolean {
  const select = typeof body === 'object' && body !== null && 'select' in body ? body.select : undefined;
  return typeof select === 'object' && select !== null && 'filter' in select;
}

let lastOtherCall = 0;

/**
 * A client of a cloud whose indexes lag. Before it reads a list or selects SIMs by a filter, it waits until the indexes have caught up
 * with the last call that was not a list: the end of an operation, for example, is read by its id, and lists show it a moment later.
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
  const post = noted(client.post) as ApiClient['post'];
  const caughtUp = () => sleep(Math.max(lastOtherCall + lagMs - performance.now(), 0));
  return {
    ...client,
    async get(path, headers) {
      if (!isList(path)) {
        return getOne(path, headers);
      }
      await caughtUp();
      return client.get(path, headers);
    },
    async post(path, body, headers) {
      if (selectsByFilter(body)) {
        await caughtUp();
      }
      return post(path, body, headers);
    },
    put: noted(client.put) as ApiClient['put'],
    patch: noted(client.patch) as ApiClient['patch'],
    del: noted(client.del) as ApiClient['del'],
  };
}
