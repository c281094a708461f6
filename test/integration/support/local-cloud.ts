import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, jest } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { connectionTo, type OperatorsConfiguration } from '../../../adapters/operators/configuration.ts';
import { asId } from '../../../domain/ids.ts';
import type { UsageRecord } from '../../../domain/usage-record.ts';
import { type EngineName, engineNames } from '../../../local/dynamodb/engine.ts';
import { INDEX_LAG_MS } from '../../../local/harsh/rates.ts';
import type { BehaviourRequest, OwnChange, Usage } from '../../../sandbox/behaviour.ts';
import { type CloudAccess, deployedCloud } from '../acceptance/deployed-cloud.ts';
import { waitingForIndexes } from '../acceptance/index-lag.ts';
import { localAccess } from '../acceptance/local-access.ts';
import { type ApiClient, type ApiResponse, apiClient } from './api-client.ts';
import { type CloudFacts, type CloudSettings, type LentCloud, USUAL_DAY_MS } from './cloud-pool.ts';
import { patience } from './eventually.ts';
import { type Partner, partnerAtWork } from './partner.ts';

export type { ApiClient, ApiResponse } from './api-client.ts';
export { SLOW_DAY_MS } from './cloud-pool.ts';
export { eventually, patience } from './eventually.ts';
export type { Partner } from './partner.ts';

export type OperatorId = string;
/** The operators of the guide. */
export const operatorIds = ['3uk', '3ireland', 'orange', 'a1'] as const;

/** A caller: the claims of its token. Without a partner and with the role `platform`, it is the wholesaler. */
export type CallerClaims = { partnerId?: string; roles: readonly string[]; customerId?: string; sub?: string };

/** A cloud that the pool lends to a test until the test returns it. */
export type RunningCloud = CloudFacts & {
  /** Signs any claims, for tests of tokens that the authoriser refuses. */
  sign(claims: JWTPayload): Promise<string>;
  /** Returns the cloud. A cloud with a data folder stops then. */
  stop(): Promise<void>;
};

/** A cloud under test, over HTTP. */
export type CloudUnderTest = {
  url(): string;
  /** Whether it is a deployment: reached over the internet, with lists that lag behind writes. */
  isDeployment: boolean;
  /** The parts of a local cloud, for details that HTTP does not show. */
  cloud(): RunningCloud;
  /** A client with a token of the local issuer, requested at the first call. Creates its partner if it does not exist. */
  as(claims: CallerClaims): ApiClient;
  /** A client with exactly this token, or without one. */
  api(token?: string): ApiClient;
  /** A token. `expiresIn`: real seconds; negative for an expired token. */
  tokenFor(claims: CallerClaims & { expiresIn?: number }): Promise<string>;
  /** A partner's admin, with helpers that create the usual resources. Each test file uses its own partners. */
  partner(partnerId: string): Partner;
  operator(id: OperatorId): OperatorUnderTest;
  /** The clock of a local cloud. A deployment has none. */
  clock: ClockUnderTest;
};

export type ClockUnderTest = {
  now(): Promise<Date>;
  /** Holds the clock, so that no deadline passes while a test prepares something. */
  held<T>(arrange: () => Promise<T>): Promise<T>;
  /** Sets the clock forward, so that a test does not wait for days to pass. */
  skip(time: { days: number }): Promise<void>;
};

export type OperatorUnderTest = {
  /** Replaces its whole behaviour, for all partners of the cloud. Call `behavesWell` at the end of the test. */
  behaves(behaviour: BehaviourRequest): Promise<void>;
  /** The behaviour at the start of each test file: accepts every order and delivers it at once. */
  behavesWell(): Promise<void>;
  /** Records usage of a SIM, which the operator reports later. */
  uses(usage: Usage): Promise<void>;
  /** Ships SIMs that the staff ordered by hand. Returns their list, CSV. */
  ships(quantity: number): Promise<string>;
  /** Changes a SIM at the operator without a request of ours. */
  changesSim(iccid: string, change: OwnChange): Promise<void>;
  /** Sends a push message as the operator does, signed with the secret that it shares with the platform. */
  pushes(message: { data: string; timestamp: string; secret?: string }): Promise<ApiResponse>;
  /** Changes a SIM at an operator on Control Center as a person would, in its portal. Unlike `changesSim`, starts no comparison. */
  setsDevice(iccid: string, status: 'ACTIVATED' | 'DEACTIVATED'): Promise<void>;
  /** The status of a SIM on Control Center. */
  statusOfDevice(iccid: string): Promise<string>;
  /** Places an order at the operator as a person would, in its portal. */
  takes(order: { reference: string; quantity: number }): Promise<void>;
  /** The operator's own view of an order, over its API and with the key of the functions. */
  statusOf(orderId: string): Promise<string>;
  /** The operator's own status of a SIM. */
  statusOfSim(iccid: string): Promise<string>;
  /** The operator's own records of a SIM's usage. */
  usageOf(iccid: string): Promise<UsageRecord[]>;
};

/** Only tests of deliveries wait for them. */
export const promptOperator: BehaviourRequest = { leadTimeDays: 0 };

/**
 * The cloud of a test file: the deployment at `BASE_URL` if that is set, as in acceptance (see acceptance/deployed-cloud.ts).
 * Otherwise a local cloud that no other file uses at the same time, on the engine of `DYNAMODB_ENGINE` if that is set. It may
 * contain partners, orders and tariffs of earlier files. Its operators deliver at once unless a test changes that.
 *
 * @param settings.dayMs real milliseconds per day. Default: 500. Tests with deadlines in days multiply it by `patience`.
 * @param settings.harshSeed harsh mode with this seed. Default: as `CLOUD` says.
 * @param settings.isFresh a cloud that no other test file has used.
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

/** The engine that the tests require, if any. */
export function wantedEngine(): EngineName | undefined {
  return engineNames.find((name) => name === process.env.DYNAMODB_ENGINE);
}

