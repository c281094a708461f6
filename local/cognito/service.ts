import { serveAwsJson } from '../aws-json-server.ts';
import type { ScaledClock } from '../clock.ts';
import type { Issuer } from '../issuer.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Log } from '../log.ts';
import type { UserPoolPart } from '../template/parts.ts';
import { accessTokens } from './access-tokens.ts';
import { cognitoOperations } from './operations.ts';
import { cognitoQuota } from './quota.ts';
import { serveTokenEndpoint } from './token-endpoint.ts';
import { openUserPool } from './user-pool.ts';

/** The part of Cognito that the system and its tests use. */
export type Cognito = {
  /** The URL of its API. */
  url: string;
  /** The URL at which machine clients request tokens. */
  tokenUrl: string;
  /** Sets the functions that add claims. They call Cognito, so they start after it. */
  connect(functions: Pick<Functions, 'invoke'>): void;
  /** Gives a client another secret, as a deployment that replaces the client does. */
  replaceSecret(clientId: string): void;
  stop(): Promise<void>;
};

/** Serves a user pool: its API, and the token endpoint of its domain. The local issuer signs the tokens. */
export async function serveCognito(
  part: UserPoolPart,
  {
    issuer,
    clock,
    folder,
    log,
    hasQuotas = false,
  }: {
    issuer: Issuer;
    clock: ScaledClock;
    folder: string;
    log: Log;
    /** Whether to enforce Cognito's request quotas. */
    hasQuotas?: boolean;
  },
): Promise<Cognito> {
  let connected: Pick<Functions, 'invoke'> | undefined;
  const functions: Pick<Functions, 'invoke'> = {
    invoke(arn, event) {
      if (!connected) {
        throw new Error('Cognito is not connected to the functions yet.');
      }
      return connected.invoke(arn, event);
    },
  };
  const pool = await openUserPool(part, { folder, clock });
  const tokens = accessTokens(part, { issuer, functions });
  const [api, endpoint] = await Promise.all([
    serveAwsJson({
      prefix: 'AWSCognitoIdentityProviderService',
      operations: cognitoOperations(pool, tokens),
      log,
      ...(hasQuotas && { quota: cognitoQuota() }),
    }),
    serveTokenEndpoint(pool, tokens, log),
  ]);
  return {
    url: api.url,
    tokenUrl: endpoint.url,
    connect(to) {
      connected = to;
    },
    replaceSecret: pool.replaceSecret,
    async stop() {
      await Promise.all([api.stop(), endpoint.stop()]);
    },
  };
}
