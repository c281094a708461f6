import { signInEndpoints } from '../../adapters/cognito/sign-in-page.ts';
import { serveAwsJson } from '../aws-json-server.ts';
import type { ScaledClock } from '../clock.ts';
import type { Issuer } from '../issuer.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Log } from '../log.ts';
import type { UserPoolPart } from '../template/parts.ts';
import { accessTokens } from './access-tokens.ts';
import { serveDomain } from './domain.ts';
import { openEmails, type PoolEmail } from './emails.ts';
import { cognitoOperations } from './operations.ts';
import { passwordsOf } from './passwords.ts';
import { cognitoQuota } from './quota.ts';
import { openSessions } from './sessions.ts';
import { openSignIns } from './sign-ins.ts';
import { openUserPool } from './user-pool.ts';

/** The part of Cognito that the system and its tests use. */
export type Cognito = {
  /** The URL of its API. */
  url: string;
  /** The URL of its domain: the sign-in page of users, and the token endpoint. */
  domainUrl: string;
  /** The URL at which clients request tokens. */
  tokenUrl: string;
  /** The latest emails to users, newest first. */
  sentEmails(): readonly PoolEmail[];
  /** Sets the functions that add claims and write emails. They call Cognito, so they start after it. */
  connect(functions: Pick<Functions, 'invoke'>): void;
  /** Sets the function that creates the first users when somebody opens the sign-in page. */
  seedWith(seed: () => Promise<void>): void;
  /** The email addresses of its users. */
  emails(): (string | undefined)[];
  /** Gives a client another secret, as a deployment that replaces the client does. */
  replaceSecret(clientId: string): void;
  stop(): Promise<void>;
};

/** Serves a user pool: its API, and its domain. The local issuer signs the tokens. */
export async function serveCognito(
  part: UserPoolPart,
  {
    issuer,
    clock,
    folder,
    log,
    hasQuotas = false,
    realNow,
  }: {
    issuer: Issuer;
    clock: ScaledClock;
    folder: string;
    log: Log;
    /** Whether to enforce Cognito's request quotas. */
    hasQuotas?: boolean;
    /** The real time. Passwords, sessions and codes expire by it. */
    realNow?: () => number;
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
  let seed = async () => {};
  const pool = await openUserPool(part, { folder, clock });
  const tokens = accessTokens(part, { issuer, functions });
  const emails = openEmails(part, { functions });
  const passwords = passwordsOf(pool, realNow);
  const signIns = openSignIns(pool, passwords, realNow);
  const sessions = openSessions(realNow);
  const [api, domain] = await Promise.all([
    serveAwsJson({
      prefix: 'AWSCognitoIdentityProviderService',
      operations: cognitoOperations(pool, { tokens, emails, passwords, sessions, signIns }),
      log,
      ...(hasQuotas && { quota: cognitoQuota() }),
    }),
    serveDomain({ pool, tokens, sessions, signIns, log, beforeSignIn: () => seed() }),
  ]);
  return {
    url: api.url,
    domainUrl: domain.url,
    tokenUrl: signInEndpoints(domain.url).token,
    sentEmails: emails.list,
    connect(to) {
      connected = to;
    },
    seedWith(create) {
      seed = create;
    },
    emails: () => pool.users().map(({ attributes }) => attributes.email),
    replaceSecret: pool.replaceSecret,
    async stop() {
      await Promise.all([api.stop(), domain.stop()]);
    },
  };
}