/** A cloud that the test returns itself. Keeps `dataDir`. */
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
  // Safe: cloud-pool.ts sends this.
  return JSON.parse(text) as T;
}

/** A local cloud that a test may restart. */
export function cloudUnderTest(cloud: () => RunningCloud, settings: { harshSeed?: string } = {}): CloudUnderTest {
  const url = () => cloud().url;
  const isHarsh = settings.harshSeed !== undefined || process.env.CLOUD === 'harsh';
  return overHttp(url, { ...localAccess(url), ...(isHarsh && { indexLagMs: INDEX_LAG_MS }) }, cloud);
}

/** A cloud under test: its HTTP API, its callers and its operators, as far as the tests have access to them. */
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
      ships: (quantity) => access.ships(id, quantity),
      changesSim: (iccid, change) => access.changesSim(id, iccid, change),
      pushes: (message) =>
        pushOfOperator(
          cloud(),
          client(async () => undefined),
          id,
          message,
        ),
      setsDevice: async (iccid, status) => {
        await callDevice(cloud(), id, iccid, { method: 'PUT', body: JSON.stringify({ status }) });
      },
      statusOfDevice: async (iccid) => (await callDevice(cloud(), id, iccid)).status,
      takes: (order) => orderAtOperator(cloud(), id, order),
      statusOf: (orderId) => statusAtOperator(cloud(), id, orderId),
      statusOfSim: (iccid) => statusOfSimAtOperator(cloud(), id, iccid),
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

async function orderAtOperator(
  cloud: RunningCloud,
  id: OperatorId,
  { reference, quantity }: { reference: string; quantity: number },
): Promise<void> {
  const deliveryAddress = { name: 'Portal', lines: ['1 Harbour Street'], city: 'London', country: 'GB' };
  const { status } = await (await operatorApi(cloud, id)).put(`/orders/${reference}`, { quantity, deliveryAddress });
  if (status !== 201) {
    throw new Error(`The operator does not take the order: ${status}`);
  }
}

async function pushOfOperator(
  cloud: RunningCloud,
  api: ApiClient,
  id: OperatorId,
  { data, timestamp, secret }: { data: string; timestamp: string; secret?: string },
): Promise<ApiResponse> {
  const connection = connectionTo(asId('operator', id), await operatorsSecretOf(cloud));
  const key = secret ?? connection?.controlCenter?.pushSecret ?? '';
  const signature2 = createHmac('sha256', key).update(timestamp).digest('base64');
  const form = new URLSearchParams({ eventId: '1', eventType: 'SIM_STATE_CHANGE', timestamp, signature2, data });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return api.post(`/v1/operators/${id}/push`, String(form), type);
}

/** Reads or changes a SIM at an operator on Control Center. */
async function callDevice(
  cloud: RunningCloud,
  id: OperatorId,
  iccid: string,
  request: RequestInit = {},
): Promise<{ status: string }> {
  const { baseUrl, controlCenter } = connectionTo(asId('operator', id), await operatorsSecretOf(cloud)) ?? {};
  const user = Buffer.from(`${controlCenter?.username}:${controlCenter?.apiKey}`).toString('base64');
  const headers = { authorization: `Basic ${user}`, 'content-type': 'application/json' };
  const answer = await fetch(`${baseUrl}/devices/${iccid}`, { ...request, headers });
  if (!answer.ok) {
    throw new Error(`The device cannot be read or changed: ${answer.status} ${await answer.text()}`);
  }
  // Safe: the sandbox answers so.
  return (await answer.json()) as { status: string };
}

async function statusAtOperator(cloud: RunningCloud, id: OperatorId, orderId: string): Promise<string> {
  const { status, body } = await (await operatorApi(cloud, id)).get<{ status: string }>(`/orders/${orderId}`);
  return status === 200 ? body.status : `${status}`;
}

async function statusOfSimAtOperator(cloud: RunningCloud, id: OperatorId, iccid: string): Promise<string> {
  const operator = await operatorApi(cloud, id);
  const { status, body } = await operator.post<{ sims: { status: string }[] }>('/sims/status', { iccids: [iccid] });
  return status === 200 ? (body.sims[0]?.status ?? 'unknown') : `${status}`;
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
  const connection = connectionTo(asId('operator', id), await operatorsSecretOf(cloud));
  return apiClient(
    () => connection?.baseUrl ?? '',
    async () => connection?.apiKey,
  );
}

/** Without the SDK, whose client takes seconds to load in each test context. */
async function operatorsSecretOf({ endpoints, parts }: RunningCloud): Promise<OperatorsConfiguration> {
  const response = await fetch(endpoints.secretsManager, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: parts.secrets[0]?.arn }),
  });
  // Safe: the local cloud created this secret, and functions parse it in the same way.
  const { SecretString } = (await response.json()) as { SecretString: string };
  return JSON.parse(SecretString) as OperatorsConfiguration;
}

/** An execution of the state machine, as the local cloud reports it. */
type ToldExecution = { name: string; status: string; historyEvents: number; largestPayload: number };

export async function executionsOf(cloud: CloudUnderTest): Promise<ToldExecution[]> {
  const { body } = await cloud.api().get<{ items: ToldExecution[] }>('/_local/executions');
  return body.items;
}

/** Days until an operator that misses the deadline of seven days answers. A slow machine has more than a month to see that the deadline has passed. */
export const LATE_DAYS = 60;
