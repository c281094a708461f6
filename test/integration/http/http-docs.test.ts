import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { allRoutes } from '../../../functions/api/routes.ts';
import { canBrowse, openBrowser } from '../../../tools/browser.ts';
import { patience, useLocalCloud } from '../support/local-cloud.ts';
import { is } from '../support/partner.ts';

const cloud = useLocalCloud();

const documented = allRoutes.filter(({ undocumented }) => !undocumented);

type Operation = {
  operationId: string;
  parameters?: { name: string; in: string }[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
  security?: unknown[];
};
type Document = {
  openapi: string;
  info: { title: string; version: string; description: string };
  'x-problem-codes': Record<string, { explanation: string }>;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
};

/** The bytes as they come: fetch would decompress them. */
async function raw(path: string, headers: Record<string, string>) {
  const { statusCode, headers: answered, body } = await request(cloud.url() + path, { headers });
  return { status: statusCode, headers: answered, bytes: Buffer.from(await body.arrayBuffer()) };
}

describe('the root', () => {
  test('redirects to the reference page', async () => {
    const answer = await raw('/', {});
    expect([answer.status, answer.headers.location]).toEqual([302, '/docs']);
  });
});

describe('without a token', () => {
  test('/health reports that the API is up', async () => {
    const answer = await cloud.api().get('/health');
    expect(is(200, answer)).toEqual({ status: 'ok' });
    expect(answer.headers.get('x-request-id')).toMatch(/\S/);
  });

  test.each(['/health', '/openapi.json', '/docs'])('%s ignores tokens, even invalid ones', async (path) => {
    const answer = await raw(path, { authorization: 'Bearer garbage' });
    expect(answer.status).toBe(200);
  });
});

describe('/openapi.json', () => {
  let document: Document;

  beforeAll(async () => {
    const answer = await cloud.api().get<Document>('/openapi.json');
    document = is(200, answer);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  });

  test('is an OpenAPI 3.1 document', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({
      title: expect.any(String),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(document).not.toHaveProperty('swagger');
    expect(document.components.securitySchemes).toMatchObject({
      openIdConnect: { openIdConnectUrl: expect.stringMatching(/^https?:\/\/.+\/\.well-known\/openid-configuration$/) },
    });
    expect(JSON.stringify(document.components.securitySchemes)).not.toContain('issuer.example');
  });

  test('has exactly the routes of the API', () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(documented.map(({ method, path }) => `${method} ${path}`).sort());
  });

  test('has each operation once, with the parameters of its path and an answer', () => {
    const operations = Object.entries(document.paths).flatMap(([path, byMethod]) =>
      Object.values(byMethod).map((operation) => ({ path, operation })),
    );
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const named = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(Object.keys(operation.responses).some((status) => /^2\d\d$/.test(status))).toBe(true);
      expect(operation.responses).toHaveProperty('default');
    }
  });

  test('requires a token except for public routes', () => {
    for (const { method, path, access } of documented) {
      const security = document.paths[path]?.[method.toLowerCase()]?.security;
      expect([path, security]).toEqual([path, access === 'public' ? [] : undefined]);
    }
  });

  test('has no dangling reference', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? '');
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of refs) {
      const [, name] = /^#\/components\/schemas\/(.+)$/.exec(ref) ?? [];
      expect([ref, document.components.schemas[name ?? '']]).toEqual([ref, expect.anything()]);
    }
  });

  test('explains each code of a problem', () => {
    for (const code of ['not_found', 'multiple_of', 'invalid_cursor', 'unknown_field', 'precondition_failed']) {
      expect(document['x-problem-codes'][code]?.explanation).toMatch(/\S/);
    }
  });
});

