import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { consolePages } from '../../local/console.ts';

/* The console on the origin of the API: the paths of each. */

let folder: string;
let isReady = true;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'console-'));
  await mkdir(path.join(folder, 'assets'));
  await writeFile(path.join(folder, 'index.html'), '<!doctype html>the console');
  await writeFile(path.join(folder, 'assets/index-1.js'), 'code');
  await writeFile(path.join(folder, '.sources'), 'secret');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const keys = [
  'GET /',
  'GET /v1/sims',
  'POST /oauth2/token',
  'GET /docs',
  'GET /openapi.json',
  'GET /health',
  '$default',
];

const configuration = { issuer: 'https://issuer.example', clientId: 'console', scope: 'openid' };

function ask(requested: string, { method = 'GET', accept = 'text/html,*/*;q=0.8' } = {}) {
  const routes = keys.map((key) => ({ key, functionArn: 'arn', timeoutMs: 1000 }));
  const pages = consolePages(
    { folder, isReady: () => isReady },
    { routes },
    { configuration, signInOrigin: 'http://127.0.0.1:4000' },
  );
  return pages({ method, path: requested, accept });
}

describe('navigations of browsers', () => {
  it.each(['/', '/orders', '/orders/ord_1', '/signed-in'])('to %s open the console', async (requested) => {
    const answer = await ask(requested);
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-cache' } });
    expect(String(answer?.body)).toContain('the console');
  });

  it.each(['/v1/sims', '/v1/unknown', '/_local/clock', '/docs', '/openapi.json', '/health', '/oauth2/authorize'])(
    'to %s stay the API’s',
    async (requested) => {
      expect(await ask(requested)).toBeUndefined();
    },
  );

  it('get a strict content security policy', async () => {
    const policy = (await ask('/'))?.headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("connect-src 'self' http://127.0.0.1:4000");
    expect(policy).not.toContain('unsafe');
  });

  it('wait while the console is being built', async () => {
    isReady = false;
    expect(String((await ask('/orders'))?.body)).toContain('being built');
    expect(await ask('/assets/index-1.js', { accept: '*/*' })).toBeUndefined();
    isReady = true;
  });
});

describe('other requests', () => {
  it('of unknown paths stay the API’s, which answers 404', async () => {
    for (const accept of ['*/*', 'application/json', '']) {
      expect(await ask('/unknown', { accept })).toBeUndefined();
      expect(await ask('/', { accept })).toBeUndefined();
    }
    expect(await ask('/orders', { method: 'POST' })).toBeUndefined();
  });

  it('get files that never change, and the configuration', async () => {
    expect(await ask('/assets/index-1.js', { accept: '*/*' })).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      },
    });
    expect(JSON.parse(String((await ask('/config.json'))?.body))).toEqual(configuration);
  });

  it.each(['/.sources', '/assets/../.sources', '/assets/%2e%2e/.sources', '/assets/none.js'])(
    'never reach %s',
    async (requested) => {
      expect(await ask(requested, { accept: '*/*' })).toBeUndefined();
    },
  );
});
