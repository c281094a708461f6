import fc from 'fast-check';
import { csvText } from './csv.ts';
import { rowsOf } from './csv-rows.ts';
import type { ApiDocument, DocumentedRoute, Parameter } from './document.ts';
import type { CallerName, FuzzRequest, Part } from './request.ts';
import { fieldsOf, type Kind, mark } from './things.ts';
import { simFieldNames, thing, validValue } from './valid-values.ts';

/** The kind of resource that a path parameter identifies, by the path up to it. */
const kindsOfPaths: readonly (readonly [string, Kind])[] = [
  ['/v1/customers/{id}', 'customer'],
  ['/v1/customer-services/{id}', 'customerService'],
  ['/v1/partner-services/{id}', 'partnerService'],
  ['/v1/orders/{id}', 'order'],
  ['/v1/operations/{id}', 'operation'],
  ['/v1/sims/{iccid}', 'sim'],
  ['/v1/alarms/{id}', 'alarm'],
  ['/v1/operators/{id}', 'operator'],
  ['/v1/tariffs/{id}', 'tariff'],
  ['/v1/platform/partners/{partnerId}', 'partner'],
  ['/v1/platform/partners/{partnerId}/clients/{clientId}', 'client'],
  ['/v1/platform/users/{userId}', 'user'],
  ['/v1/platform/users/{userId}/roles/{role}', 'role'],
  ['/v1/clients/{clientId}', 'client'],
  ['/v1/users/{userId}', 'user'],
  ['/v1/users/{userId}/roles/{role}', 'role'],
  ['/v1/platform/tariffs/{tariffId}', 'platformTariff'],
  ['/v1/platform/partners/{partnerId}/orders/{orderId}', 'order'],
  ['/v1/platform/sims/{iccid}', 'sim'],
  ['/v1/platform/operators/{operatorId}', 'operator'],
  ['/v1/platform/manual-tasks/{manualTaskId}', 'manualTask'],
  ['/v1/platform/differences/{differenceId}', 'difference'],
  ['/v1/platform/partners/{partnerId}/tariffs/{tariffId}', 'platformTariff'],
];

/** The kinds of resources that a route is mostly called with, by its path: where its own kind rarely is in the right state. */
const kindsOfRoutes: Readonly<Record<string, Partial<Record<string, Kind>>>> = {
  '/v1/orders/{id}/cancel': { '{id}': 'acceptedOrder' },
  '/v1/sims/{iccid}/replace': { '{iccid}': 'simInUse' },
  '/v1/operators/{id}/push': { '{id}': 'pushingOperator' },
  '/v1/platform/partners/{partnerId}/imports': { '{partnerId}': 'owner' },
  '/v1/platform/partners/{partnerId}/orders/{orderId}': { '{partnerId}': 'owner', '{orderId}': 'manualOrder' },
  '/v1/platform/partners/{partnerId}/orders/{orderId}/accept': {
    '{partnerId}': 'owner',
    '{orderId}': 'submittedOrder',
  },
  '/v1/platform/partners/{partnerId}/orders/{orderId}/reject': {
    '{partnerId}': 'owner',
    '{orderId}': 'submittedOrder',
  },
  '/v1/platform/partners/{partnerId}/orders/{orderId}/dispatch': {
    '{partnerId}': 'owner',
    '{orderId}': 'acceptedOrder',
  },
  '/v1/platform/partners/{partnerId}/orders/{orderId}/sims': { '{partnerId}': 'owner', '{orderId}': 'openOrder' },
  '/v1/platform/partners/{partnerId}/orders/{orderId}/deliver': { '{partnerId}': 'owner', '{orderId}': 'openOrder' },
  '/v1/platform/partners/{partnerId}/orders/{orderId}/cancel': { '{partnerId}': 'owner', '{orderId}': 'askedOrder' },
  '/v1/platform/manual-tasks/{manualTaskId}/complete': { '{manualTaskId}': 'openTask' },
};

/** The field of a query whose ids are of another kind than elsewhere. */
const kindsOfQueries: Readonly<Record<string, Partial<Record<string, Kind>>>> = {
  '/v1/platform/orders': { operatorId: 'manualOperator' },
  '/v1/platform/manual-tasks': { operatorId: 'manualOperator' },
};

/** Requests that the document allows, with ids of known resources. */
export function validRequest(route: DocumentedRoute, { schemas }: ApiDocument): fc.Arbitrary<FuzzRequest> {
  const { method, body } = route;
  return fc
    .record({
      caller: callerOf(route),
      path: pathOf(route),
      query: queryOf(route.parameters, ({ name, schema }) => {
        const kind = kindsOfQueries[route.path]?.[name];
        return kind ? thing(kind) : validValue(schema, schemas, name);
      }),
      headers: headersOf(route),
      json: body ? bodyValue(route, body, schemas) : fc.constant(undefined),
      nudge: fc.record({ n: fc.nat(3), real: fc.nat(9), few: fc.nat(9) }),
    })
    .map(({ caller, path, query, headers, json, nudge }) => ({
      caller,
      method,
      path,
      query,
      headers: body ? { 'content-type': body.type, ...headers } : headers,
      body: body && bodyOf(route, body, refusingSims(path, json, nudge), nudge),
    }));
}

