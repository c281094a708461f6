import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { TOKEN_PATH } from '../../domain/machine-client.ts';
import { memoize } from '../../domain/memoize.ts';
import { createHandler } from '../http/create-handler.ts';
import { originOf } from '../http/origin.ts';
import { type RouteResponse, route } from '../http/route.ts';

/** The state of the API and its description, open to everyone. This function also answers all unknown paths. */
export const routes = [
  route({
    method: 'GET',
    path: '/',
    operationId: 'redirectToReferencePage',
    access: 'public',
    tag: 'About',
    summary: 'Redirect to the reference page',
    undocumented: true,
    answers: { 302: null },
    handle: async () => ({ status: 302, headers: { location: '/docs' } }),
  }),
  route({
    method: 'GET',
    path: '/health',
    operationId: 'getHealth',
    access: 'public',
    tag: 'About',
    summary: 'Check that the API responds',
    answers: {
      200: z.object({ status: z.literal('ok') }).register(z.globalRegistry, { example: { status: 'ok' } }),
    },
    handle: async () => ({ status: 200, body: { status: 'ok' } }),
  }),
  route({
    method: 'GET',
    path: '/openapi.json',
    operationId: 'getOpenApiDocument',
    access: 'public',
    tag: 'About',
    summary: 'Get the OpenAPI 3.1 document of this API',
    answers: {
      200: z.looseObject({ openapi: z.string() }).register(z.globalRegistry, { example: { openapi: '3.1.0' } }),
    },
    handle: async ({ headers }) => fileAnswer(compressedDocument(originOf(headers)), 'application/json', headers),
  }),
  route({
    method: 'GET',
    path: '/docs',
    operationId: 'getReferencePage',
    access: 'public',
    tag: 'About',
    summary: 'Get the reference page',
    answers: {
      200: z.string().register(z.globalRegistry, { contentType: 'text/html', example: '<!doctype html>…' }),
    },
    handle: async ({ headers }) => ({
      ...fileAnswer(readBundledFile('docs.html.gz'), 'text/html; charset=utf-8', headers),
      headers: { 'content-security-policy': readBundledFile('docs.csp').toString() },
    }),
  }),
];

/**
 * Answers with a file that is stored compressed. Clients that do not accept gzip get plain text, not bytes: Lambda limits
 * responses to 6 MB, and base64 would make the text a third larger.
 */
function fileAnswer(compressed: Buffer, contentType: string, headers: Headers): RouteResponse {
  return /\bgzip\b/.test(headers['accept-encoding'] ?? '')
    ? { status: 200, raw: { bytes: compressed, contentType, encoding: 'gzip' } }
    : { status: 200, text: { body: gunzipSync(compressed).toString(), contentType } };
}

type Headers = Readonly<Record<string, string | undefined>>;

let latest: { origin: string; document: Buffer } | undefined;

/** The OpenAPI document with the addresses that issue the tokens of this deployment. Nearly all clients use the same origin. */
function compressedDocument(origin: string): Buffer {
  if (latest?.origin !== origin) {
    const document = withTokenAddresses(JSON.parse(readBundledFile('openapi.json').toString()), origin);
    latest = { origin, document: gzipSync(JSON.stringify(document)) };
  }
  return latest.document;
}

/** The parts of the built document that depend on the deployment. All others are unchanged. */
const documentSchema = z.looseObject({
  security: z.array(z.record(z.string(), z.array(z.string()))),
  components: z.looseObject({
    securitySchemes: z.looseObject({ clientCredentials: z.looseObject({}), openIdConnect: z.looseObject({}) }),
  }),
});

/** Without a user pool the deployment has no token endpoint. The issuer's discovery document contains the address. */
function withTokenAddresses(built: unknown, origin: string): unknown {
  const { TOKEN_ISSUER: issuer, USER_POOL_ID: userPoolId } = process.env;
  const tokenUrl = userPoolId ? `${origin}${TOKEN_PATH}` : undefined;
  const { security, components, ...rest } = documentSchema.parse(built);
  const { clientCredentials, openIdConnect, ...schemes } = components.securitySchemes;
  return {
    ...rest,
    security: tokenUrl === undefined ? security.filter((scheme) => !('clientCredentials' in scheme)) : security,
    components: {
      ...components,
      securitySchemes: {
        ...schemes,
        ...(tokenUrl === undefined
          ? {}
          : {
              clientCredentials: {
                ...clientCredentials,
                flows: { clientCredentials: { tokenUrl, scopes: {} } },
              },
            }),
        openIdConnect: {
          ...openIdConnect,
          openIdConnectUrl: `${issuer?.replace(/\/$/, '')}/.well-known/openid-configuration`,
        },
      },
    },
  };
}

/** A file that the build placed next to the function's bundle. */
const readBundledFile = memoize((name: string) => readFileSync(join(import.meta.dirname, name)));

// Without the table: loading the DynamoDB client would take longer than everything else here.
export const handler = createHandler(routes);
