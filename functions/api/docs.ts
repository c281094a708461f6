import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { memoize } from '../../domain/memoize.ts';
import { createHandler } from '../http/create-handler.ts';
import { type Answer, route } from '../http/route.ts';

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
    handle: async ({ headers }) => fileAnswer(compressedDocument(), 'application/json', headers),
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
    handle: async ({ headers }) => fileAnswer(besideBundle('docs.html.gz'), 'text/html; charset=utf-8', headers),
  }),
];

/**
 * A text that is kept compressed; plain only for the rare client that does not accept gzip. Lambda returns 6 MB at most, and bytes
 * are base64 in that, which takes a third more: what is plain is returned as the text that it is.
 */
function fileAnswer(compressed: Buffer, contentType: string, headers: Headers): Answer {
  return /\bgzip\b/.test(headers['accept-encoding'] ?? '')
    ? { status: 200, raw: { bytes: compressed, contentType, encoding: 'gzip' } }
    : { status: 200, text: { body: gunzipSync(compressed).toString(), contentType } };
}

type Headers = Readonly<Record<string, string | undefined>>;

/** The OpenAPI document with the addresses that issue the tokens of this deployment. */
const compressedDocument = memoize(() =>
  gzipSync(JSON.stringify(withTokenAddresses(JSON.parse(besideBundle('openapi.json').toString())))),
);

/** Only the parts that are filled in; the rest stays as it was built. */
const documentSchema = z.looseObject({
  security: z.array(z.record(z.string(), z.array(z.string()))),
  components: z.looseObject({ securitySchemes: z.record(z.string(), z.unknown()) }),
});

/** Without a user pool the deployment has no token endpoint of its own: the issuer's discovery document names it. */
function withTokenAddresses(built: unknown): unknown {
  const { TOKEN_ISSUER: issuer, TOKEN_URL: tokenUrl } = process.env;
  const { security, components, ...rest } = documentSchema.parse(built);
  const { clientCredentials, openIdConnect, ...schemes } = components.securitySchemes;
  return {
    ...rest,
    security: tokenUrl === undefined ? security.filter((one) => !('clientCredentials' in one)) : security,
    components: {
      ...components,
      securitySchemes: {
        ...schemes,
        ...(tokenUrl === undefined
          ? {}
          : {
              clientCredentials: {
                ...Object(clientCredentials),
                flows: { clientCredentials: { tokenUrl, scopes: {} } },
              },
            }),
        openIdConnect: {
          ...Object(openIdConnect),
          openIdConnectUrl: `${issuer?.replace(/\/$/, '')}/.well-known/openid-configuration`,
        },
      },
    },
  };
}

/** A file that the build put beside the function's bundle. */
const besideBundle = memoize((name: string) => readFileSync(join(import.meta.dirname, name)));

// The chain alone: loading the database's client would take longer than all the rest.
export const handler = createHandler(routes);
