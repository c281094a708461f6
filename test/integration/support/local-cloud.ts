import { afterAll, beforeAll, jest } from '@jest/globals';
import type { JWTPayload } from 'jose';
import type { UsageRecord } from '../../../domain/usage-record.ts';
import { type EngineName, engineNames } from '../../../local/dynamodb/engine.ts';
import { INDEX_LAG_MS } from '../../../local/harsh/rates.ts';
import type { BehaviourRequest, Usage } from '../../../sandbox/behaviour.ts';
import { type CloudAccess, deployedCloud } from '../acceptance/deployed-cloud.ts';
import { waitingForIndexes } from '../acceptance/index-lag.ts';
import { localAccess } from '../acceptance/local-access.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { type CloudFacts, type CloudSettings, type LentCloud, USUAL_DAY_MS } from './cloud-pool.ts';
import { patience } from './eventually.ts';
import { type Partner, partnerAtWork } from './partner.ts';

export type { Answer, ApiClient } from './api-client.ts';
export { eventually, patience } from './eventually.ts';
export type { Partner } from './partner.ts';

export type OperatorId = '3uk' | '3ireland' | 'orange' | 'a1';
export const operatorIds: readonly OperatorId[] = ['3uk', '3ireland', 'orange', 'a1'];

/** Who calls: the claims of a token. Without a partner and with the role `platform`, the wholesaler. */
export type CallerClaims = { partnerId?: string; roles: readonly string[]; customerId?: string; sub?: string };

/** A cloud of the pool, for as long as nobody gives it back. */
export type RunningCloud = CloudFacts & {
  /** Signs any claims; for tests of what the authoriser refuses. */
  sign(claims: JWTPayload): Promise<string>;
  /** Gives it back; a cloud with a data folder is stopped then. */
  stop(): Promise<void>;
};

/** A cloud as tests see it: over HTTP. */
export type CloudUnderTest = {
  url(): string;
  /** Whether it is a deployment, which is reached over the public internet and whose lists lag behind writes. */
  isDeployment: boolean;
  /** What is known of the cloud itself, for what HTTP does not show. */
  cloud(): RunningCloud;
  /** A client with a token of the local issuer, asked for at the first call; its partner is made if it is not there. */
  as(claims: CallerClaims): ApiClient;
  /** A client with this very token, or without one. */
  api(token?: string): ApiClient;
  /** The token itself. `expiresIn`: real seconds, negative for one that has expired. */
  tokenFor(claims: CallerClaims & { expiresIn?: number }): Promise<string>;
  /** A partner's admin, with the usual things at hand. Each test file has partners of its own. */
  partner(partnerId: string): Partner;
  operator(id: OperatorId): OperatorUnderTest;
  /** The clock of a local cloud. A deployment has none. */
  clock: ClockUnderTest;
};

export type ClockUnderTest = {
  now(): Promise<Date>;
  /** Holds the clock while something is arranged that must not be overtaken by a deadline. */
  held<T>(arrange: () => Promise<T>): Promise<T>;
  /** Sets the clock forward, so that a test need not wait for days to pass. */
  skip(time: { days: number }): Promise<void>;
};

export type OperatorUnderTest = {
  /** Replaces all of its behaviour, for the whole cloud: whoever does so ends with `behavesWell`. */
  behaves(behaviour: BehaviourRequest): Promise<void>;
  /** As every operator does at the start of a test file: takes every order and delivers it at once. */
  behavesWell(): Promise<void>;
  /** Notes what a SIM used, for the operator to tell. */
  uses(usage: Usage): Promise<void>;
  /** What the operator itself says of an order, over its own API and with the functions' own key. */
  statusOf(orderId: string): Promise<string>;
  /** What the operator itself says that a SIM used. */
  usageOf(iccid: string): Promise<UsageRecord[]>;
};

/** Tests need not wait for the post, other than those about it. */
export const promptOperator: BehaviourRequest = { leadTimeDays: 0 };

/**
 * A cloud for a test file: the one at `BASE_URL`, if that is set, as for acceptance (see acceptance/deployed-cloud.ts). Otherwise
 * a local cloud, which the file has for itself, on the engine of `DYNAMODB_ENGINE` if that is set. Other files
 * had it before: there are partners, orders and tariffs of theirs. Its operators deliver at once unless a test tells them
 * otherwise.
 *
 * @param settings.dayMs real milliseconds that a day lasts, 500 when left out. Tests in which something must be done within days take
 *   `patience` times as many
 * @param settings.harshSeed harsh mode with this seed; as `CLOUD` says, when left out
 * @param settings.isFresh a cloud that no other test file has used
 */
export function useLocalCloud({
  dayMs = USUAL_DAY_MS,
  ...settings
}: {
  dayMs?: number;
  harshSeed?: string;
  isFresh?: true;
} = {}): CloudUnderTest {
  // The first cloud waits for the templates to be synthesised; a day of the tests' own takes a fraction of a second.
  jest.setTimeout(180_000 * patience);
  let running: RunningCloud | undefined;
  const cloud = () => {
    if (!running) {
      throw new Error(
        'The local cloud runs between beforeAll and afterAll, and not where another is tested over HTTP.',
      );
    }
    return running;
  };
  const deployed = deployedCloud();
  const underTest = deployed ? overHttp(() => deployed.url, deployed, cloud) : cloudUnderTest(cloud, settings);
  beforeAll(async () => {
    if (!deployed) {
      running = await startCloud({ dayMs, ...settings });
    }
    await Promise.all(operatorIds.map((id) => underTest.operator(id).behavesWell()));
  }, 300_000);
  afterAll(async () => {
    await running?.stop();
    await deployed?.stop();
  });
  return underTest;
}

