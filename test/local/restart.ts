import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect } from '@jest/globals';
import type { LocalCloud } from '../../local/cloud.ts';
import type { EngineName } from '../../local/dynamodb/engine.ts';
import { startFixture } from './fixtures/fixture-cloud.ts';

const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };

export async function withCloud<T>(
  options: Parameters<typeof startFixture>[0],
  use: (cloud: LocalCloud) => Promise<T>,
): Promise<T> {
  const cloud = await startFixture(options);
  try {
    return await use(cloud);
  } finally {
    await cloud.stop();
  }
}

/** Expects that a restart on an engine restores everything. */
export async function expectRestored(engine: EngineName, dataDir: string): Promise<void> {
  const before = await withCloud({ dataDir, engine }, async (cloud) => {
    await tableOf(cloud).put();
    return {
      token: await cloud.tokenFor({ partnerId: 'acme', roles: ['admin'] }),
      secret: await secretOf(cloud),
      now: cloud.clock.now(),
      url: cloud.url,
    };
  });
  await expect(fetch(before.url)).rejects.toThrow();
  await sleep(500);
  await withCloud({ dataDir, engine }, async (cloud) => {
    expect(await tableOf(cloud).get()).toMatchObject({ n: { N: '1' } });
    expect(await secretOf(cloud)).toBe(before.secret);
    const answer = await fetch(`${cloud.url}/things`, { headers: { authorization: `Bearer ${before.token}` } });
    expect(answer.status).toBe(200);
    // Time stood still meanwhile, and never goes back.
    const passed = cloud.clock.now().getTime() - before.now.getTime();
    expect(passed).toBeGreaterThanOrEqual(0);
  });
}

async function secretOf(cloud: LocalCloud): Promise<string | undefined> {
  const client = new SecretsManagerClient({
    region: 'eu-west-2',
    credentials,
    endpoint: cloud.endpoints.secretsManager,
  });
  const answer = await client.send(new GetSecretValueCommand({ SecretId: cloud.parts.secrets[0]?.arn }));
  await expect(client.send(new GetSecretValueCommand({ SecretId: 'other' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  client.destroy();
  return answer.SecretString;
}

function tableOf(cloud: LocalCloud) {
  const client = new DynamoDBClient({ region: 'eu-west-2', credentials, endpoint: cloud.endpoints.dynamodb });
  const TableName = cloud.parts.tables[0]?.name;
  const Key = { pk: { S: 'a' }, sk: { S: 'b' } };
  return {
    put: () => client.send(new PutItemCommand({ TableName, Item: { ...Key, n: { N: '1' } } })),
    get: async () => (await client.send(new GetItemCommand({ TableName, Key }))).Item,
  };
}
