import * as z from 'zod/mini';
import { OperatorUnavailable } from '../../../domain/operator-port.ts';
import type { OperatorConnection } from '../configuration.ts';
import type { OperatorRequest, Protocol, Transport } from '../transport.ts';

/** Paths below the base URL. Changes and cancellations have a service of their own, and so have reports. */
const CHANGES = '/sica/subscriptions';
const REPORTS = '/business-analytics-service/v1';
export const paths = {
  token: '/auth/token',
  orderMetadata: '/subscriptions/order/metadata',
  order: '/subscriptions/order',
  request: (id: string) => `/subscriptions/requests/${encodeURIComponent(id)}`,
  findRequests: '/subscriptions/requests/find',
  details: '/subscriptions/details',
  stateChanges: `${CHANGES}/requests/state-changes`,
  usageFiles: `${REPORTS}/usages`,
  usageFile: (id: string) => `${REPORTS}/usages/${encodeURIComponent(id)}`,
  simOrder: (id: string) => `${CHANGES}/sim-orders/${encodeURIComponent(id)}`,
};

/** The account of an operator, from the secret. @throws OperatorUnavailable when it has none */
export async function accountOf({ connection }: Pick<Transport, 'connection'>) {
  const { iotAccelerator } = await connection();
  if (iotAccelerator === undefined) {
    throw new OperatorUnavailable("The operator's entry in the secret has no iotAccelerator.");
  }
  return iotAccelerator;
}

/** Requests an access token: the call without authorisation that the others need. */
export type RequestToken = (request: OperatorRequest<Token>) => Promise<Token>;

type Token = { token: string; lifetimeMs: number };

const tokenAnswers = {
  200: z.pipe(
    z.object({ access_token: z.string().check(z.minLength(1)), expires_in: z.int().check(z.positive()) }),
    z.transform(({ access_token, expires_in }): Token => ({ token: access_token, lifetimeMs: expires_in * 1_000 })),
  ),
};

/** A token is replaced this long before its end, so that it does not expire on its way. */
const TOKEN_MARGIN_MS = 10_000;

/** Tokens by connection. Concurrent calls of a process share one: the operator accepts few logins a second. */
const tokens = new Map<string, { token: Promise<string>; known: string | undefined; until: number }>();

const keyOf = ({ baseUrl, iotAccelerator }: OperatorConnection) => JSON.stringify([baseUrl, iotAccelerator]);

/** The protocol for the token itself. */
export const loginProtocol: Protocol = {
  missing: ({ iotAccelerator }) =>
    iotAccelerator === undefined ? "the operator's entry in the secret has no iotAccelerator" : undefined,
  authorization: async () => ({}),
  secrets: secretsOf,
  pauseMs,
  reasonIn,
};

/** The protocol of all other calls: a bearer token, which is reused until it expires or is refused. */
export function iotAcceleratorProtocol(requestToken: RequestToken): Protocol {
  return {
    ...loginProtocol,
    async authorization(connection) {
      return { authorization: `Bearer ${await tokenFor(connection, requestToken)}` };
    },
    renewAuthorization: (connection) => tokens.delete(keyOf(connection)),
  };
}

function tokenFor(connection: OperatorConnection, requestToken: RequestToken): Promise<string> {
  const key = keyOf(connection);
  const cached = tokens.get(key);
  if (cached && cached.until > Date.now()) {
    return cached.token;
  }
  const { clientId = '', username = '', password = '' } = connection.iotAccelerator ?? {};
  const answer = requestToken({
    method: 'POST',
    path: paths.token,
    body: new URLSearchParams({ grant_type: 'password', client_id: clientId, username, password }),
    expected: tokenAnswers,
  });
  const entry = { token: answer.then(({ token }) => token), known: cached?.known, until: Number.POSITIVE_INFINITY };
  tokens.set(key, entry);
  answer.then(
    ({ token, lifetimeMs }) => {
      entry.known = token;
      // At least half its life: the margin would leave nothing of a short one.
      entry.until = Date.now() + Math.max(lifetimeMs - TOKEN_MARGIN_MS, lifetimeMs / 2);
    },
    () => tokens.delete(key),
  );
  return entry.token;
}

function secretsOf(connection: OperatorConnection): [string, string][] {
  const { password, username } = connection.iotAccelerator ?? {};
  const token = tokens.get(keyOf(connection))?.known;
  return [
    ...(password === undefined ? [] : ([[password, '[password]']] satisfies [string, string][])),
    ...(username === undefined ? [] : ([[username, '[user name]']] satisfies [string, string][])),
    ...(token === undefined ? [] : ([[token, '[token]']] satisfies [string, string][])),
  ];
}

/** 429 comes without `Retry-After`: the headers show whether the limit of the second or of the minute is exhausted. */
function pauseMs(status: number, headers: Headers): number | undefined {
  if (status !== 429) {
    return undefined;
  }
  if (headers.get('x-ratelimit-remaining-minute') === '0') {
    return 60_000 - (Date.now() % 60_000);
  }
  return 1_000 - (Date.now() % 1_000);
}

const errorSchema = z.lazy(() =>
  z.object({
    // Orders answer in the first form, changes in the second (RFC 9457).
    message: z.optional(z.string()),
    detailedMessage: z.optional(z.string()),
    title: z.optional(z.string()),
    detail: z.optional(z.string()),
  }),
);

/** The operator's reason in an error. */
export function reasonIn(body: unknown): string | undefined {
  const { data } = errorSchema.safeParse(body);
  return data?.detailedMessage ?? data?.detail ?? data?.message ?? data?.title;
}
