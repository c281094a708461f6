import * as z from 'zod/mini';
import { type DescribedEvent, describedEvents } from '../../contract/event.ts';
import { rights } from '../../domain/access.ts';
import { hasCsvTable } from '../http/csv-table.ts';
import { pageQuery } from '../http/input.ts';
import type { Access, Route } from '../http/route.ts';
import { type Components, plainSchema, schemaOf } from './components.ts';
import { csvAnswer, csvBody } from './csv-schemas.ts';
import { examples } from './examples.ts';
import { problemExample } from './problem-example.ts';
import { problemSchema } from './problem-schema.ts';
import { introduction, pathParameterDescriptions, problemCodes, tagDescriptions } from './prose.ts';

type Json = Record<string, unknown>;

/**
 * The OpenAPI 3.1 document of the API, generated from the route table and its schemas. `functions/api/docs.ts` adds the token
 * addresses, which depend on the deployment.
 */
export function openApiDocument(allRoutes: readonly Route[], version: string): Json {
  const routes = allRoutes.filter(({ undocumented }) => !undocumented);
  const components: Components = new Map([['Problem', problemSchema()]]);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, components) };
  }
  const webhooks = Object.fromEntries(describedEvents.map((event) => [event.type, eventPath(event, components)]));
  return {
    openapi: '3.1.0',
    info: {
      title: 'SIM fulfilment',
      version,
      summary: 'Order SIMs, put them into service and monitor them',
      description: introduction,
      contact: { name: 'The wholesaler that operates this API' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This deployment' }],
    security: [{ bearer: [] }, { clientCredentials: [] }, { openIdConnect: [] }],
    tags: [...new Set([...routes.map(({ tag }) => tag), EVENTS_TAG])].map((name) => ({
      name,
      description: tagDescriptions[name],
    })),
    paths,
    webhooks,
    components: {
      securitySchemes,
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
    'x-problem-codes': Object.fromEntries(problemCodes().map(({ code, ...rest }) => [code, rest])),
  };
}

/** The security schemes, with placeholders for the addresses of the deployment's issuer. */
const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token of the issuer, obtained in any way.',
  },
  clientCredentials: {
    type: 'oauth2',
    description: 'For systems. A scope is a role, `<partner>/<role>`; by default a token has all roles of its client.',
    flows: { clientCredentials: { tokenUrl: 'https://issuer.example/oauth2/token', scopes: {} } },
  },
  openIdConnect: {
    type: 'openIdConnect',
    description: 'For users.',
    openIdConnectUrl: 'https://issuer.example/.well-known/openid-configuration',
  },
};

const EVENTS_TAG = 'Events';

/** An event, described as an operation of the receiver's API. */
function eventPath({ type, summary, data }: DescribedEvent, components: Components): Json {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: true,
    description,
    schema: { type: 'string' },
  });
  const name = type.replace(/(?:^|[._])(\w)/g, (_match, letter: string) => letter.toUpperCase());
  const body = {
    type: 'object',
    required: ['id', 'type', 'timestamp', 'data'],
    properties: {
      id: { type: 'string', description: 'The same for every attempt to deliver the event.' },
      type: { type: 'string', const: type },
      timestamp: { type: 'string', format: 'date-time', description: 'When the event occurred.' },
      data: schemaOf(data, 'output', components),
    },
  };
  const id = 'evt_01JBZA1D4G7J0M3P6S9V2Y5B8E';
  return {
    post: {
      operationId: `on${name}`,
      summary,
      description: 'Delivered at least once. Events of one order, operation or SIM are delivered in order.',
      tags: [EVENTS_TAG],
      security: [],
      parameters: [
        header('webhook-id', 'The id of the event.'),
        header('webhook-timestamp', 'When the event was sent, in seconds since 1970.'),
        header('webhook-signature', 'HMAC-SHA256 signatures according to Standard Webhooks.'),
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: body,
            example: { id, type, timestamp: '2026-11-05T14:12:07.512Z', data: exampleOf(data) },
          },
        },
      },
      responses: {
        '2XX': { description: 'Received. Respond within five seconds.' },
        410: { description: 'Disables the webhook.' },
        default: { description: 'Not received. The event is sent again for up to a day.' },
      },
    },
  };
}

function operation(route: Route, components: Components): Json {
  const { path, summary, description, access, body, tag } = route;
  return {
    operationId: route.operationId,
    summary,
    tags: [tag],
    description: [description, rolesText(access)].filter(Boolean).join('\n\n'),
    ...(access === 'public' ? { security: [] } : {}),
    parameters: [...pathParameters(path), ...queryParameters(route, components), ...headerParameters(route)],
    ...(body
      ? {
          requestBody: {
            required: true,
            content: contentOf(route, body, components),
          },
        }
      : {}),
    responses: responses(route, components),
  };
}

function contentOf(route: Route, body: z.core.$ZodType, components: Components): Json {
  const { method, bodyType, example } = route;
  const schema = schemaOf(body, 'input', components);
  if (bodyType === 'text/csv') {
    return { [bodyType]: csvBody(body, schema, example) };
  }
  return {
    [bodyType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json')]: {
      schema,
      ...(example === undefined ? {} : { example }),
    },
  };
}

