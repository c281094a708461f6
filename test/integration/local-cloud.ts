import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, jest } from '@jest/globals';
import * as z from 'zod';
import { type LocalCloud, startLocalCloud } from '../../local/cloud.ts';
import { engineNames } from '../../local/dynamodb/engine.ts';
import type { BehaviourRequest } from '../../sandbox/behaviour.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { type Partner, partnerAtWork } from './partner.ts';

export type { Answer, ApiClient } from './api-client.ts';
export { eventually } from './eventually.ts';
export type { Partner } from './partner.ts';

export type OperatorId = '3uk' | '3ireland' | 'orange' | 'a1';
export const operatorIds: readonly OperatorId[] = ['3uk', '3ireland', 'orange', 'a1'];

/** Who calls: the claims of a token. Without a partner and with the role `platform`, the wholesaler. */
export type CallerClaims = { partnerId?: string; roles: readonly string[]; customerId?: string; sub?: string };

/** A local cloud, as tests see it: over HTTP. */
export type CloudUnderTest = {
  url(): string;
  /** The cloud itself, for what HTTP does not show. */
  cloud(): LocalCloud;
  /** A client with a token of the local issuer, asked for at the first call; its partner is made if it is not there. */
  as(claims: CallerClaims): ApiClient;
  /** A client with this very token, or without one. */
  api(token?: string): ApiClient;
  /** The token itself. `expiresIn`: real seconds, negative for one that has expired. */
  tokenFor(claims: CallerClaims & { expiresIn?: number }): Promise<string>;
  /** A partner's admin, with the usual things at hand. Each test file has partners of its own. */
  partner(partnerId: string): Partner;
  operator(id: OperatorId): OperatorUnderTest;
};

export type OperatorUnderTest = {
  /** Replaces all of its behaviour, for the whole cloud: whoever does so ends with `behavesWell`. */
  behaves(behaviour: BehaviourRequest): Promise<void>;
  /** As every operator does at the start of a test file: takes every order and delivers it at once. */
  behavesWell(): Promise<void>;
  /** What the operator itself says of an order, over its own API and with the functions' own key. */
  statusOf(orderId: string): Promise<string>;
};

/** Tests need not wait for the post, other than those about it. */
export const promptOperator: BehaviourRequest = { leadTimeDays: 0 };

/**
 * One local cloud for a test file, on the engine of `DYNAMODB_ENGINE` if that is set. Its operators deliver at once
 * unless a test tells them otherwise.
 *
 * @param dayMs real milliseconds that a day lasts, 500 when left out
 */
export function useLocalCloud({ dayMs = 500 }: { dayMs?: number } = {}): CloudUnderTest {
  // The first cloud waits for the templates to be synthesised; a day of the tests' own takes a fraction of a second.
  jest.setTimeout(90_000);
  let running: LocalCloud | undefined;
  const cloud = () => {
    if (!running) {
      throw new Error('The local cloud runs between beforeAll and afterAll.');
    }
    return running;
  };
  const underTest = cloudUnderTest(cloud);
  beforeAll(async () => {
    running = await startCloud({ dayMs });
    await Promise.all(operatorIds.map((id) => underTest.operator(id).behavesWell()));
  }, 120_000);
  afterAll(async () => {
    await running?.stop();
  });
  return underTest;
}

/** Starts a cloud that the test itself stops; `dataDir` is kept. */
export function startCloud(options: { dayMs: number; dataDir?: string }): Promise<LocalCloud> {
  const wanted = process.env.DYNAMODB_ENGINE;
  const engine = engineNames.find((name) => name === wanted);
  if (wanted && !engine) {
    throw new Error(`DYNAMODB_ENGINE is ${engineNames.join(' or ')}, not ${wanted}.`);
  }
  return startLocalCloud({ port: 0, engine, ...options });
}

/** Tests' view of a cloud that may be started again in between. */
export function cloudUnderTest(cloud: () => LocalCloud): CloudUnderTest {
  const url = () => cloud().url;
  const local = apiClient(url, async () => undefined);

  async function tokenFor(claims: CallerClaims & { expiresIn?: number }): Promise<string> {
    const { status, body } = await local.post<{ access_token: string }>('/_local/token', claims);
    if (status !== 200) {
      throw new Error(`POST /_local/token answers ${status}: ${JSON.stringify(body)}`);
    }
    return body.access_token;
  }

  async function behave(id: OperatorId, behaviour: BehaviourRequest): Promise<void> {
    const { status, body } = await local.put(`/_local/operators/${id}`, behaviour);
    if (status !== 200) {
      throw new Error(`PUT /_local/operators/${id} answers ${status}: ${JSON.stringify(body)}`);
    }
  }

  function as(claims: CallerClaims): ApiClient {
    let token: Promise<string> | undefined;
    return apiClient(url, () => {
      token ??= tokenFor(claims);
      return token;
    });
  }

  return {
    url,
    cloud,
    as,
    tokenFor,
    api: (token) => apiClient(url, async () => token),
    partner: (partnerId) => partnerAtWork(partnerId, as({ partnerId, roles: ['admin'] })),
    operator: (id) => ({
      behaves: (behaviour) => behave(id, behaviour),
      behavesWell: () => behave(id, promptOperator),
      statusOf: (orderId) => statusAtOperator(cloud(), id, orderId),
    }),
  };
}

const secretSchema = z.record(z.string(), z.object({ baseUrl: z.string(), apiKey: z.string() }));

async function statusAtOperator({ endpoints, parts }: LocalCloud, id: OperatorId, orderId: string): Promise<string> {
  const secrets = new SecretsManagerClient({
    endpoint: endpoints.secretsManager,
    region: 'eu-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: parts.secrets[0]?.arn }));
  secrets.destroy();
  const connection = secretSchema.parse(JSON.parse(SecretString))[id];
  const operator = apiClient(
    () => connection?.baseUrl ?? '',
    async () => connection?.apiKey,
  );
  const { status, body } = await operator.get<{ status: string }>(`/orders/${orderId}`);
  return status === 200 ? body.status : `${status}`;
}
