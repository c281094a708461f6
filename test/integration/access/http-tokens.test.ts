import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { claimsOf } from '../../../functions/identity/add-claims.ts';
import { type ApiClient, useLocalCloud } from '../support/local-cloud.ts';
import { expectGatewayMessage, expectProblem } from '../support/problems.ts';

const cloud = useLocalCloud();

const now = () => Math.floor(Date.now() / 1000);

/** The claims of a good token, some of them replaced; `undefined` leaves one out. */
function claims(others: Record<string, unknown> = {}): JWTPayload {
  const { issuer, audience } = cloud.cloud().issuer;
  const all = {
    iss: issuer,
    aud: audience,
    sub: 'ada',
    iat: now(),
    exp: now() + 600,
    partner_id: 'acme-tokens',
    roles: ['admin'],
    ...others,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const withClaims = async (others: Record<string, unknown>) => cloud.api(await cloud.cloud().sign(claims(others)));

const kid = () => cloud.cloud().issuer.jwks.keys[0]?.kid ?? '';

beforeAll(async () => {
  await cloud.tokenFor({ partnerId: 'acme-tokens', roles: ['admin'] });
});

/** A route of each kind: they all ask for a token before anything else. */
async function expectNobody(client: ApiClient): Promise<void> {
  for (const answer of [
    await client.get('/v1/orders'),
    await client.post('/v1/customers', '{ no json'),
    await client.patch('/v1/sims/8943010000000000018', {}),
    await client.del('/v1/customers/cus_none'),
    await client.put('/v1/platform/partners/acme-tokens', {}),
  ]) {
    expectGatewayMessage(answer, 401, 'Unauthorized');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  }
}

/** An access token as Cognito makes it: no `aud`, groups of its own, and what the function adds. */
const ofUserPool = (groups: string[], userAttributes: Record<string, string>) =>
  withClaims({
    aud: undefined,
    client_id: cloud.cloud().issuer.audience,
    partner_id: undefined,
    token_use: 'access',
    version: 2,
    username: '2b1f7c1e-0000-4000-8000-000000000000',
    scope: 'openid email',
    'cognito:groups': groups,
    ...claimsOf({
      triggerSource: 'TokenGeneration_Authentication',
      request: { userAttributes, groupConfiguration: { groupsToOverride: groups } },
    }),
  });

describe('an access token of the user pool', () => {
  test('admits its user with the roles of the user’s groups', async () => {
    const admin = await ofUserPool(['admin', 'everyone'], { 'custom:partner_id': 'acme-tokens' });
    expect((await admin.get('/v1/partner')).body).toMatchObject({ id: 'acme-tokens' });
    expect((await admin.post('/v1/customers', { name: 'Of the user pool' })).status).toBe(201);
    const billing = await ofUserPool(['billing'], { 'custom:partner_id': 'acme-tokens' });
    expectProblem(await billing.post('/v1/customers', { name: 'No' }), 403, 'forbidden');
  });

  test('of the platform has no partner, and uses the platform routes', async () => {
    const platform = await ofUserPool(['platform'], {});
    expect((await platform.get('/v1/platform/set-aside')).status).toBe(200);
    expectProblem(await platform.get('/v1/partner'), 403, 'forbidden');
  });

  test('of a user without a group or a partner gives no right', async () => {
    for (const client of [
      await ofUserPool([], { 'custom:partner_id': 'acme-tokens' }),
      await ofUserPool(['admin'], {}),
    ]) {
      expectProblem(await client.get('/v1/partner'), 403, 'forbidden');
    }
  });
});

describe('a valid token', () => {
  test('is accepted', async () => {
    expect((await (await withClaims({})).get('/v1/partner')).status).toBe(200);
  });

  test('may have several audiences, or the audience as client_id', async () => {
    const { audience } = cloud.cloud().issuer;
    expect((await (await withClaims({ aud: ['other', audience] })).get('/v1/partner')).status).toBe(200);
    expect((await (await withClaims({ aud: undefined, client_id: audience })).get('/v1/partner')).status).toBe(200);
  });
});

describe('the gateway answers 401, in its own words, to', () => {
  test('no token', () => expectNobody(cloud.api()));

  test.each(['garbage', 'a.b.c', 'e30.e30.', 'x'.repeat(5000)])('garbage: %.20s', (token) =>
    expectNobody(cloud.api(token)),
  );

  test('another scheme', async () => {
    const answer = await cloud.api().get('/v1/orders', { authorization: 'Basic YTpi' });
    expectGatewayMessage(answer, 401, 'Unauthorized');
  });

  test('a token that has expired', async () => {
    await expectNobody(cloud.api(await cloud.tokenFor({ partnerId: 'acme-tokens', roles: ['admin'], expiresIn: -10 })));
  });

  test.each<[string, () => Record<string, unknown>]>([
    ['that never expires', () => ({ exp: undefined })],
    ['of another issuer', () => ({ iss: 'https://elsewhere.example' })],
    ['without an issuer', () => ({ iss: undefined })],
    ['for another audience', () => ({ aud: 'another-api' })],
    ['for no audience', () => ({ aud: undefined })],
    ['that is not valid yet', () => ({ nbf: now() + 3600 })],
    ['that was issued in the future', () => ({ iat: now() + 3600 })],
  ])('a token %s', async (_what, others) => {
    await expectNobody(await withClaims(others()));
  });

  test('a token that was changed after it was signed', async () => {
    const token = await cloud.cloud().sign(claims({ roles: ['billing'] }));
    const [header, , signature] = token.split('.');
    const body = Buffer.from(JSON.stringify(claims({ roles: ['admin'] }))).toString('base64url');
    await expectNobody(cloud.api(`${header}.${body}.${signature}`));
    await expectNobody(cloud.api(`${token.slice(0, -6)}AAAAAA`));
  });

  test('a token without a signature (alg none)', async () => {
    await expectNobody(cloud.api(new UnsecuredJWT(claims()).encode()));
    const header = Buffer.from(JSON.stringify({ alg: 'none', kid: kid() })).toString('base64url');
    await expectNobody(cloud.api(`${header}.${Buffer.from(JSON.stringify(claims())).toString('base64url')}.`));
  });

  test('a token signed with the public key as a password (HS256)', async () => {
    const [jwk = { kty: 'RSA' }] = cloud.cloud().issuer.jwks.keys;
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    for (const password of [
      JSON.stringify(jwk),
      key.export({ type: 'spki', format: 'pem' }),
      key.export({ type: 'pkcs1', format: 'pem' }),
    ]) {
      const token = await new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: kid() })
        .sign(new TextEncoder().encode(String(password)));
      await expectNobody(cloud.api(token));
    }
  });

  test('a token signed with another key, whatever key it names', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const header of [{ kid: kid() }, { kid: 'another' }, {}]) {
      await expectNobody(
        cloud.api(await new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', ...header }).sign(privateKey)),
      );
    }
    const { privateKey: curve } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await expectNobody(
      cloud.api(await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: kid() }).sign(curve)),
    );
  });
});