/** The engine on which tests shall run; undefined when they may on any. */
export function wantedEngine(): EngineName | undefined {
  return engineNames.find((name) => name === process.env.DYNAMODB_ENGINE);
}

/** A cloud that the test itself gives back; `dataDir` is kept. */
export async function startCloud(settings: Omit<CloudSettings, 'engine'>): Promise<RunningCloud> {
  const engine = settings.dynamodbEndpoint === undefined ? wantedEngine() : undefined;
  const { id, facts } = await askPool<LentCloud>('/clouds', { ...settings, ...(engine && { engine }) });
  return {
    ...facts,
    sign: (claims) => askPool(`/clouds/${id}/tokens`, claims),
    stop: () => askPool(`/clouds/${id}/back`),
  };
}

async function askPool<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${process.env.CLOUD_POOL}${path}`, {
    method: 'POST',
    body: JSON.stringify(body ?? {}),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(text);
  }
  // Safe: cloud-pool.ts answers so.
  return JSON.parse(text) as T;
}

/** Tests' view of a local cloud that may be started again in between. */
export function cloudUnderTest(cloud: () => RunningCloud, settings: { harshSeed?: string } = {}): CloudUnderTest {
  const url = () => cloud().url;
  const isHarsh = settings.harshSeed !== undefined || process.env.CLOUD === 'harsh';
  return overHttp(url, { ...localAccess(url), ...(isHarsh && { indexLagMs: INDEX_LAG_MS }) }, cloud);
}

/** Tests' view of a cloud: what it has over HTTP, who may call it and what its operators do by the access that there is. */
function overHttp(url: () => string, access: CloudAccess, cloud: () => RunningCloud): CloudUnderTest {
  const { indexLagMs } = access;
  const client = (token: () => Promise<string | undefined>) =>
    indexLagMs === undefined ? apiClient(url, token) : waitingForIndexes(apiClient(url, token), indexLagMs);

  function as(claims: CallerClaims): ApiClient {
    let token: Promise<string> | undefined;
    return client(() => {
      token ??= access.tokenFor(claims);
      return token;
    });
  }

  return {
    url,
    isDeployment: access.isDeployment,
    cloud,
    as,
    tokenFor: access.tokenFor,
    api: (token) => client(async () => token),
    partner: (partnerId) => partnerAtWork(partnerId, as({ partnerId, roles: ['admin'] })),
    operator: (id) => ({
      behaves: (behaviour) => access.behave(id, behaviour),
      behavesWell: () => access.behave(id, promptOperator),
      uses: (usage) => access.uses(id, usage),
      statusOf: (orderId) => statusAtOperator(cloud(), id, orderId),
      usageOf: (iccid) => usageAtOperator(cloud(), id, iccid),
    }),
    clock: clockOver(client(async () => undefined)),
  };
}

function clockOver(api: ApiClient): ClockUnderTest {
  const path = '/_local/clock';
  const now = async () => new Date((await api.get<{ now: string }>(path)).body.now);
  const set = async (change: { now?: string; held?: boolean }) => {
    const { status, body } = await api.put(path, change);
    if (status !== 200) {
      throw new Error(`The clock cannot be set: ${status} ${JSON.stringify(body)}`);
    }
  };
  return {
    now,
    held: async (arrange) => {
      await set({ held: true });
      try {
        return await arrange();
      } finally {
        await set({ held: false });
      }
    },
    skip: async ({ days }) => set({ now: new Date((await now()).getTime() + days * 86_400_000).toISOString() }),
  };
}

async function statusAtOperator(cloud: RunningCloud, id: OperatorId, orderId: string): Promise<string> {
  const { status, body } = await (await operatorApi(cloud, id)).get<{ status: string }>(`/orders/${orderId}`);
  return status === 200 ? body.status : `${status}`;
}

async function usageAtOperator(cloud: RunningCloud, id: OperatorId, iccid: string): Promise<UsageRecord[]> {
  const operator = await operatorApi(cloud, id);
  const found: UsageRecord[] = [];
  for (let cursor = '0', isEnd = false; !isEnd; ) {
    const { body } = await operator.get<{ records: UsageRecord[]; nextCursor: string }>(`/usage?cursor=${cursor}`);
    found.push(...body.records.filter((record) => record.iccid === iccid));
    isEnd = body.nextCursor === cursor;
    cursor = body.nextCursor;
  }
  return found;
}

async function operatorApi(cloud: RunningCloud, id: OperatorId): Promise<ApiClient> {
  const connection = (await operatorsSecretOf(cloud))[id];
  return apiClient(
    () => connection?.baseUrl ?? '',
    async () => connection?.apiKey,
  );
}

type OperatorsSecret = Partial<Record<OperatorId, { baseUrl: string; apiKey: string }>>;

/** By the bare protocol: the SDK's client takes seconds to load in a context of its own. */
async function operatorsSecretOf({ endpoints, parts }: RunningCloud): Promise<OperatorsSecret> {
  const response = await fetch(endpoints.secretsManager, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: parts.secrets[0]?.arn }),
  });
  // Safe: the local cloud has made this secret, and functions read it so.
  const { SecretString } = (await response.json()) as { SecretString: string };
  return JSON.parse(SecretString) as OperatorsSecret;
}

/** An execution of the state machine, as the local cloud tells of it. */
type ToldExecution = { name: string; status: string; historyEvents: number; largestPayload: number };

export async function executionsOf(cloud: CloudUnderTest): Promise<ToldExecution[]> {
  const { body } = await cloud.api().get<{ items: ToldExecution[] }>('/_local/executions');
  return body.items;
}
