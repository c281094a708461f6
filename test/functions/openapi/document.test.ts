import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as z from 'zod';
import { rights } from '../../../domain/access.ts';
import { eventTypes, TEST_EVENT } from '../../../domain/webhook.ts';
import { allRoutes, resources } from '../../../functions/api/routes.ts';
import { hasCsvTable } from '../../../functions/http/csv-table.ts';
import { problems } from '../../../functions/http/problem.ts';
import { routeKey } from '../../../functions/http/route.ts';
import { openApiDocument } from '../../../functions/openapi/document.ts';

const schema = z.record(z.string(), z.unknown());

/** The shape of an OpenAPI 3.1 document, as far as this API uses it: nothing else may be in it. */
const parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  description: z.string().optional(),
  schema,
});

const content = z.record(
  z.string().regex(/^[a-z]+\/[a-z.+-]+$/),
  z.strictObject({ schema, example: z.unknown().optional() }),
);

const response = z.strictObject({
  description: z.string().min(1),
  headers: z
    .record(z.string(), z.strictObject({ description: z.string(), schema, required: z.literal(true).optional() }))
    .optional(),
  content: content.optional(),
});

const operation = z.strictObject({
  operationId: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
  summary: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()).length(1),
  security: z.tuple([]).optional(),
  parameters: z.array(parameter),
  requestBody: z.strictObject({ required: z.boolean(), content }).optional(),
  responses: z.record(z.string().regex(/^([1-5]\d\d|2XX|default)$/), response),
});

