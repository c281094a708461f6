import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { chain } from '../http/chain.ts';
import { type Answer, route } from '../http/route.ts';

/** What everybody may see: that it lives, and how it is used. Also answers every path that is none. */
export const routes = [
  route({
    method: 'GET',
    path: '/health',
    operationId: 'getHealth',
    access: 'public',
    tag: 'About',
    summary: 'Check that the API responds',
    answers: { 200: z.object({ status: z.literal('ok') }) },
    handle: async () => ({ status: 200, body: { status: 'ok' } }),
  }),
  route({
    method: 'GET',
    path: '/openapi.json',
    operationId: 'getOpenApiDocument',
    access: 'public',
    tag: 'About',
    summary: 'Get the OpenAPI 3.1 document of this API',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
    handle: async () => ({
      status: 200,
      raw: { bytes: besideBundle('openapi.json'), contentType: 'application/json' },
    }),
  }),
  route({
    method: 'GET',
    path: '/docs',
    operationId: 'getReferencePage',
    access: 'public',
    tag: 'About',
    summary: 'Get the reference page',
    answers: { 200: z.string().register(z.globalRegistry, { contentType: 'text/html' }) },
    handle: async ({ headers }) => page(headers['accept-encoding']),
  }),
];

/** The page is one file with all that it needs, kept compressed: plain only for the rare client that asks so. */
function page(acceptEncoding: string | undefined): Answer {
  const compressed = besideBundle('docs.html.gz');
  const contentType = 'text/html; charset=utf-8';
  return /\bgzip\b/.test(acceptEncoding ?? '')
    ? { status: 200, raw: { bytes: compressed, contentType, encoding: 'gzip' } }
    : { status: 200, raw: { bytes: gunzipSync(compressed), contentType } };
}

const files = new Map<string, Buffer>();

/** A file that the build put beside the function's bundle. */
function besideBundle(name: string): Buffer {
  const bytes = files.get(name) ?? readFileSync(join(import.meta.dirname, name));
  files.set(name, bytes);
  return bytes;
}

// The chain alone: loading the database's client would take longer than all the rest.
export const handler = chain(routes);
