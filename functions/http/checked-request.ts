import type { MiddlewareObj } from '@middy/core';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import type * as z from 'zod/mini';
import type { CsvTable } from './csv-table.ts';
import type { Access, Route, RouteRequest } from './route.ts';

export type ApiEvent = APIGatewayProxyEventV2 | APIGatewayProxyEventV2WithJWTAuthorizer;

export type ApiResult = APIGatewayProxyStructuredResultV2;

/** A response of the pipeline. */
export type ApiResponse = {
  statusCode: number;
  headers: Record<string, string>;
  body?: string;
  isBase64Encoded?: boolean;
};

/** A route with the schema of its query and, for lists, the CSV table of its response. Both are created at first use. */
export type RegisteredRoute = { route: Route; querySchema(): z.ZodMiniObject; csvTable: (() => CsvTable) | undefined };

/** A request that passed all checks. `scope` identifies the list whose cursors it accepts. */
export type CheckedRequest = {
  registered: RegisteredRoute;
  request: RouteRequest<Access, string, unknown, unknown>;
  scope: string;
  idempotencyKey: string | undefined;
};

/** State that middleware shares within a request. */
export type Internal = { startedAt: number };

export type Middleware = MiddlewareObj<ApiEvent, ApiResult, Error, Context, Internal>;

/** The checked request of each event: `checkRequest` adds it, `observe` and `execute` read it. */
export const checkedRequests = new WeakMap<ApiEvent, CheckedRequest>();