const documentShape = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({
    title: z.string(),
    version: z.literal('1.2.3'),
    summary: z.string(),
    description: z.string(),
    contact: z.strictObject({ name: z.string() }),
    license: z.strictObject({ name: z.string(), identifier: z.string() }),
  }),
  servers: z.array(z.strictObject({ url: z.string(), description: z.string() })),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  tags: z.array(z.strictObject({ name: z.string(), description: z.string().min(1) })),
  paths: z.record(
    z.string().startsWith('/'),
    z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), operation),
  ),
  webhooks: z.record(z.string(), z.strictObject({ post: operation })),
  components: z.strictObject({
    securitySchemes: z.record(z.string(), schema),
    // The names that OpenAPI allows.
    schemas: z.record(z.string().regex(/^[a-zA-Z0-9._-]+$/), schema),
  }),
  'x-problem-codes': z.record(
    z.string().regex(/^[a-z_]+$/),
    z.strictObject({ status: z.number(), explanation: z.string().regex(/^[A-Z`].*\.$/) }),
  ),
});

const made = openApiDocument(allRoutes, '1.2.3');
const document = documentShape.parse(made);

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => ({ key: `${method.toUpperCase()} ${path}`, ...described })),
);

const describedBy = (key: string) => {
  const found = operations.find((one) => one.key === key);
  if (!found) {
    throw new Error(`${key} is not in the document.`);
  }
  return found;
};

/** A redirect to the reference page is no part of the API that the document describes. */
const documented = allRoutes.filter(({ undocumented }) => !undocumented);

const routesByKey = documented.map((one) => [routeKey(one), one] as const);

/** Every value under a name, anywhere inside. */
function* allUnder(name: string, value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const item of value) {
      yield* allUnder(name, item);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (key === name) {
        yield inner;
      }
      yield* allUnder(name, inner);
    }
  }
}

describe('the OpenAPI document', () => {
  test('has every route, and no other path', () => {
    expect(operations.map(({ key }) => key).sort()).toEqual(routesByKey.map(([key]) => key).sort());
  });

  test('contains only JSON values', () => {
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });

  test('has no dangling reference', () => {
    const refs = [...new Set(allUnder('$ref', made))];
    expect(refs.length).toBeGreaterThan(5);
    const names = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(refs.filter((ref) => !names.includes(String(ref)))).toEqual([]);
  });

  test('has no unused schema', () => {
    const refs = new Set(allUnder('$ref', made));
    const unused = Object.keys(document.components.schemas).filter((name) => !refs.has(`#/components/schemas/${name}`));
    expect(unused).toEqual([]);
  });

  test('contains no traces of its generation', () => {
    for (const leftover of ['$defs', '$schema', 'contentType']) {
      expect([...allUnder(leftover, made)]).toEqual([]);
    }
    expect(JSON.stringify(made)).not.toContain('#/$defs/');
  });

  test('has one definition for a named schema, whatever the order of the routes', () => {
    const backwards = documentShape.parse(openApiDocument([...allRoutes].reverse(), '1.2.3'));
    expect(backwards.components.schemas).toEqual(document.components.schemas);
  });

  test('names each operation once', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.filter((id, place) => ids.indexOf(id) !== place)).toEqual([]);
  });

  test('requires a documented token, unless a route is public', () => {
    expect(document.security.flatMap(Object.keys)).toEqual(Object.keys(document.components.securitySchemes));
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      clientCredentials: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: expect.any(String) } } },
      openIdConnect: { type: 'openIdConnect', openIdConnectUrl: expect.any(String) },
    });
  });

  test('has request examples that the routes accept', () => {
    const refused = allRoutes.filter(({ body, example }) => example !== undefined && !body?.safeParse(example).success);
    expect(refused.map(routeKey)).toEqual([]);
  });

  test('documents the columns of CSV in requests and responses', () => {
    const answered = describedBy('GET /v1/customers').responses['200']?.content?.['text/csv'];
    const names = ['shortName', 'registrationNumber', 'contact.name', 'contact.email', 'contact.phone', 'address.name'];
    expect(answered?.schema).toMatchObject({
      type: 'string',
      description: expect.stringContaining(names.join(', ')),
      contentMediaType: 'text/csv',
      contentSchema: { type: 'array', items: { type: 'object', required: expect.arrayContaining(names) } },
    });
    const sent = describedBy('POST /v1/platform/operators/{operatorId}/usage').requestBody?.content;
    expect(Object.keys(sent ?? {})).toEqual(['text/csv']);
    expect(sent?.['text/csv']?.example).toMatch(/^recordId,iccid,bytes,at,network\r\n[^,]+(,[^,]+){4}\r\n$/);
    expect(sent?.['text/csv']?.schema).toMatchObject({
      type: 'string',
      contentSchema: { type: 'array', maxItems: 5000, items: { properties: { bytes: { type: 'string' } } } },
    });
  });

  test('explains each code of a problem', () => {
    expect(Object.keys(document['x-problem-codes'])).toEqual(expect.arrayContaining(Object.keys(problems)));
    for (const [code, [status]] of Object.entries(problems)) {
      expect([code, document['x-problem-codes'][code]?.status]).toEqual([code, status]);
    }
  });

  test('describes every named schema', () => {
    const without = Object.entries(document.components.schemas).filter(([, { description }]) => !description);
    expect(without.map(([name]) => name)).toEqual([]);
  });

  test('has an operation id of a verb and a noun for each route', () => {
    for (const { operationId } of operations) {
      expect(operationId).toMatch(/^[a-z]+([A-Z][a-z]+)+$|^[a-z]+[A-Z]\w+$/);
    }
  });

  test('shows no bound that only follows from the number type', () => {
    expect(JSON.stringify(made)).not.toContain(String(Number.MAX_SAFE_INTEGER));
  });

  test('has patterns that validators read without the u flag', () => {
    for (const pattern of allUnder('pattern', made)) {
      expect(String(pattern)).not.toMatch(/\\p\{/);
      expect(() => new RegExp(String(pattern))).not.toThrow();
    }
  });

  test('defines an enumeration once, however often it is used', () => {
    const choices = [...allUnder('enum', made)].map((values) => JSON.stringify(values));
    const often = choices.filter((values) => choices.filter((other) => other === values).length > 3);
    expect([...new Set(often)]).toEqual([]);
  });

  test('describes every event that a webhook can receive', () => {
    expect(Object.keys(document.webhooks)).toEqual([...eventTypes, TEST_EVENT]);
  });

  test('has a valid example for every body of a response or an event', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addFormat('idn-email', true);
    ajv.addSchema({ $id: 'api', components: made.components });
    const inDocument = (part: unknown) =>
      JSON.parse(JSON.stringify(part).replaceAll('"#/components/', '"api#/components/'));
    const bodies = [
      ...operations.flatMap(({ key, responses, requestBody }) => [
        ...Object.entries(responses).map(([status, { content = {} }]) => ({ at: `${key} ${status}`, content })),
        ...(requestBody ? [{ at: key, content: requestBody.content }] : []),
      ]),
      ...Object.entries(document.webhooks).map(([type, { post }]) => ({
        at: type,
        content: post.requestBody?.content ?? {},
      })),
    ];
    const withExample = bodies.flatMap(({ at, content }) =>
      Object.entries(content).map(([type, part]) => ({ at: `${at} ${type}`, ...part })),
    );
    expect(withExample.length).toBeGreaterThan(200);
    const missing = withExample.filter(({ at, example }) => example === undefined && / \d{3} |default/.test(at));
    expect(missing.map(({ at }) => at)).toEqual([]);
    for (const { at, schema: of, example } of withExample) {
      if (example !== undefined) {
        const accepts = ajv.compile(inDocument(of));
        expect([at, accepts(example) ? [] : accepts.errors]).toEqual([at, []]);
      }
    }
  });

  test('lists the tags of its operations once each', () => {
    expect(document.tags.map(({ name }) => name).sort()).toEqual(
      [...new Set([...operations.flatMap(({ tags }) => tags), 'Events'])].sort(),
    );
  });
});

