import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { post, publicAddresses } from '../../../adapters/webhooks/post.ts';
import { newSecret, signedHeaders } from '../../../adapters/webhooks/signature.ts';
import { rotateSecret, validSecrets } from '../../../domain/webhook.ts';

const seen: string[] = [];
const server = createServer((request, response) => {
  seen.push(request.url ?? '');
  response.writeHead(request.url === '/moved' ? 302 : 200, { location: '/elsewhere' }).end('thanks');
});
let url = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

test('the reference library accepts the signature', () => {
  const secret = newSecret();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const body = '{"type":"order.accepted","data":{"name":"Größe"}}';
  const headers = signedHeaders([secret], 'evt_1', body, Math.floor(Date.now() / 1000));
  expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow();
});

test('a signature with two secrets is valid for receivers of either', () => {
  const [secret, former] = [newSecret(), newSecret()];
  const secrets = rotateSecret({ secret: former }, secret, new Date('2026-01-01T00:00:00Z'));
  const overlap = validSecrets(secrets, new Date('2026-01-01T23:59:59Z'));
  const headers = signedHeaders(overlap, 'evt_1', '{}', Math.floor(Date.now() / 1000));
  for (const known of [secret, former]) {
    expect(new Webhook(known).verify('{}', headers)).toEqual({});
  }
  expect(validSecrets(secrets, new Date('2026-01-02T00:00:00Z'))).toEqual([secret]);
});

describe('an attempt', () => {
  const attempt = (path: string, local = true) => post(url + path, { body: '{}', headers: {}, local });

  test('succeeds with any 2xx', async () => {
    expect(await attempt('/')).toEqual({ ok: true, status: 200 });
  });

  test('follows no redirect', async () => {
    expect(await attempt('/moved')).toEqual({
      ok: false,
      status: 302,
      error: 'The receiver answered 302: redirects are not followed. Give the webhook the URL that it leads to.',
    });
    expect(seen).not.toContain('/elsewhere');
  });

  test('reports that no server answers', async () => {
    const outcome = await post('http://127.0.0.1:1/', { body: '{}', headers: {}, local: true });
    expect(outcome).toEqual({ ok: false, error: 'The receiver could not be reached (ECONNREFUSED).' });
  });

  test('reaches only the public internet', async () => {
    const port = new URL(url).port;
    const outcomes = await Promise.all(
      [`https://127.0.0.1:${port}/private`, `https://[::1]:${port}/private`, `http://hooks.example/`].map((target) =>
        post(target, { body: '{}', headers: {}, local: false }),
      ),
    );
    expect(outcomes.every(({ ok, status }) => !ok && status === undefined)).toBe(true);
    expect(seen).not.toContain('/private');
  });
});

test('a name that resolves to an address that is not public is refused', async () => {
  await expect(publicAddresses('localhost')).rejects.toThrow(/not an address of the public internet/);
});
