import { apiClient } from '../api-client.ts';
import type { CloudAccess } from './deployed-cloud.ts';

/** Access to a local cloud, which gives tokens away and lets anybody tell its operators what to do. */
export function localAccess(url: () => string): CloudAccess {
  const local = apiClient(url, async () => undefined);
  const done = async (
    call: string,
    expected: number,
    answer: ReturnType<typeof local.post<{ access_token: string }>>,
  ) => {
    const { status, body } = await answer;
    if (status !== expected) {
      throw new Error(`${call} answers ${status}: ${JSON.stringify(body)}`);
    }
    return body;
  };
  return {
    tokenFor: async (claims) =>
      (await done('POST /_local/token', 200, local.post('/_local/token', claims))).access_token,
    async behave(id, behaviour) {
      const place = `/_local/operators/${id}`;
      await done(`PUT ${place}`, 200, local.put(place, behaviour));
    },
    async uses(id, usage) {
      const place = `/_local/operators/${id}/usage`;
      await done(`POST ${place}`, 202, local.post(place, usage));
    },
  };
}