describe.each(routesByKey)('%s', (key, route) => {
  const { description, security, parameters, requestBody, responses } = describedBy(key);

  test('names the roles that may use it', () => {
    const named = [...description.matchAll(/`(\w+)`/g)].map(([, role]) => role);
    if (route.access === 'public') {
      expect(security).toEqual([]);
      expect(description).toContain('Requires no token.');
    } else {
      expect(security).toBeUndefined();
      expect(description).toMatch(/Roles: (`\w+`(, )?)+\.$/);
      expect(named.slice(-rights[route.access].length)).toEqual([...rights[route.access]]);
    }
  });

  test('describes the parameters of its path, and each parameter once', () => {
    const inPath = parameters.filter((one) => one.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(route.path.match(/\{\w+\}/g) ?? []);
    expect(inPath.every(({ required }) => required)).toBe(true);
    const names = parameters.map((one) => `${one.in} ${one.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('describes the parameters of its query, and those of a page only for lists', () => {
    const inQuery = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    expect(inQuery).toEqual([...Object.keys(route.query?.().shape ?? {}), ...(route.paged ? ['limit', 'cursor'] : [])]);
  });

  test('requires the parameters of its query that a request cannot leave out', () => {
    const optional = Object.entries(route.query?.().shape ?? {}).filter(
      ([, schema]) => z.safeParse(schema, undefined).success,
    );
    const omittable = [...optional.map(([name]) => name), 'limit', 'cursor'];
    for (const { name, required } of parameters.filter((one) => one.in === 'query')) {
      expect([name, required]).toEqual([name, !omittable.includes(name)]);
    }
  });

  test('describes its body, unless it is a GET or DELETE', () => {
    expect(requestBody !== undefined).toBe(route.body !== undefined);
    if (route.method === 'GET' || route.method === 'DELETE') {
      expect(requestBody).toBeUndefined();
    }
  });

  test('describes its responses, including problems', () => {
    const good = Object.keys(responses).filter((status) => status.startsWith('2'));
    expect(good).toEqual(Object.keys(route.answers).filter((status) => status.startsWith('2')));
    expect(good.length).toBeGreaterThan(0);
    expect(responses.default?.content).toHaveProperty(['application/problem+json']);
    for (const status of good) {
      expect(responses[status]?.content === undefined).toBe(status === '204');
      expect(responses[status]?.headers).toHaveProperty('X-Request-Id');
      if (status === '201' || status === '202') {
        expect(responses[status]?.headers).toHaveProperty('Location');
      }
    }
  });

  test('documents an ETag only for single resources that require a token', () => {
    const tagged = Object.values(responses).some(({ headers = {} }) => 'ETag' in headers);
    expect(tagged && (route.access === 'public' || route.paged === true)).toBe(false);
  });

  test('documents If-Match where it is evaluated', () => {
    const honouringPuts = [
      'PUT /v1/orders/{id}/plan',
      'PUT /v1/platform/operators/{operatorId}',
      'PUT /v1/platform/partners/{partnerId}',
      'PUT /v1/platform/tariffs/{tariffId}',
      'PUT /v1/sim-fields',
    ];
    const honoured = ['PATCH', 'DELETE'].includes(route.method) || honouringPuts.includes(key);
    expect(parameters.some(({ name }) => name === 'If-Match')).toBe(honoured);
  });

  test('documents CSV after JSON for lists', () => {
    const [first, ...others] = Object.keys(responses['200']?.content ?? {});
    expect(others).toEqual(hasCsvTable(route) ? ['text/csv'] : []);
    expect(first === 'application/json' || !hasCsvTable(route)).toBe(true);
  });

  if (route.paged) {
    test('returns a list', () => {
      expect(responses['200']?.content?.['application/json']?.schema).toMatchObject({
        required: ['items'],
        properties: { items: { type: 'array' }, nextCursor: { type: 'string' } },
      });
    });
  }
});

describe('the route table', () => {
  test('has each route once', () => {
    const keys = routesByKey.map(([key]) => key);
    expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([]);
  });

  test('has the routes of every function', () => {
    expect(allRoutes).toHaveLength(Object.values(resources).reduce((count, { routes }) => count + routes.length, 0));
    for (const { routes } of Object.values(resources)) {
      expect(routes.length).toBeGreaterThan(0);
    }
  });

  test('requires no token only for these routes', () => {
    const open = allRoutes.filter(({ access }) => access === 'public').map(routeKey);
    expect(open.sort()).toEqual([
      'GET /',
      'GET /docs',
      'GET /health',
      'GET /openapi.json',
      'POST /oauth2/token',
      'POST /v1/operators/{id}/push',
    ]);
  });

  test('reserves the platform’s routes for the platform', () => {
    for (const { path, access } of allRoutes) {
      expect(access === 'platform').toBe(path.startsWith('/v1/platform/'));
    }
  });

  test.each([
    // The contract, "Who may do what": each area with a route or two of it.
    ['POST /v1/orders', 'order_sims'],
    ['POST /v1/orders/{id}/cancel', 'order_sims'],
    ['PUT /v1/orders/{id}/plan', 'order_sims'],
    ['DELETE /v1/orders/{id}/plan', 'order_sims'],
    ['GET /v1/orders', 'see'],
    ['GET /v1/customers', 'see'],
    ['GET /v1/operations/{id}', 'see'],
    ['POST /v1/sims/migrate', 'change_sims'],
    ['POST /v1/sims/assign', 'change_sims'],
    ['POST /v1/sims/unassign', 'change_sims'],
    ['POST /v1/sims/activate', 'change_sims'],
    ['POST /v1/sims/test', 'change_sims'],
    ['POST /v1/sims/suspend', 'change_sims'],
    ['POST /v1/sims/resume', 'change_sims'],
    ['POST /v1/sims/terminate', 'change_sims'],
    ['PATCH /v1/sims/{iccid}', 'change_sims'],
    ['POST /v1/customers', 'create_customers_and_services'],
    ['POST /v1/customer-services', 'create_customers_and_services'],
    ['PATCH /v1/customers/{id}', 'edit_customers_and_services'],
    ['PATCH /v1/customer-services/{id}', 'edit_customers_and_services'],
    ['DELETE /v1/customers/{id}', 'delete_customers_and_services'],
    ['DELETE /v1/customer-services/{id}', 'delete_customers_and_services'],
    ['POST /v1/partner-services', 'manage_partner_services'],
    ['PATCH /v1/partner-services/{id}', 'manage_partner_services'],
  ] as const)('allows %s to callers with the right %s', (key, right) => {
    expect(allRoutes.find((one) => routeKey(one) === key)?.access).toBe(right);
  });
});
