import * as z from 'zod/mini';
import type { Caller, PartnerCaller, PlatformCaller, Right, rights } from '../../domain/access.ts';
import type { Id, IdNamed, NewId } from '../../domain/ids.ts';
import type { RecordKeys } from './csv-table.ts';

/** Who may call a route: everyone, or callers with a right. */
export type Access = 'public' | Right;

type RolesOf<R extends Right> = (typeof rights)[R][number];

type CallerOf<A extends Access> = A extends Right
  ? 'platform' extends RolesOf<A>
    ? RolesOf<A> extends 'platform'
      ? PlatformCaller
      : Caller
    : PartnerCaller
  : undefined;

/** The kinds of ids by the part of a path that `{id}` follows. */
type KindOfCollection = {
  alarms: 'alarm';
  customers: 'customer';
  'customer-services': 'customerService';
  operations: 'operation';
  operators: 'operator';
  orders: 'order';
  'partner-services': 'partnerService';
  tariffs: 'tariff';
  webhooks: 'webhook';
};

/** The parameters of a path: `/v1/orders/{id}` has the id of an order, as has `/{orderId}`. */
type ParametersOf<Path extends string> = Path extends `${infer Before}/{${infer Name}}${infer Rest}`
  ? { [K in Name]: K extends 'id' ? IdIn<Before> : IdNamed<K> } & ParametersOf<Rest>
  : unknown;

type IdIn<Before extends string> = Before extends `${string}/${infer Rest}`
  ? IdIn<Rest>
  : Before extends keyof KindOfCollection
    ? Id<KindOfCollection[Before]>
    : string;

/** A checked request. */
export type RouteRequest<A extends Access, Path extends string, Query, Body> = {
  caller: CallerOf<A>;
  path: ParametersOf<Path>;
  query: Query;
  body: Body;
  /** For paged routes: the maximum number of items, and the position after which the page starts. */
  page: { limit: number; after?: string };
  ifMatch: string | undefined;
  /** The time of the request on the scaled clock. After a crash, the time of the first attempt. */
  now: Date;
  /**
   * The id of the resource of this kind that the request creates, one per kind. After a crash the next attempt gets the same
   * ids.
   */
  newId: NewId;
  headers: Readonly<Record<string, string | undefined>>;
};

/** The answer of a handler. */
export type RouteResponse = {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** A single resource: the response gets an `ETag`. */
  single?: boolean;
  /** For lists: the position after which the next page starts; absent on the last page. */
  next?: string | undefined;
  /** For lists as CSV: the keys of each record in the items, which has a column for each key. */
  recordKeys?: RecordKeys;
  /** For changes and deletions: the previous representation, for the journal. */
  before?: unknown;
  /** Bytes to send unchanged, instead of `body`. */
  raw?: { bytes: Buffer; contentType: string; encoding?: string };
  /** Text to send unchanged, instead of `body`. */
  text?: { body: string; contentType: string };
};

/** The content type of forms, which OAuth prescribes for requests of tokens, and operators use for their messages. */
export const FORM = 'application/x-www-form-urlencoded';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * A route, declared once. The routes of API Gateway, the checks, the roles, the OpenAPI document and the reference page are
 * derived from it.
 */
export type Route = {
  method: Method;
  path: string;
  /** The unique name of the operation in the OpenAPI document, a verb and a noun. Generated clients use it. */
  operationId: string;
  access: Access;
  /** A tag of the reference page. */
  tag: string;
  summary: string;
  description?: string;
  /** The response shows a secret. The copy that is stored for the `Idempotency-Key` is encrypted. */
  showsSecret?: true;
  /** The maximum length of ids in the path, where ids are longer than usual. */
  maxIdLength?: number;
  /** The schema of the query string, created at first use. */
  query?: () => z.ZodMiniObject;
  body?: z.ZodMiniType;
  /** The content type of the body, unless it is JSON. A CSV body is a list of rows whose cells are text, the fields of a form are text. */
  bodyType?: 'text/csv' | typeof FORM;
  /** For `PUT`: honours `If-Match`, as every `PATCH` and `DELETE` does. */
  honoursIfMatch?: boolean;
  /** For a `PUT` that creates: honours `If-None-Match`. */
  honoursIfNoneMatch?: boolean;
  /** An example body for the reference page. */
  example?: unknown;
  /** Changes nothing although it is not a `GET`. The journal omits it. */
  readOnly?: true;
  /** Omitted from the OpenAPI document. */
  undocumented?: true;
  /** A list: accepts `limit` and `cursor`, returns `items` and `nextCursor`. */
  paged?: boolean;
  /** For responses other than lists: the field whose items are the rows of the CSV. Lists are always available as CSV. */
  rows?: string;
  /** Response schemas by status; `null` for no body. For a list, the schema of one item. */
  answers: Readonly<Record<number, z.ZodMiniType | null>>;
  handle: (request: RouteRequest<Access, string, unknown, unknown>) => Promise<RouteResponse>;
};

/**
 * Declares a route. The types of the handler's request follow from the path and the schemas.
 *
 * @example
 * route({
 *   method: 'GET',
 *   path: '/v1/orders/{id}',
 *   operationId: 'getOrder',
 *   access: 'see',
 *   tag: 'Orders',
 *   summary: 'Get an order',
 *   answers: { 200: orderSchema },
 *   handle: async ({ caller, path: { id } }) => okResource(showOrder(await readOrder(caller.partnerId, id))),
 * });
 */
export function route<
  const A extends Access,
  const Path extends string,
  Query extends z.ZodMiniObject = z.ZodMiniObject<Record<never, never>>,
  Body extends z.ZodMiniType = z.ZodMiniType<undefined>,
>(
  declared: Omit<Route, 'handle' | 'access' | 'path' | 'query' | 'body'> & {
    access: A;
    path: Path;
    query?: () => Query;
    /** Creates the schema of the body, at its first use. */
    body?: () => Body;
    handle: (request: RouteRequest<A, Path, z.infer<Query>, z.infer<Body>>) => Promise<RouteResponse>;
  },
): Route {
  const { body, ...rest } = declared;
  // Safe: the pipeline calls `handle` only with requests that it checked against this declaration.
  return { ...rest, ...(body ? { body: z.lazy(body) } : {}) } as unknown as Route;
}

/** The key of a route in API Gateway. */
export const routeKey = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method} ${path}`;

export const okResource = (body: unknown): RouteResponse => ({ status: 200, body, single: true });

export const okPage = (items: readonly unknown[], next?: string): RouteResponse => ({
  status: 200,
  body: { items },
  next,
});

export const created = (location: string, body: unknown): RouteResponse => ({
  status: 201,
  body,
  single: true,
  headers: { location },
});

/** A 202 with the operation that does the work. */
export const accepted = (operation: { id: string }): RouteResponse => ({
  status: 202,
  body: operation,
  headers: { location: `/v1/operations/${operation.id}` },
});

export const noContent: RouteResponse = { status: 204 };
