import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import type { LocalCloud } from '../../local/cloud.ts';
import { startFixture } from './fixtures/fixture-cloud.ts';

let cloud: LocalCloud;

beforeAll(async () => {
  cloud = await startFixture();
}, 120_000);

afterAll(() => cloud.stop());

async function call(path: string, init: RequestInit & { token?: string } = {}) {
  const { token, ...rest } = init;
  const response = await fetch(cloud.url + path, {
    ...rest,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(rest.headers as Record<string, string>) },
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
}

const eventOf = async (path: string, init: RequestInit & { token?: string } = {}) =>
  (await call(path, init)).json().event;
const admin = () => cloud.tokenFor({ partnerId: 'acme', roles: ['admin', 'support'] });

/** What a raw connection is answered: fetch would mend what is sent here. */
function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(cloud.url).port), '127.0.0.1', () => socket.write(request));
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('the event that a function gets', () => {
  test('has the request in payload format 2.0', async () => {
    const event = await eventOf('/things/a%20b?x=1&x=2&y=%C3%A9&z', {
      token: await admin(),
      headers: { 'X-Mixed': 'Case' },
    });
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /things/{id}',
      rawPath: '/things/a b',
      rawQueryString: 'x=1&x=2&y=%C3%A9&z',
      queryStringParameters: { x: '1,2', y: 'é', z: '' },
      pathParameters: { id: 'a b' },
      isBase64Encoded: false,
      headers: { 'x-mixed': 'Case', 'x-forwarded-proto': 'http' },
      requestContext: {
        stage: '$default',
        routeKey: 'GET /things/{id}',
        domainName: new URL(cloud.url).host,
        http: { method: 'GET', path: '/things/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
      },
    });
    expect(event).not.toHaveProperty('body');
    expect(event.requestContext.time).toMatch(/^\d{2}\/\w{3}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/);
  });

  test('has claims as texts, an array in brackets', async () => {
    const { jwt } = (await eventOf('/things', { token: await admin() })).requestContext.authorizer;
    expect(jwt.scopes).toBeNull();
    expect(jwt.claims).toMatchObject({
      roles: '[admin support]',
      partner_id: 'acme',
      exp: expect.stringMatching(/^\d+$/),
    });
  });

  test('has cookies apart from the headers', async () => {
    const event = await eventOf('/open', { headers: { cookie: 'a=1; b=2' } });
    expect(event.cookies).toEqual(['a=1', 'b=2']);
    expect(event.headers).not.toHaveProperty('cookie');
  });

  test('has text unchanged, and everything else in base64', async () => {
    const text = await eventOf('/open', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"é":1}',
    });
    expect(text).toMatchObject({ body: '{"é":1}', isBase64Encoded: false });
    const bytes = await eventOf('/open', {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: Buffer.from([0, 255]),
    });
    expect(bytes).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
  });
});

describe('routes', () => {
  test.each([
    ['GET', '/things/special', 'GET /things/special'],
    ['GET', '/things/other', 'GET /things/{id}'],
    ['GET', '/things/1/parts/2', 'GET /things/{id}/parts/{part}'],
    ['POST', '/things', 'POST /things'],
    ['PATCH', '/open', 'ANY /open'],
    ['DELETE', '/a/b/c', 'DELETE /{rest+}'],
    ['DELETE', '/open', 'ANY /open'],
  ])('%s %s goes to %s', async (method, path, key) => {
    expect((await eventOf(path, { method, token: await admin() })).routeKey).toBe(key);
  });

  test.each(['/nowhere', '/things/', '/things//parts/2', '/things/1/parts'])('%s is not found', async (path) => {
    const answer = await call(path, { token: await admin() });
    expect([answer.status, answer.text]).toEqual([404, '{"message":"Not Found"}']);
    expect(answer.headers.get('apigw-requestid')).toBeTruthy();
  });
});

describe('the answer', () => {
  test.each([
    ['inferred', 200, '{"hello":"world"}', 'application/json'],
    ['text', 200, 'just text', 'application/json'],
    ['nothing', 200, 'null', 'application/json'],
    ['no-content', 204, '', null],
    ['cookies', 201, 'made', 'text/plain;charset=utf-8'],
    ['throw', 500, '{"message":"Internal Server Error"}', 'application/json'],
    ['crash', 500, '{"message":"Internal Server Error"}', 'application/json'],
    ['reject', 500, '{"message":"Internal Server Error"}', 'application/json'],
    ['slow', 500, '{"message":"Internal Server Error"}', 'application/json'],
    ['garbage', 500, '{"message":"Internal Server Error"}', 'application/json'],
    ['object-body', 500, '{"message":"Internal Server Error"}', 'application/json'],
    ['bad-header', 500, '{"message":"Internal Server Error"}', 'application/json'],
  ])('of a function that does "%s" is %i', async (how, status, body, type) => {
    const answer = await call(`/open?do=${how}`);
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([status, body, type]);
  });

  test('carries cookies, headers and bytes', async () => {
    const made = await call('/open?do=cookies');
    expect(made.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(made.headers.get('location')).toBe('/things/1');
    const response = await fetch(`${cloud.url}/open?do=binary`);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 1]);
  });
});

