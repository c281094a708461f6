import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { claimsOf } from '../../functions/identity/add-claims.ts';
import { openClock } from '../../local/clock.ts';
import { type Cognito, serveCognito } from '../../local/cognito/service.ts';
import { openIssuer } from '../../local/issuer.ts';
import { userPoolTokens } from '../integration/acceptance/user-pool-tokens.ts';

const userPoolId = 'eu-west-2_abc';
let folder: string;
let cognito: Cognito;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'user-pool-'));
  const clock = await openClock({ dayMs: 1000, folder, keeps: false });
  const issuer = await openIssuer({ folder, issuer: 'http://local.example', audience: 'people' });
  const people = {
    id: 'people',
    name: 'People',
    flows: ['code'],
    scopes: [],
    authFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH'],
  };
  cognito = await serveCognito(
    {
      id: userPoolId,
      attributes: ['email', 'email_verified', 'custom:partner_id', 'custom:customer_id'],
      groups: ['customer_user', 'customer_admin'],
      clients: [people],
      claimsFunctionArn: 'arn:claims',
    },
    { issuer, clock, folder, log: () => undefined },
  );
  cognito.connect({
    invoke: async (_arn, event) => {
      const accessTokenGeneration = { claimsToAddOrOverride: claimsOf(JSON.parse(event)) };
      const response = { claimsAndScopeOverrideDetails: { accessTokenGeneration } };
      return { ok: true, payload: JSON.stringify({ response }), requestId: '' };
    },
  });
});
afterAll(async () => {
  await cognito.stop();
  await rm(folder, { recursive: true, force: true });
});

const open = () => userPoolTokens({ userPoolId, clientId: 'people', endpoint: cognito.url });
const claims = { partnerId: 'acme', customerId: 'cus_1', roles: ['customer_user'] };

describe('acceptance against a user pool', () => {
  test('gets the token of a user with the partner and the roles that are asked for, once', async () => {
    const tokens = open();
    const token = await tokens.tokenFor(claims);
    expect(decodeJwt(token)).toMatchObject({ partner_id: 'acme', customer_id: 'cus_1', roles: ['customer_user'] });
    expect(await tokens.tokenFor(claims)).toBe(token);
    const other = await tokens.tokenFor({ ...claims, roles: ['customer_admin'] });
    expect(decodeJwt(other)).toMatchObject({ roles: ['customer_admin'] });
    expect(decodeJwt(other).sub).not.toBe(decodeJwt(token).sub);
    tokens.stop();
  });

  test('signs in a user that an earlier run made', async () => {
    const [earlier, later] = [open(), open()];
    const before = await earlier.tokenFor(claims);
    expect(decodeJwt(await later.tokenFor(claims)).sub).toBe(decodeJwt(before).sub);
    earlier.stop();
    later.stop();
  });
});