/** A body that the schema allows. Rows of a file mostly make sense. */
function bodyValue(
  { path }: DocumentedRoute,
  { schema }: DocumentedBody,
  schemas: ApiDocument['schemas'],
): fc.Arbitrary<unknown> {
  const rows = rowsOf(path);
  const any = validValue(schema, schemas);
  return rows ? fc.oneof({ weight: 3, arbitrary: rows }, { weight: 1, arbitrary: any }) : any;
}

/** A completion of an open task mostly refuses none of its SIMs or one of them. Any others are not in it. */
function refusingSims(path: readonly Part[], json: unknown, { real, few }: Nudge): unknown {
  const place = path.map((part) => /^\u27e6openTask (\d+)\u27e7$/.exec(String(part))?.[1]).find(Boolean);
  if (place === undefined || real > 6) {
    return json;
  }
  const refused = [{ iccid: mark('simOfOpenTask', Number(place)), reason: 'The card is blocked.' }];
  return few < 5 ? { refused } : {};
}

function bodyOf(route: DocumentedRoute, { type, schema }: DocumentedBody, value: unknown, nudge: Nudge) {
  switch (type) {
    case 'text/csv':
      return { text: csvText(schema, value) };
    case 'application/x-www-form-urlencoded':
      return { text: formText(value) };
    default:
      return { json: applyRules(route, value, nudge) };
  }
}

function formText(value: unknown): string {
  const fields = new URLSearchParams();
  for (const [name, field] of Object.entries(Object(value))) {
    fields.set(name, String(field));
  }
  return String(fields);
}

function callerOf({ path }: DocumentedRoute): fc.Arbitrary<CallerName> {
  const usual: CallerName = path.startsWith('/v1/platform/') ? 'platform' : 'admin';
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom<CallerName>('provisioning', 'deployment', 'support', 'customer') },
    { weight: 1, arbitrary: fc.constantFrom<CallerName>('billing', 'outsider', 'platform', 'admin') },
  );
}

function pathOf({ path }: DocumentedRoute): fc.Arbitrary<Part[]> {
  const segments = path.split('/').slice(1);
  return fc.tuple(
    ...segments.map((segment, index): fc.Arbitrary<Part> => {
      const prefix = `/${segments.slice(0, index + 1).join('/')}`;
      const kind = kindsOfPaths.find(([pattern]) => pattern === prefix)?.[1];
      const own = kindsOfRoutes[path]?.[segment];
      if (kind && own) {
        return fc.oneof({ weight: 4, arbitrary: thing(own) }, { weight: 1, arbitrary: thing(kind) });
      }
      return kind ? thing(kind) : fc.constant(segment);
    }),
  );
}

/** Each optional parameter is rare, so that some requests have none, and few have many. */
function queryOf(
  parameters: readonly Parameter[],
  valueFor: (parameter: Parameter) => fc.Arbitrary<unknown>,
): fc.Arbitrary<(readonly [Part, Part])[]> {
  const own = parameters.filter((parameter) => parameter.in === 'query');
  const chosen = own.map((parameter) => {
    // A cursor is valid for one list and its filters: a random cursor rarely is.
    const nil = parameter.name === 'cursor' ? 30 : 3;
    const pair = valueFor(parameter).map((value): readonly [Part, Part] => [parameter.name, String(value)]);
    const rare = fc.oneof(
      { weight: 2, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.option(pair, { freq: nil, nil: undefined }) },
    );
    return parameter.required === true ? pair : rare;
  });
  return fc.tuple(...chosen).map((pairs) => pairs.filter((pair) => pair !== undefined));
}

function headersOf({ parameters, answers }: DocumentedRoute): fc.Arbitrary<Record<string, string>> {
  if (answers.get('200')?.csv) {
    return fc.constantFrom<Record<string, string>>({}, {}, { accept: 'text/csv' });
  }
  const takesKey = parameters.some(({ name }) => name === 'Idempotency-Key');
  return takesKey
    ? fc
        .option(
          fc.oneof(
            fc.uuid(),
            fc.nat(40).map((n) => `key ${n}`),
          ),
          { freq: 4 },
        )
        .map((key): Record<string, string> => (key === null ? {} : { 'idempotency-key': key }))
    : fc.constant({});
}

