import { get as httpGet, type IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { allRoutes } from '../../functions/api/routes.ts';
import { useLocalCloud } from './local-cloud.ts';
import { is } from './partner.ts';

const cloud = useLocalCloud();

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
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
};

/** The bytes as they come: fetch would decompress them by itself. */
function raw(path: string, headers: Record<string, string>) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; bytes: Buffer }>((resolve, reject) => {
    httpGet(cloud.url() + path, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) }),
      );
      response.on('error', reject);
    }).on('error', reject);
  });
}

describe('without a token', () => {
  test('/health says that it lives', async () => {
    const answer = await cloud.api().get('/health');
    expect(is(200, answer)).toEqual({ status: 'ok' });
    expect(answer.headers.get('x-request-id')).toMatch(/\S/);
  });

  test.each(['/health', '/openapi.json', '/docs'])('%s does not look at a token, a bad one neither', async (path) => {
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
    expect(Object.keys(document.components.securitySchemes)).toHaveLength(1);
  });

  test('has every route, and none else', () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(allRoutes.map(({ method, path }) => `${method} ${path}`).sort());
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

  test('asks for a token everywhere but where none is needed', () => {
    for (const { method, path, access } of allRoutes) {
      const security = document.paths[path]?.[method.toLowerCase()]?.security;
      expect([path, security]).toEqual([path, access === 'public' ? [] : undefined]);
    }
  });

  test('refers to nothing that it does not have', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? '');
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of refs) {
      const [, name] = /^#\/components\/schemas\/(.+)$/.exec(ref) ?? [];
      expect([ref, document.components.schemas[name ?? '']]).toEqual([ref, expect.anything()]);
    }
  });

  test('explains each code that a problem may lead to', () => {
    for (const code of ['not_found', 'multiple_of', 'invalid_cursor', 'unknown_field', 'precondition_failed']) {
      expect(document.info.description).toMatch(new RegExp(`^## ${code}$`, 'm'));
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
    for (const path of ['/v1/orders', '/v1/sims/migrate', '/v1/customer-services/{id}']) {
      expect(html).toContain(path);
    }
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

  test('needs nothing from elsewhere: no script, style, font, frame or image of another address', () => {
    // What the page itself says; inside the script, text that looks like HTML is not loaded.
    const markup = html.replace(/<script\b([^>]*)>[\s\S]*?<\/script>/g, '<script$1></script>');
    expect(markup.length).toBeLessThan(5_000);
    expect([...markup.matchAll(/<script\b[^>]*>/g)].length).toBeGreaterThan(0);
    expect(markup).not.toMatch(/\b(src|href|srcset|data|action)\s*=/i);
    expect(markup).not.toMatch(/<(link|iframe|object|embed|base)\b/i);
    expect(markup).not.toMatch(/https?:\/\/|url\(|@import/i);
  });
});