describe('a valid token without rights is answered with 403 and a problem document', () => {
  const paths = ['/v1/orders', '/v1/sims', '/v1/partner', '/v1/operators', '/v1/customer-services'];

  test.each<[string, Record<string, unknown>]>([
    ['without a partner', { partner_id: undefined }],
    ['of a partner that cannot be one', { partner_id: 'acme#tokens' }],
    ['with an empty partner', { partner_id: '' }],
    ['of a partner that is a list', { partner_id: ['acme-tokens'] }],
    ['without roles', { roles: undefined }],
    ['with no role', { roles: [] }],
    ['with roles that nobody knows', { roles: ['root', 'Admin', 'administrators', 'admin2'] }],
    ['with a role that contains another', { roles: ['read only admin', 'not,admin'] }],
    ['with a text in place of a list of roles', { roles: 'read only admin' }],
    ['with roles that are an object', { roles: { admin: true } }],
    ['with a role that is a number', { roles: 1 }],
    ['of the platform, which uses its own routes alone', { roles: ['platform'], partner_id: undefined }],
    ['of a partner that says it is the platform', { roles: ['platform'] }],
    ['of a customer\u2019s user with a partner\u2019s role', { customer_id: 'cus_1', roles: ['admin'] }],
    ['with a customer\u2019s role and no customer', { roles: ['customer_admin', 'customer_user'] }],
  ])('%s', async (_what, others) => {
    const client = await withClaims(others);
    for (const path of paths) {
      expectProblem(await client.get(path), 403, 'forbidden');
    }
    expectProblem(await client.post('/v1/orders', '{ no json'), 403, 'forbidden');
    expectProblem(await client.post('/v1/customers', { name: 'x' }), 403, 'forbidden');
  });

  test.each<[string, Record<string, unknown>]>([
    ['a user', { sub: 'a'.repeat(256) }],
    ['a user', { sub: 'a'.repeat(5_000) }],
    ['a partner', { partner_id: 'a'.repeat(65) }],
    ['a partner', { partner_id: 'a'.repeat(5_000) }],
    ['a customer', { customer_id: 'c'.repeat(101), roles: ['customer_admin'] }],
    ['a customer', { customer_id: 'c'.repeat(5_000), roles: ['customer_admin'] }],
    ['half a character as its customer', { customer_id: 'cus_\ud800', roles: ['customer_admin'] }],
  ])('with %s that exceeds the maximum length', async (_what, others) => {
    const client = await withClaims(others);
    for (const path of ['/v1/sims', '/v1/customer-services', '/v1/sims/8943010000000000018', '/v1/operators']) {
      expectProblem(await client.get(path), 403, 'forbidden');
    }
    expectProblem(await client.post('/v1/customers', { name: 'x' }), 403, 'forbidden');
  });

  test('unknown claims of any size change nothing', async () => {
    const client = await withClaims({
      groups: Array.from({ length: 300 }, (_, n) => `group-${n}`),
      note: 'x'.repeat(2_000),
    });
    expect((await client.get('/v1/partner')).status).toBe(200);
    expect((await (await withClaims({ sub: 'a'.repeat(255) })).post('/v1/customers', { name: 'Long' })).status).toBe(
      201,
    );
    const many = await withClaims({ roles: ['billing', ...Array.from({ length: 500 }, (_, n) => `admin${n}`)] });
    expect((await many.get('/v1/orders')).status).toBe(200);
    expectProblem(await many.post('/v1/customers', { name: 'x' }), 403, 'forbidden');
  });

  test('a token that exceeds the limit of headers is refused by the gateway', async () => {
    const client = await withClaims({ note: 'x'.repeat(12_000) });
    expectGatewayMessage(await client.get('/v1/partner'), 431, 'Request Header Fields Too Large');
  });

  test('unknown roles do not affect known roles', async () => {
    const client = await withClaims({ roles: ['root', 'billing', 'reader'] });
    expect((await client.get('/v1/orders')).status).toBe(200);
    expectProblem(await client.post('/v1/customers', { name: 'x' }), 403, 'forbidden');
  });

  test('several roles have the rights of each of them', async () => {
    const client = await withClaims({ roles: ['billing', 'provisioning'] });
    expect((await client.post('/v1/customers', { name: 'Several roles' })).status).toBe(201);
    expectProblem(await client.post('/v1/orders', { operatorId: 'a1', quantity: 20 }), 403, 'forbidden');
  });

  test('the platform\u2019s routes are only for the platform', async () => {
    for (const roles of [['admin'], ['platform'], ['admin', 'platform']]) {
      const client = await withClaims({ roles });
      expectProblem(await client.put('/v1/platform/partners/acme-tokens', {}), 403, 'forbidden');
      expectProblem(await client.put('/v1/platform/tariffs/trf_x', {}), 403, 'forbidden');
      expectProblem(await client.put('/v1/platform/partners/acme-tokens/tariffs/trf_x'), 403, 'forbidden');
      expectProblem(await client.del('/v1/platform/partners/acme-tokens/tariffs/trf_customer_all'), 403, 'forbidden');
    }
    const nobody = await withClaims({ roles: ['admin'], partner_id: undefined });
    expectProblem(await nobody.put('/v1/platform/tariffs/trf_x', {}), 403, 'forbidden');
  });

  test('a partner that the platform has not created has no resources, and cannot order', async () => {
    const client = await withClaims({ partner_id: 'nobody-tokens' });
    expect((await client.get<{ items: unknown[] }>('/v1/orders')).body).toEqual({ items: [] });
    expect((await client.get<{ items: unknown[] }>('/v1/tariffs')).body).toEqual({ items: [] });
    expectProblem(await client.get('/v1/partner'), 404, 'not_found');
    expectProblem(await client.post('/v1/orders', { operatorId: 'a1', quantity: 20 }), 403, 'forbidden');
  });
});