function rolesText(access: Access): string {
  return access === 'public'
    ? 'Requires no token.'
    : `Roles: ${rights[access].map((role) => `\`${role}\``).join(', ')}.`;
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const description = pathParameterDescriptions[name];
    return { name, in: 'path', required: true, ...(description && { description }), schema: { type: 'string' } };
  });
}

function queryParameters({ query, paged }: Route, components: Components): Json[] {
  const schemas = { ...query?.().shape, ...(paged ? pageQuery.shape : {}) };
  return Object.entries(schemas).map(([name, schema]) => {
    const { description, ...rest } = plainSchema(schema, 'output', components);
    const required = !z.safeParse(schema, undefined).success;
    return { name, in: 'query', required, ...(description ? { description } : {}), schema: rest };
  });
}

function headerParameters({ method, access, honoursIfMatch, honoursIfNoneMatch }: Route): Json[] {
  const optional = (name: string, description: string, schema: Json) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema,
  });
  const ifMatch = [
    optional(
      'If-Match',
      'The `ETag` of the resource; for a plan that of its order, for a role that of its user. The response is 412 if it has changed since.',
      {
        type: 'string',
      },
    ),
  ];
  const ifNoneMatch = [
    optional('If-None-Match', '`*` permits only creation. The response is 412 if the resource exists.', {
      type: 'string',
    }),
  ];
  switch (method) {
    case 'PUT':
      return [...(honoursIfMatch ? ifMatch : []), ...(honoursIfNoneMatch ? ifNoneMatch : [])];
    case 'PATCH':
    case 'DELETE':
      return ifMatch;
    case 'POST':
      // Stored responses belong to a tenant.
      if (access === 'public') {
        return [];
      }
      return [
        optional(
          'Idempotency-Key',
          'Identifies the request for 24 hours. A repeated request returns the first response and changes nothing.',
          { type: 'string', minLength: 1, maxLength: 255 },
        ),
      ];
    default:
      return [];
  }
}

function responses(route: Route, components: Components): Json {
  const { answers, access } = route;
  const own = Object.entries(answers).map(([status, schema]): [string, Json] => [
    status,
    {
      description: descriptions[status] ?? 'OK',
      headers: headersOf(route, status),
      ...(schema ? { content: answerContent(route, schema, components) } : {}),
    },
  ]);
  return {
    ...Object.fromEntries(own),
    ...(access === 'public'
      ? {}
      : { 401: { description: 'Missing, invalid or revoked token. The body is not a problem document.' } }),
    429: {
      description:
        'Too many requests. The partner’s limit is a problem document with `Retry-After` in seconds. API Gateway’s has a body of its own and no `Retry-After`: wait a second.',
    },
    default: {
      description: 'A problem document',
      content: {
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example: problemExample },
      },
    },
  };
}

function answerContent(route: Route, schema: z.core.$ZodType, components: Components): Json {
  const { paged } = route;
  const json = schemaOf(schema, 'output', components);
  const item = exampleOf(schema);
  const example = paged ? { items: [item] } : item;
  return {
    [mediaType(schema)]: { schema: paged ? listOf(json) : json, ...(item === undefined ? {} : { example }) },
    ...(hasCsvTable(route) ? { 'text/csv': csvAnswer(route, example) } : {}),
  };
}

/** The example of a schema: its own, or the one in `examples` with its name. */
function exampleOf(schema: z.core.$ZodType): unknown {
  const { id, example } = z.globalRegistry.get(unwrapLazy(schema)) ?? {};
  return example ?? (id === undefined ? undefined : examples[id]);
}

/** The schema inside `z.lazy`. */
function unwrapLazy(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodMiniLazy ? unwrapLazy(schema._zod.innerType) : schema;
}

const descriptions: Readonly<Record<string, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted. The body is the operation that does the work.',
  204: 'No content',
};

function headersOf({ paged, method, access }: Route, status: string): Json {
  const sometimes = (description: string) => ({ description, schema: { type: 'string' } });
  const always = (description: string) => ({ ...sometimes(description), required: true });
  return {
    'X-Request-Id': always('The id of the request.'),
    ...(method === 'POST' && access !== 'public'
      ? {
          'Idempotent-Replayed': sometimes(
            '`true` when the response of an earlier request with the same key is repeated.',
          ),
        }
      : {}),
    ...(status === '201' || status === '202' ? { Location: always('The path of the resource.') } : {}),
    ...(access !== 'public' && !paged && (status === '201' || (status === '200' && method !== 'POST'))
      ? { ETag: always('Version of the resource, for `If-Match`.') }
      : {}),
    ...(paged
      ? { Link: sometimes('Only with CSV: link to the next page, `rel="next"`. Absent on the last page.') }
      : {}),
  };
}

function mediaType(schema: z.core.$ZodType): string {
  const type = z.globalRegistry.get(schema)?.contentType;
  return typeof type === 'string' ? type : 'application/json';
}

function listOf(items: Json): Json {
  return {
    type: 'object',
    required: ['items'],
    properties: {
      items: { type: 'array', items },
      nextCursor: { type: 'string', description: 'Pass as `cursor` to get the next page. Absent on the last page.' },
    },
  };
}