describe('/docs', () => {
  let html: string;

  beforeAll(async () => {
    const plain = await raw('/docs', {});
    expect(plain.status).toBe(200);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers['content-type']).toMatch(/^text\/html/);
    html = plain.bytes.toString('utf8');
  });

  test('is a page of HTML that shows the API', () => {
    expect(html).toMatch(/^<!doctype html>/i);
    expect(html.trimEnd()).toMatch(/<\/html>$/);
    expect(html).toContain("url: '/openapi.json'");
  });

  test('allows its own scripts and no others', async () => {
    const { headers } = await raw('/docs', {});
    const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script);
    const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    expect(hashes).toHaveLength(2);
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", `script-src ${hashes.join(' ')}`]));
  });

  test('is the same with gzip and without', async () => {
    for (const accepted of ['gzip', 'gzip, deflate, br', 'br;q=1.0, gzip;q=0.8, *;q=0.1']) {
      const compressed = await raw('/docs', { 'accept-encoding': accepted });
      expect(compressed.headers['content-encoding']).toBe('gzip');
      expect(compressed.headers['x-request-id']).toMatch(/\S/);
      expect(gunzipSync(compressed.bytes).toString('utf8') === html).toBe(true);
      expect(compressed.bytes.length).toBeLessThan(html.length / 2);
    }
    for (const accepted of ['identity', 'br', 'deflate']) {
      const plain = await raw('/docs', { 'accept-encoding': accepted });
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(plain.bytes.toString('utf8') === html).toBe(true);
    }
    const decoded = await (await fetch(`${cloud.url()}/docs`)).text();
    expect(decoded === html).toBe(true);
  });

  test('loads no script, style, font, frame or image from another origin', () => {
    // What the page itself says; inside the script, text that looks like HTML is not loaded.
    const markup = html.replace(/<script\b([^>]*)>[\s\S]*?<\/script>/g, '<script$1></script>');
    expect(markup.length).toBeLessThan(20_000);
    expect([...markup.matchAll(/<script\b[^>]*>/g)].length).toBeGreaterThan(0);
    expect(markup).not.toMatch(/\b(src|srcset|data|action)\s*=|href="[^#]/i);
    expect(markup).not.toMatch(/<(link|iframe|object|embed|base)\b/i);
    expect(markup).not.toMatch(/https?:\/\/|url\(|@import/i);
  });
});

/** Only npm's Chromium for Linux on x64 is there everywhere that this runs. */
const inBrowser = canBrowse ? describe : describe.skip;

inBrowser('in a browser', () => {
  test(
    'the type of a problem opens the page at the explanation of its code',
    async () => {
      const answer = await cloud.api().get<{ type: string }>('/v1/nothing');
      const browser = await openBrowser();
      try {
        // A deployment that is tested locally has a certificate that no browser knows.
        const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ignoreHTTPSErrors: true });
        const { host, pathname, hash } = new URL(answer.body.type);
        expect(host).toBe(new URL(cloud.url()).host);
        await page.goto(cloud.url() + pathname + hash);
        // Scalar fills the page above the codes.
        await page.getByText('How it fits together').first().waitFor({ state: 'attached' });
        await page.getByRole('heading', { name: 'Problem codes' }).waitFor({ state: 'attached' });
        // As text: the tests are not type-checked against a browser's globals.
        const codes = await page.evaluate<string[]>("[...document.querySelectorAll('dt')].map(({ id }) => id)");
        expect(codes).toEqual(Object.keys((await cloud.api().get<Document>('/openapi.json')).body['x-problem-codes']));
        const isInView = (code: string) => `(() => {
        const { top, bottom } = document.getElementById('${code}').getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight / 2;
      })()`;
        await page.waitForFunction(isInView('not_found'));
        for (const code of codes) {
          await page.evaluate(`location.hash = '${code}'`);
          await page.waitForFunction(isInView(code));
          const text = await page.locator(`dt[id="${code}"] + dd`).textContent();
          expect(text).toMatch(/^\S.*\.$/);
        }
      } finally {
        await browser.close();
      }
    },
    120_000 * patience,
  );
});
