import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BehaviourRequest, OwnChange, Usage } from '../../../sandbox/behaviour.ts';
import { apiClient } from '../support/api-client.ts';
import type { CallerClaims, OperatorId } from '../support/local-cloud.ts';
import { is } from '../support/partner.ts';
import { DEPLOYED_INDEX_LAG_MS } from './index-lag.ts';
import { localAccess } from './local-access.ts';
import type { UserClaims } from './user-pool-tokens.ts';

/** What tests need besides the API: tokens, and control over the operators. */
export type CloudAccess = {
  isDeployment: boolean;
  /** How long lists may lag behind writes; undefined where they never do. */
  indexLagMs?: number;
  /** A token with these claims; its partner is made, if it is not there. */
  tokenFor(claims: CallerClaims & { expiresIn?: number }): Promise<string>;
  behave(id: OperatorId, behaviour: BehaviourRequest): Promise<void>;
  uses(id: OperatorId, usage: Usage): Promise<void>;
  ships(id: OperatorId, quantity: number): Promise<string>;
  changesSim(id: OperatorId, iccid: string, change: OwnChange): Promise<void>;
};

/**
 * The cloud at `BASE_URL`; undefined when that is not set. A local cloud is known by its base URL alone. A deployment takes besides
 * `USER_POOL_ID` and `CLIENT_ID`, outputs of its stack of users; `SANDBOX_URL`, an output of the sandbox's stack, and
 * `SANDBOX_KEY`, its key; and rights in the account to make users. `INDEX_LAG_MS` overrides how long its lists may lag.
 */
export function deployedCloud(): (CloudAccess & { url: string; stop(): Promise<void> }) | undefined {
  const { BASE_URL, USER_POOL_ID, CLIENT_ID, SANDBOX_URL, SANDBOX_KEY, INDEX_LAG_MS } = process.env;
  if (!BASE_URL) {
    return undefined;
  }
  const url = BASE_URL.replace(/\/+$/, '');
  if (!USER_POOL_ID) {
    const access = localAccess(() => url);
    return { url, ...access, tokenFor: (claims) => access.tokenFor(ofThisRun(claims)), stop: async () => undefined };
  }
  if (!CLIENT_ID || !SANDBOX_URL || !SANDBOX_KEY) {
    throw new Error('A deployment is tested with USER_POOL_ID, CLIENT_ID, SANDBOX_URL and SANDBOX_KEY.');
  }
  // Both are loaded when they are wanted: they take long, and no other test has a use for them.
  const users = import('./user-pool-tokens.ts').then(({ userPoolTokens }) =>
    userPoolTokens({ userPoolId: USER_POOL_ID, clientId: CLIENT_ID }),
  );
  const tokenFor = async (claims: UserClaims) => (await users).tokenFor(claims);
  const partners = import('../../../local/partners.ts').then(async ({ openPartners }) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'acceptance-'));
    const opened = await openPartners({ url, issuer: { token: tokenFor }, folder });
    await opened.seed();
    return { ...opened, folder };
  });
  const sandbox = apiClient(
    () => SANDBOX_URL.replace(/\/+$/, ''),
    async () => SANDBOX_KEY,
  );
  return {
    url,
    isDeployment: true,
    indexLagMs: Number(INDEX_LAG_MS ?? DEPLOYED_INDEX_LAG_MS),
    async tokenFor(asked) {
      const { expiresIn, ...claims } = ofThisRun(asked);
      if (expiresIn !== undefined) {
        throw new Error('How long a token lasts is for the user pool to say.');
      }
      if (claims.partnerId !== undefined) {
        await (await partners).ensure(claims.partnerId);
      }
      return tokenFor(claims);
    },
    async behave(id, behaviour) {
      is(200, await sandbox.put(`/control/${id}/behaviour`, behaviour));
    },
    async uses(id, usage) {
      is(202, await sandbox.post(`/control/${id}/usage`, usage));
    },
    async ships(id, quantity) {
      return is(201, await sandbox.post<string>(`/control/${id}/sims`, { quantity }));
    },
    async changesSim(id, iccid, change) {
      is(200, await sandbox.post(`/control/${id}/sims/${iccid}`, change));
    },
    async stop() {
      (await users).stop();
      const opened = await partners.catch(() => undefined);
      if (opened) {
        await rm(opened.folder, { recursive: true, force: true });
      }
    },
  };
}

/** A deployment outlives a run, and what was done in one is in no other's way: each has partners of its own. */
const run = Date.now().toString(36);

function ofThisRun<Claims extends CallerClaims>({ partnerId, ...claims }: Claims): Claims {
  // Safe: it is what came in, with another text for its partner.
  return { ...claims, ...(partnerId !== undefined && { partnerId: `${partnerId}-${run}` }) } as Claims;
}
