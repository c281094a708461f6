import type * as z from 'zod/mini';
import type { Caller, PartnerCaller, PlatformCaller, Right, rights } from '../../domain/access.ts';
import type { IdKind } from '../../domain/ids.ts';

/** Who may call a route: anybody, or whose roles have a right. */
export type Access = 'public' | Right;

type RolesOf<R extends Right> = (typeof rights)[R][number];

type CallerOf<A extends Access> = A extends Right
  ? 'platform' extends RolesOf<A>
    ? RolesOf<A> extends 'platform'
      ? PlatformCaller
      : Caller
    : PartnerCaller
  : undefined;

type ParametersOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [K in Name]: string } & ParametersOf<Rest>
  : unknown;

/** What a handler gets: everything checked. */
export type RouteRequest<A extends Access, Path extends string, Query, Body> = {
  caller: CallerOf<A>;
  path: ParametersOf<Path>;
  query: Query;
  body: Body;
  /** For routes with `paged`: how many items, and the position after which they start. */
  page: { limit: number; after?: string };
  ifMatch: string | undefined;
  /** The scaled time of the request. Of one that is carried out again after a crash, that of its first attempt. */
  now: Date;
  /**
   * The id of the new thing of this kind that the request makes, one of each kind; the same again when the request is
   * carried out again after a crash.
   */
  newId(kind: IdKind): string;
  headers: Readonly<Record<string, string | undefined>>;
};

/** What a handler answers. */
export type Answer = {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** One resource: it gets an `ETag`. */
  single?: boolean;
  /** Of a list: the position at which the next page starts; absent on the last page. */
  next?: string | undefined;
  /** Of a request that changes or removes a thing: the thing as it was shown before, for the journal. */
  before?: unknown;
  /** Bytes that are sent as they are, instead of `body`. */
  raw?: { bytes: Buffer; contentType: string; encoding?: string };
  /** Text that is sent as it is, instead of `body`. */
  text?: { body: string; contentType: string };
};

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * A route, declared once: the API Gateway's routes, the checks, the roles, the OpenAPI document and the reference page
 * all come from it.
 */
export type Route = {
  method: Method;
  path: string;
  /** The name of the operation in the OpenAPI document: a verb and a noun, unique. Clients are generated from it. */
  operationId: string;
  access: Access;
  /** A tag of the reference page. */
  tag: string;
  summary: string;
  description?: string;
  /** Its answer shows a secret, this once: what is kept of it for an `Idempotency-Key` is encrypted. */
  showsSecret?: true;
  /** The longest id in its path, where that is longer than ids usually are. */
  longestId?: number;
  /** What it takes in its query string, made when it is first asked for. */
  query?: () => z.ZodMiniObject;
  body?: z.ZodMiniType;
  /** Its content type, where it is no JSON: CSV is a list, a row each, all cells of which are text. */
  bodyType?: 'text/csv';
  /** Of a `PUT`: that it honours `If-Match`, as every `PATCH` and `DELETE` does. */
  honoursIfMatch?: boolean;
  /** Of a `PUT` that creates: that it honours `If-None-Match`. */
  honoursIfNoneMatch?: boolean;
  /** An example of a body, for the reference page. */
  example?: unknown;
  /** What it is asked changes nothing, though it is no GET: the journal leaves it out. */
  readOnly?: true;
  /** Left out of the OpenAPI document. */
  undocumented?: true;
  /** A list: takes `limit` and `cursor`, answers `items` and `nextCursor`. */
  paged?: boolean;
  /** Of an answer that is no list: the field whose objects are its rows as CSV, in which every list can be had. */
  rows?: string;
  /** What comes back, by status; `null` where nothing does. For a list, the schema of one item. */
  answers: Readonly<Record<number, z.ZodMiniType | null>>;
  handle: (request: RouteRequest<Access, string, unknown, unknown>) => Promise<Answer>;
};

/** Declares a route; the types of the handler's request come from the path and the schemas. */
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
    body?: Body;
    handle: (request: RouteRequest<A, Path, z.infer<Query>, z.infer<Body>>) => Promise<Answer>;
  },
): Route {
  // Safe: the chain calls `handle` only with a request that it checked against this very declaration.
  return declared as unknown as Route;
}

/** The key by which API Gateway names a route. */
export const routeKey = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method} ${path}`;

export const okResource = (body: unknown): Answer => ({ status: 200, body, single: true });

export const okPage = (items: readonly unknown[], next?: string): Answer => ({ status: 200, body: { items }, next });

export const created = (location: string, body: unknown): Answer => ({
  status: 201,
  body,
  single: true,
  headers: { location },
});

/** Long work: the operation that does it. */
export const accepted = (operation: { id: string }): Answer => ({
  status: 202,
  body: operation,
  headers: { location: `/v1/operations/${operation.id}` },
});

export const noContent: Answer = { status: 204 };
