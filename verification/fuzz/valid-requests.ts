import fc from 'fast-check';
import { csvText } from './csv.ts';
import type { ApiDocument, DocumentedRoute, Parameter } from './document.ts';
import type { CallerName, FuzzRequest, Part } from './request.ts';
import { fieldsOf, type Kind, mark } from './things.ts';
import { thing, validValue } from './valid-values.ts';

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
  ['/v1/platform/tariffs/{tariffId}', 'platformTariff'],
  ['/v1/platform/partners/{partnerId}/orders/{orderId}', 'order'],
  ['/v1/platform/sims/{iccid}', 'sim'],
  ['/v1/platform/operators/{operatorId}', 'operator'],
  ['/v1/platform/partners/{partnerId}/tariffs/{tariffId}', 'platformTariff'],
];

/** Requests that the document allows, with ids of known resources. */
export function validRequest(route: DocumentedRoute, { schemas }: ApiDocument): fc.Arbitrary<FuzzRequest> {
  const { method, body } = route;
  return fc
    .record({
      caller: callerOf(route),
      path: pathOf(route),
      query: queryOf(route.parameters, (parameter) => validValue(parameter.schema, schemas, parameter.name)),
      headers: headersOf(route),
      json: body ? validValue(body.schema, schemas) : fc.constant(undefined),
      nudge: fc.record({ n: fc.nat(3), real: fc.nat(9), few: fc.nat(9) }),
    })
    .map(({ caller, path, query, headers, json, nudge }) => ({
      caller,
      method,
      path,
      query,
      headers: body ? { 'content-type': body.type, ...headers } : headers,
      body: body && bodyOf(route, body, json, nudge),
    }));
}

function bodyOf(route: DocumentedRoute, { type, schema }: DocumentedBody, value: unknown, nudge: Nudge) {
  return type === 'text/csv' ? { text: csvText(schema, value) } : { json: applyRules(route, value, nudge) };
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
      return kind ? thing(kind) : fc.constant(segment);
    }),
  );
}

/** Each parameter is rare, so that some requests have none, and few have many. */
function queryOf(
  parameters: readonly Parameter[],
  valueFor: (parameter: Parameter) => fc.Arbitrary<unknown>,
): fc.Arbitrary<(readonly [Part, Part])[]> {
  const own = parameters.filter((parameter) => parameter.in === 'query');
  const chosen = own.map((parameter) => {
    // A cursor is valid for one list and its filters: a random cursor rarely is.
    const nil = parameter.name === 'cursor' ? 30 : 3;
    return fc.option(
      valueFor(parameter).map((value): readonly [Part, Part] => [parameter.name, String(value)]),
      { freq: nil, nil: undefined },
    );
  });
  const rare = chosen.map((one) =>
    fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one }),
  );
  return fc.tuple(...rare).map((pairs) => pairs.filter((pair) => pair !== undefined));
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

type DocumentedBody = NonNullable<DocumentedRoute['body']>;
type Nudge = { n: number; real: number; few: number };

const multiples: Readonly<Record<string, number>> = { a1: 20 };

/**
 * Applies rules that a document cannot express: quantities are multiples, a selection has one of three forms, and a termination is
 * confirmed with a number. Also keeps the fleet small enough for a hundred thousand calls: orders have few SIMs, and operations are
 * mostly dry runs.
 */
function applyRules({ path }: DocumentedRoute, json: unknown, { n, real, few }: Nudge): unknown {
  const body = fieldsOf(json);
  if (path === '/v1/orders' || path === '/v1/orders/quote') {
    const { plan, ...order } = body;
    const quantity = (1 + n) * (multiples[String(body.operatorId)] ?? 50);
    return { ...order, quantity, ...(plan !== undefined && real < 5 ? { plan: completePlan(plan) } : {}) };
  }
  if (path.endsWith('/plan')) {
    return completePlan(json);
  }
  if (path === '/v1/alarms') {
    return validAlarm(body, n);
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
    ...(path.endsWith('/terminate') ? { confirm } : {}),
    ...(real < 7 ? { dryRun: true } : {}),
    select,
    ...('confirm' in body && n === 3 ? { confirm: few === n ? 1 : 2 } : {}),
  };
}
