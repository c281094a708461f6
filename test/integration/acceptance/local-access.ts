import { apiClient } from '../support/api-client.ts';
import { is } from '../support/partner.ts';
import type { CloudAccess } from './deployed-cloud.ts';

/** Access to a local cloud, which issues any token and exposes the control of its operators. */
export function localAccess(url: () => string): CloudAccess {
  const local = apiClient(url, async () => undefined);
  return {
    isDeployment: false,
    tokenFor: async (claims) =>
      is(200, await local.post<{ access_token: string }>('/_local/token', claims)).access_token,
    async behave(id, behaviour) {
      is(200, await local.put(`/_local/operators/${id}`, behaviour));
    },
    async uses(id, usage) {
      is(202, await local.post(`/_local/operators/${id}/usage`, usage));
    },
    async ships(id, quantity) {
      return is(201, await local.post<string>(`/_local/operators/${id}/sims`, { quantity }));
    },
    async changesSim(id, iccid, change) {
      is(200, await local.post(`/_local/operators/${id}/sims/${iccid}`, change));
    },
  };
}
