import * as z from 'zod/mini';
import { rights } from '../../domain/access.ts';
import { columnsOfRows, csvOf, hasTable, nameOf, tableOf } from './columns.ts';
import { pageQuery } from './input.ts';
import { problems } from './problem.ts';
import type { Access, Route } from './route.ts';

type Json = Record<string, unknown>;

/** The API as an OpenAPI 3.1 document, from the route table and its schemas. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const components = new Map<string, unknown>([['Problem', problemSchema()]]);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'SIM fulfilment',
      version,
      description: introduction(),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: Object.fromEntries([...components].sort(([one], [other]) => (one < other ? -1 : 1))),
    },
  };
}

function operation(route: Route, components: Map<string, unknown>): Json {
  const { path, summary, description, access, body, tag } = route;
  return {
    operationId: route.operationId,
    summary,
    tags: [tag],
    description: [description, whoMay(access)].filter(Boolean).join('\n\n'),
    ...(access === 'public' ? { security: [] } : {}),
    parameters: [...pathParameters(path), ...queryParameters(route), ...headerParameters(route)],
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

function contentOf(route: Route, body: z.core.$ZodType, components: Map<string, unknown>): Json {
  const { method, bodyType, example } = route;
  const schema = schemaOf(body, 'input', components);
  if (bodyType === 'text/csv') {
    const columns = columnsOfRows(body);
    const description = `RFC 4180, in UTF-8, with a header row; columns in any order: ${columns.map(nameOf).join(', ')}`;
    const rows = Array.isArray(example) ? { example: csvOf(columns, example) } : {};
    return { [bodyType]: { schema: csvText(description, schema), ...rows } };
  }
  return {
    [method === 'PATCH' ? 'application/merge-patch+json' : 'application/json']: {
      schema,
      ...(example === undefined ? {} : { example }),
    },
  };
}

/** CSV, and what its rows are when they are read. */
function csvText(description: string, rows: Json): Json {
  return { type: 'string', description, contentMediaType: 'text/csv', contentSchema: rows };
}

function whoMay(access: Access): string {
  return access === 'public' ? 'Needs no token.' : `Roles: ${rights[access].map((role) => `\`${role}\``).join(', ')}.`;
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query, paged }: Route): Json[] {
  const schemas = { ...query?.().shape, ...(paged ? pageQuery.shape : {}) };
  return Object.entries(schemas).map(([name, schema]) => {
    const { description, ...rest } = plainSchema(schema, 'output');
    return { name, in: 'query', required: false, ...(description ? { description } : {}), schema: rest };
  });
}

function headerParameters({ method, honoursIfMatch, honoursIfNoneMatch }: Route): Json[] {
  const optional = (name: string, description: string, schema: Json) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema,
  });
  const ifMatch = [optional('If-Match', 'The `ETag` that you read: 412 when it is stale', { type: 'string' })];
  const ifNoneMatch = [
    optional('If-None-Match', '`*` lets the request only create: 412 when the resource exists', { type: 'string' }),
  ];
  switch (method) {
    case 'PUT':
      return [...(honoursIfMatch ? ifMatch : []), ...(honoursIfNoneMatch ? ifNoneMatch : [])];
    case 'PATCH':
    case 'DELETE':
      return ifMatch;
    case 'POST':
      return [
        optional(
          'Idempotency-Key',
          'Names this request for 24 hours: sent again, it is answered the same and nothing is done twice',
          { type: 'string', minLength: 1, maxLength: 255 },
        ),
      ];
    default:
      return [];
  }
}

function responses(route: Route, components: Map<string, unknown>): Json {
  const { answers, paged, access } = route;
  const csv = hasTable(route) ? { 'text/csv': { schema: csvAnswer(route) } } : {};
  const own = Object.entries(answers).map(([status, schema]): [string, Json] => [
    status,
    {
      description: descriptions[status] ?? 'OK',
      headers: headersOf(route, status),
      ...(schema
        ? {
            content: {
              [mediaType(schema)]: {
                schema: paged ? listOf(schemaOf(schema, 'output', components)) : schemaOf(schema, 'output', components),
              },
              ...csv,
            },
          }
        : {}),
    },
  ]);
  return {
    ...Object.fromEntries(own),
    ...(access === 'public' ? {} : { 401: { description: 'No token, or not a good one: answered by the gateway' } }),
    default: {
      description: 'A problem',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  };
}

const descriptions: Readonly<Record<string, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted: the operation that does it',
  204: 'Done',
};

function headersOf({ paged, method, access }: Route, status: string): Json {
  const sometimes = (description: string) => ({ description, schema: { type: 'string' } });
  const always = (description: string) => ({ ...sometimes(description), required: true });
  return {
    'X-Request-Id': always('Names this request'),
    ...(method === 'POST' ? { 'Idempotent-Replayed': sometimes('`true` on an answer that was given before') } : {}),
    ...(status === '201' || status === '202' ? { Location: always('Where it is') } : {}),
    ...(access !== 'public' && !paged && (status === '201' || (status === '200' && method !== 'POST'))
      ? { ETag: always('For `If-Match`') }
      : {}),
    ...(paged ? { Link: sometimes('Of CSV: the next page, `rel="next"`; absent on the last page') } : {}),
  };
}

/** All that a cell has is text. */
function csvAnswer(route: Route): Json {
  const names = tableOf(route).columns.map(nameOf);
  const items = {
    type: 'object',
    required: names,
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
    additionalProperties: false,
  };
  return csvText(
    `RFC 4180, in UTF-8. What is absent is empty, a list has \`;\` between its values. Columns: ${names.join(', ')}`,
    { type: 'array', items },
  );
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
      nextCursor: { type: 'string', description: 'For `cursor`; absent on the last page' },
    },
  };
}

