import createClient from 'openapi-fetch';
import type { components, paths } from '../../generated/api.ts';
import { ApiProblem } from './api-problem.ts';
import { learnServerTime } from './server-time.ts';

/** A resource of the API by its name in the OpenAPI document. */
export type Resource<Name extends keyof components['schemas']> = components['schemas'][Name];

/** How requests reach the API: set once at the start. */
type Connection = {
  apiUrl: string;
  token: () => string | undefined;
  /** Called when the API refuses the token. */
  onUnauthorized: () => void;
};

let connection: Connection | undefined;

export function connectApi(to: Connection): void {
  connection = to;
}

/** The API, with the types of its OpenAPI document. Each POST has its own idempotency key. */
export const api = createClient<paths, 'application/json'>({ baseUrl: window.location.origin, fetch: send });

/** Sends a request to the API with the user's token. */
export async function send(request: Request): Promise<Response> {
  const { apiUrl = window.location.origin, token, onUnauthorized } = connection ?? {};
  const { pathname, search } = new URL(request.url);
  const { method, headers, signal } = request;
  // Read first: browsers send a stream only over HTTP/2.
  const body = method === 'GET' ? null : await request.text();
  const sent = new Request(apiUrl + pathname + search, { method, headers, signal, body: body === '' ? null : body });
  sent.headers.set('authorization', `Bearer ${token?.() ?? ''}`);
  if (sent.method === 'POST' && !sent.headers.has('idempotency-key')) {
    sent.headers.set('idempotency-key', crypto.randomUUID());
  }
  const response = await fetch(sent);
  learnServerTime(response.headers.get('date'), new Date());
  if (response.status === 401) {
    onUnauthorized?.();
  }
  return response;
}

type Answer<Data> = { data?: Data; error?: unknown; response: Response };

/** The body of a successful answer. @throws ApiProblem */
export async function read<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  return (await readWithEtag(call)).data;
}

/** The body of a successful answer with its `ETag`, for a change that must not overwrite another one. @throws ApiProblem */
export async function readWithEtag<Data>(
  call: Promise<Answer<Data>>,
): Promise<{ data: Data; etag: string | undefined }> {
  const { data, error, response } = await call;
  if (!response.ok) {
    throw new ApiProblem(response.status, error);
  }
  // Safe: a successful answer has the body of its schema.
  return { data: data as Data, etag: response.headers.get('etag') ?? undefined };
}

/** Parameters without those that are undefined or empty. */
export function given<Parameters extends object>(
  parameters: Parameters,
): { [Name in keyof Parameters]?: Exclude<Parameters[Name], undefined> } {
  // Safe: entries are only left out.
  return Object.fromEntries(
    Object.entries(parameters).filter(([, value]) => value !== undefined && value !== ''),
  ) as ReturnType<typeof given<Parameters>>;
}

/** The header of a change that must not overwrite another one. */
export function ifMatch(etag: string | undefined): { headers?: { 'if-match': string } } {
  return etag === undefined ? {} : { headers: { 'if-match': etag } };
}