/** Completes a plan: assigning needs a customer and a service, and activating needs assigning. */
function completePlan(plan: unknown): unknown {
  const { customerId, customerServiceId, activate, ...migrate } = fieldsOf(plan);
  return customerId === undefined || customerServiceId === undefined
    ? migrate
    : { ...migrate, customerId, customerServiceId, ...(activate === undefined ? {} : { activate }) };
}

/** An alarm has one scope and one threshold. */
function validAlarm(body: Readonly<Record<string, unknown>>, n: number): unknown {
  const scope = [
    { customerServiceId: mark('customerService', n) },
    { partnerServiceId: mark('partnerService', n) },
    { iccid: mark('sim', n) },
  ][n % 3];
  return {
    ...body,
    scope,
    ...('iccid' in (scope ?? {}) ? { measure: 'sim' } : {}),
    threshold: n === 0 ? { percent: 80 } : { bytes: 1_000_000 },
  };
}

/**
 * Settings of an operator that do not contradict each other. They keep the product, and a multiple by which the quantities of orders
 * can be divided, so that orders continue to be accepted.
 */
function validOperator(body: Readonly<Record<string, unknown>>, { n, real, few }: Nudge): unknown {
  const { products = [], platform, ordering } = body;
  const others = (Array.isArray(products) ? products.map(fieldsOf) : []).filter(({ id }) => id !== KNOWN_PRODUCT);
  return {
    ...body,
    orderMultiple: [1, 5, 10, 25][n],
    leadTimeWorkingDays: { min: n, max: n + few },
    products: [
      { id: KNOWN_PRODUCT, name: 'Triple-cut SIM', formFactor: 'triple', default: true },
      ...others.slice(0, 1).map((product) => ({ ...product, default: false })),
    ],
    // Manual orders wait for the staff, and requests need SIMs.
    ordering: real < 8 ? 'api' : ordering,
    connectivity: 'api',
    platform: { ...fieldsOf(platform), kind: 'sim-fulfilment' },
  };
}

/** Whether a change of labels changes something: an empty list of tags or record of fields does not. */
function changesNaming({ label, addTags, removeTags, fields }: Readonly<Record<string, unknown>>): boolean {
  return label !== undefined || [addTags, removeTags, fields].some((part) => Object.keys(Object(part)).length > 0);
}

type DocumentedBody = NonNullable<DocumentedRoute['body']>;
type Nudge = { n: number; real: number; few: number };

/** Every operator has this product. */
const KNOWN_PRODUCT = 'triple';

/**
 * Applies rules that a document cannot express: quantities are multiples, a selection has one of three forms, and a termination is
 * confirmed with a number. Also keeps the fleet small enough for a hundred thousand calls: orders have few SIMs, and operations are
 * mostly dry runs.
 */
function applyRules({ path }: DocumentedRoute, json: unknown, nudge: Nudge): unknown {
  const { n, real, few } = nudge;
  const body = fieldsOf(json);
  if (path === '/v1/orders' || path === '/v1/orders/quote') {
    const { plan, productId, ...order } = body;
    // A multiple of 50 and of A1's 20.
    const quantity = n === 3 ? 50 : 100;
    // Manual orders wait for the staff, whose reports are requests, too.
    const operatorId = few < 4 ? mark('manualOperator', few) : body.operatorId;
    const product = productId !== undefined && real < 3 ? { productId: KNOWN_PRODUCT } : {};
    return {
      ...order,
      ...product,
      operatorId,
      quantity,
      ...(plan !== undefined && real < 5 ? { plan: completePlan(plan) } : {}),
    };
  }
  if (path.endsWith('/plan')) {
    return completePlan(json);
  }
  if (path === '/v1/platform/operators/{operatorId}') {
    return validOperator(body, nudge);
  }
  if (path === '/v1/sim-fields' && real < 8) {
    return { names: n === 3 ? simFieldNames.slice(1) : simFieldNames };
  }
  if (path === '/v1/alarms') {
    return validAlarm(body, n);
  }
  if (path.endsWith('/replace')) {
    return { ...body, ...(real < 7 ? { dryRun: true } : {}) };
  }
  if (!('select' in body)) {
    return json;
  }
  const { iccids = [], orderId = mark('order', n), filter } = fieldsOf(body.select);
  const select = [
    { iccids },
    { orderId },
    // Rarely the whole fleet.
    { filter: few === 0 ? fieldsOf(filter) : { ...fieldsOf(filter), orderId } },
    { iccids: [mark('sim', few), mark('sim', n)] },
  ][n];
  const { confirm, ...rest } = body;
  return {
    ...rest,
    ...(path === '/v1/sims/label' && !changesNaming(rest) ? { label: 'Meter' } : {}),
    ...(path.endsWith('/terminate') ? { confirm: confirm ?? 1 } : {}),
    ...(real < 7 ? { dryRun: true } : {}),
    select,
    ...('confirm' in body && n === 3 ? { confirm: few === n ? 1 : 2 } : {}),
  };
}