/** A schema by reference when it has an id, itself otherwise; named schemas inside it become components too. */
function schemaOf(schema: z.core.$ZodType, io: 'input' | 'output', components: Map<string, unknown>): Json {
  const json = plainSchema(schema, io);
  const { $defs = {}, id, contentType: _contentType, ...own } = json as Json & { $defs?: Record<string, Json> };
  for (const [name, definition] of Object.entries($defs)) {
    const { id: _id, ...named } = definition;
    components.set(name, withComponentRefs(named));
  }
  if (typeof id === 'string') {
    components.set(id, withComponentRefs(own));
    return { $ref: `#/components/schemas/${id}` };
  }
  return withComponentRefs(own) as Json;
}

function plainSchema(schema: z.core.$ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}

function withComponentRefs(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/'));
}

function problemSchema(): Json {
  const text = { type: 'string' };
  return {
    type: 'object',
    description: 'RFC 9457',
    required: ['type', 'title', 'status', 'detail', 'instance'],
    properties: {
      type: { type: 'string', format: 'uri', description: 'Leads to the explanation; ends in the code' },
      title: text,
      status: { type: 'integer' },
      code: text,
      detail: text,
      instance: { type: 'string', description: 'The request id' },
      nearest: { type: 'array', items: { type: 'integer' }, description: 'The nearest quantities that can be ordered' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['pointer', 'code', 'message'],
          properties: {
            pointer: { type: 'string', description: 'JSON pointer of the field' },
            code: text,
            message: text,
            nearest: { type: 'array', items: { type: 'integer' } },
          },
        },
      },
    },
  };
}

/** What a reader of the reference needs first, and each code with what it means: problems link to these headings. */
function introduction(): string {
  const meanings = {
    ...inputCodes,
    ...Object.fromEntries(Object.entries(problems).map(([code, of]) => [code, meaning(of)])),
  };
  return [
    'Order SIMs, put them into service, and watch them.',
    '',
    'JSON in `camelCase`; times are RFC 3339 in UTC; lists answer `{ items, nextCursor }`, or CSV to `Accept: text/csv`. What takes long answers 202 with an operation. Errors are problem documents (RFC 9457): their `type` leads to one of the codes below.',
    '',
    '# Codes of problems',
    ...Object.entries(meanings).flatMap(([code, text]) => ['', `## ${code}`, '', text]),
  ].join('\n');
}

function meaning([status, title, help]: readonly [number, string, string]): string {
  return `${status}. ${title}. ${help}`;
}

/** Rules of the input, as `errors[].code` names them. */
const inputCodes: Readonly<Record<string, string>> = {
  multiple_of: 'Orders are in multiples of 50 (A1: of 20). `nearest` has the nearest quantities that can be ordered.',
  minimum: 'A quantity is at least one multiple.',
  maximum: 'A quantity is at most 100,000.',
  whole_number: 'A quantity is a whole number.',
  required: 'The field, or column, is missing.',
  repeated: 'A header row names each column once.',
  unknown_field: 'There is no such field, or column: it may be misspelt.',
  invalid_type: 'The field is of another type.',
  invalid_value: 'The field has one of a few values, and this is none of them.',
  invalid_format: 'The text is not of the form that the field has.',
  unreadable: 'A text has at least one visible character, and none that changes its direction.',
  invalid_union: 'The value has none of the forms that it may have.',
  range: 'The time that is asked for ends before it begins, or is longer, earlier or later than can be asked for.',
  too_small: 'The value is too small, or the text or list too short.',
  too_big: 'The value is too big, or the text or list too long.',
  unknown_country: 'A country is an ISO 3166-1 alpha-2 code: `GB`, not `UK`.',
  invalid_domain: 'The part of an e-mail address behind the `@` is no domain.',
  invalid_iccid: 'An ICCID has 19 or 20 digits, the last of which checks the others.',
  exactly_one:
    'Of these fields exactly one is given: SIMs are named in one way, an alarm watches one thing from one threshold on.',
  not_a_pool: 'One SIM is no pool: an alarm over one measures `sim`.',
  confirm_mismatch: 'A termination is confirmed with the number of SIMs that it is for.',
  tariff_mismatch: "The service's tariff does not cover the SIMs' operator.",
  wrong_audience: 'Partner services take tariffs for partners, customer services tariffs for customers.',
  service_of_other_customer: "Assigning needs one of the customer's own services.",
  holding_target: 'A holding service is where SIMs arrive: they are migrated to a service of your own.',
  too_far_ahead: 'An operation begins up to 180 days ahead.',
  https_only: 'A webhook is an https URL; on the local cloud http will do.',
  not_public: 'A webhook is an address of the public internet.',
  customer_needs_partner: 'A user of a customer is named with the customer’s partner, too.',
  role_of_others: 'A role of the wholesaler, of a partner or of a customer is for its own users.',
  activate_needs_assign: 'Only SIMs that are assigned to a customer can be activated.',
};
