import { beforeAll, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { untilAvailable } from '../support/eventually.ts';
import { type ApiClient, eventually, patience, useLocalCloud } from '../support/local-cloud.ts';
import { is } from '../support/partner.ts';
import { expectGatewayMessage } from '../support/problems.ts';
import { type NewClient, userPoolOf } from '../support/user-pool.ts';

const cloud = useLocalCloud({ isFresh: true });
const pool = userPoolOf(cloud);
const PARTNERS = 100;
const CLIENTS_PER_PARTNER = 5;

type System = { client: NewClient; api: ApiClient };
let systems: System[];

beforeAll(async () => {
  const clients = await pMap(
    Array.from({ length: PARTNERS }, (_, number) => cloud.partner(`many-${number}`)),
    async ({ api }) =>
      pMap(
        Array.from({ length: CLIENTS_PER_PARTNER }, (_, number) => ({ name: `System ${number}`, roles: ['support'] })),
        async (body) => is(201, await api.post<NewClient>('/v1/clients', body)),
        { concurrency: 1 },
      ),
    { concurrency: 8 },
  );
  systems = await pMap(
    clients.flat(),
    async (client) => ({
      client,
      api: cloud.api(is(200, await untilAvailable(() => pool.tokenOf(client))).access_token),
    }),
    { concurrency: 16 },
  );
}, 600_000 * patience);

/** The partner that each system sees, all of them asking at once. On a busy machine some have to ask again (503). */
async function partnersSeen(asking: readonly System[]): Promise<string[]> {
  return Promise.all(
    asking.map(async ({ api }) => is(200, await untilAvailable(() => api.get<{ id: string }>('/v1/partner'))).id),
  );
}

const partnersOf = (some: readonly System[]) => some.map(({ client }) => client.partnerId);

test('500 clients of 100 partners work at once, each for its own partner', async () => {
  expect(systems).toHaveLength(500);
  expect(new Set(partnersOf(systems)).size).toBe(100);
  expect(await partnersSeen(systems)).toEqual(partnersOf(systems));
});

test('a revoked one is refused within a minute, and no other is', async () => {
  const [revoked, ...others] = systems;
  if (!revoked) {
    throw new Error('There are no clients.');
  }
  const { id, partnerId } = revoked.client;
  is(204, await cloud.as({ partnerId, roles: ['admin'] }).del(`/v1/clients/${id}`));
  const revokedAt = performance.now();
  await eventually(async () => expectGatewayMessage(await revoked.api.get('/v1/partner'), 401, 'Unauthorized'));
  expect(performance.now() - revokedAt).toBeLessThan(60_000);
  expect(await partnersSeen(others)).toEqual(partnersOf(others));
});