describe('a token is refused', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const right = () => ({ iss: 'https://issuer.test', aud: 'fixture', sub: 'me', iat: now(), exp: now() + 60 });

  async function expectRefused(token: string) {
    const answer = await call('/things', { token });
    expect([answer.status, answer.text]).toEqual([401, '{"message":"Unauthorized"}']);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  }

  test('when there is none', async () => {
    const answer = await call('/things');
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  test.each([
    ['is of another issuer', { iss: 'https://other.test' }],
    ['is for another audience', { aud: 'other' }],
    ['is for another client', { aud: undefined, client_id: 'other' }],
    ['has expired', { exp: now() - 1 }],
    ['never expires', { exp: undefined }],
    ['is not valid yet', { nbf: now() + 60 }],
    ['was issued in the future', { iat: now() + 60 }],
  ])('when it %s', async (_, claims) => {
    await expectRefused(await cloud.issuer.sign({ ...right(), ...claims } as Record<string, unknown>));
  });

  test('when another key signed it', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const kid = cloud.issuer.jwks.keys[0]?.kid ?? '';
    await expectRefused(await new SignJWT(right()).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey));
  });

  test('when it is not signed with RSA', async () => {
    const kid = cloud.issuer.jwks.keys[0]?.kid ?? '';
    const secret = new TextEncoder().encode('x'.repeat(32));
    await expectRefused(await new SignJWT(right()).setProtectedHeader({ alg: 'HS256', kid }).sign(secret));
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    await expectRefused(`${part({ alg: 'none', kid })}.${part(right())}.`);
    await expectRefused('no.token.atall');
  });

  test('by a route whose scope it lacks, with 403', async () => {
    expect((await call('/scoped', { token: await cloud.issuer.sign(right()) })).status).toBe(403);
    const scoped = await cloud.issuer.sign({ ...right(), scope: 'things:write things:read' });
    expect((await call('/scoped', { token: scoped })).status).toBe(200);
    const client = await cloud.issuer.sign({ ...right(), aud: undefined, client_id: 'fixture' } as Record<
      string,
      unknown
    >);
    expect((await call('/things', { token: client })).status).toBe(200);
  });
});

describe('the gateway itself', () => {
  test('refuses a body over ten megabytes, and continues', async () => {
    const large = await call('/open', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'x'.repeat(10_485_761),
    });
    expect([large.status, large.text]).toEqual([413, '{"message":"Request Entity Too Large"}']);
    expect((await call('/open')).status).toBe(200);
  });

  test('answers a path that cannot be decoded with 400', async () => {
    for (const path of ['/open%zz', '/things/%ff', '/%']) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect(answer).toContain('HTTP/1.1 400');
      expect(answer).toContain('{"message":"Bad Request"}');
    }
  });

  test('answers malformed HTTP with 400, and headers that are too large with 431', async () => {
    expect(await raw('nonsense\r\n\r\n')).toContain('400 Bad Request');
    expect(await raw(`GET /open HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`)).toContain('431');
  });

  test('passes query strings that cannot be decoded unchanged', async () => {
    expect(await raw('GET /open?a=%zz&b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toContain('HTTP/1.1 200');
  });

  test('waits for a slow body', async () => {
    const body = new ReadableStream({
      async start(controller) {
        for (const part of ['a', 'b', 'c']) {
          controller.enqueue(new TextEncoder().encode(part));
          await new Promise((resolve) => setTimeout(resolve, 30));
        }
        controller.close();
      },
    });
    const init = { method: 'POST', headers: { 'content-type': 'text/plain' }, body, duplex: 'half' };
    expect((await eventOf('/open', init as RequestInit)).body).toBe('abc');
  });

  test('answers concurrent requests', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => call(`/open?n=${index}`)));
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(200));
  });
});

describe('the control routes', () => {
  const post = (path: string, body: string) => call(path, { method: 'POST', body });

  test('issue tokens that the authoriser accepts', async () => {
    const answer = await post('/_local/token', '{"partnerId":"acme","roles":["admin"],"customerId":"cus_1"}');
    expect(answer.status).toBe(200);
    const event = await eventOf('/things', { token: answer.json().access_token });
    expect(event.requestContext.authorizer.jwt.claims).toMatchObject({ partner_id: 'acme', customer_id: 'cus_1' });
  });

  test.each([
    ['no JSON', 'x', 400],
    ['no roles', '{}', 422],
    ['an unknown field', '{"roles":[],"rolls":[]}', 422],
    ['a partner that cannot be one', '{"partnerId":"a/b","roles":[]}', 422],
  ])('refuse %s', async (_, body, status) => {
    expect((await post('/_local/token', body)).status).toBe(status);
  });

  test('serve the scaled time and the public key', async () => {
    expect((await call('/_local/clock')).json()).toMatchObject({ dayMs: 1000, now: expect.any(String), held: false });
    const [key] = (await call('/_local/.well-known/jwks.json')).json().keys;
    expect(key).toMatchObject({ kty: 'RSA', alg: 'RS256' });
    expect(key).not.toHaveProperty('d');
  });

  test('stop the clock and set it forward, which functions see with their next invocation, and never back', async () => {
    const setClock = (change: unknown) => call('/_local/clock', { method: 'PUT', body: JSON.stringify(change) });
    const { now } = (await call('/_local/clock')).json();
    const later = new Date(Date.parse(now) + 30 * 86_400_000).toISOString();
    expect((await setClock({ now: later, held: true })).json()).toEqual({ now: later, dayMs: 1000, held: true });
    const { env } = (await call('/open')).json();
    expect(JSON.parse(env.SCALED_CLOCK)).toMatchObject({ scaledEpochMs: Date.parse(later), held: true });
    expect((await setClock({ now })).json()).toMatchObject({
      status: 422,
      detail: expect.stringContaining('set back'),
    });
    expect((await setClock({ day: 1 })).status).toBe(422);
    expect((await setClock({ held: false })).json()).toMatchObject({ held: false });
  });

  test('answer unknown paths with 404', async () => {
    expect((await call('/_local/nothing')).status).toBe(404);
    expect((await call('/_local/operators/NOBODY', { method: 'PUT', body: '{}' })).status).toBe(404);
    expect((await call('/_local/operators/3uk/nothing', { method: 'POST', body: '{}' })).status).toBe(404);
  });
});
