import * as z from 'zod';
import { type Operations, ServiceError } from '../aws-json-server.ts';
import { cognitoLimits } from '../limits.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Emails } from './emails.ts';
import type { Passwords } from './passwords.ts';
import type { Sessions } from './sessions.ts';
import type { SignInStep, SignIns } from './sign-ins.ts';
import type { PoolClient, PoolUser, UserPool } from './user-pool.ts';

const MAX_PAGE_SIZE = cognitoLimits.pageSize;

const attributesSchema = z.array(z.object({ Name: z.string(), Value: z.string() }));
/** Cognito's own patterns: a value that does not match is an invalid parameter, not an unknown user. */
const username = z.string().regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u);
const clientId = z.string().regex(/^[\w+]{1,128}$/);
const name = z.object({ Username: username });
const ofClient = z.object({ ClientId: clientId });
const inGroup = name.extend({ GroupName: z.string() });
const newUserSchema = name.extend({
  UserAttributes: attributesSchema.default([]),
  TemporaryPassword: z.string().optional(),
  MessageAction: z.enum(['RESEND', 'SUPPRESS']).optional(),
});
const passwordSchema = name.extend({ Password: z.string(), Permanent: z.boolean().default(false) });
const signInSchema = z.object({
  ClientId: z.string(),
  AuthFlow: z.literal('ADMIN_USER_PASSWORD_AUTH'),
  AuthParameters: z.object({ USERNAME: z.string(), PASSWORD: z.string() }),
});
const answerSchema = z.object({
  ClientId: z.string(),
  Session: z.string(),
  ChallengeName: z.enum(['NEW_PASSWORD_REQUIRED', 'MFA_SETUP', 'SOFTWARE_TOKEN_MFA']),
  ChallengeResponses: z.object({
    USERNAME: z.string(),
    NEW_PASSWORD: z.string().optional(),
    SOFTWARE_TOKEN_MFA_CODE: z.string().optional(),
  }),
});
const inSession = z.object({ Session: z.string() });
const verifySchema = inSession.extend({ UserCode: z.string() });
const listClientsSchema = z.object({
  MaxResults: z.number().int().min(1).max(MAX_PAGE_SIZE).default(MAX_PAGE_SIZE),
  NextToken: z.string().optional(),
});
const listUsersSchema = z.object({
  Limit: z.number().int().min(1).max(MAX_PAGE_SIZE).default(MAX_PAGE_SIZE),
  PaginationToken: z.string().optional(),
  Filter: z
    .string()
    .regex(/^email = "[^"\\]*"$/)
    .optional(),
});
const changedAttributesSchema = name.extend({ UserAttributes: attributesSchema });
const listMembersSchema = z.object({
  GroupName: z.string(),
  Limit: z.number().int().min(1).max(MAX_PAGE_SIZE).default(MAX_PAGE_SIZE),
  NextToken: z.string().optional(),
});
/** The operations of Cognito that the system, its tests and users call, on the single user pool. */
export function cognitoOperations(
  pool: UserPool,
  {
    tokens,
    emails,
    passwords,
    sessions,
    signIns,
  }: Readonly<{
    tokens: AccessTokens;
    emails: Emails;
    passwords: Passwords;
    sessions: Sessions;
    signIns: SignIns;
  }>,
): Operations {
  const operations: Operations = {
    ...userOperations(pool, { emails, passwords, sessions }),
    ...userManagement(pool),
    ...signIn(pool, tokens, signIns),
    ...clientOperations(pool),
  };
  const ofPool: Operations = Object.fromEntries(
    Object.entries(operations).map(([operation, run]) => [
      operation,
      (input) => {
        if (input.UserPoolId !== pool.part.id) {
          throw new ServiceError('ResourceNotFoundException', `User pool ${String(input.UserPoolId)} does not exist.`);
        }
        return run(input);
      },
    ]),
  );
  return { ...ofPool, ...authenticatorOperations(signIns) };
}

function userOperations(
  pool: UserPool,
  { emails, passwords, sessions }: { emails: Emails; passwords: Passwords; sessions: Sessions },
): Operations {
  async function givePassword(user: PoolUser, password: string | undefined, isInvited: boolean): Promise<void> {
    const given = password ?? passwords.random();
    await passwords.set(user.id, given, { isTemporary: true });
    if (isInvited) {
      await emails.invite(user, given);
    }
  }

  return {
    async AdminCreateUser(input) {
      const { Username, UserAttributes, TemporaryPassword, MessageAction } = parseInput(newUserSchema, input);
      if (TemporaryPassword !== undefined) {
        passwords.assertConforms(TemporaryPassword);
      }
      if (MessageAction === 'RESEND') {
        const user = pool.user(Username);
        if (user.status !== 'FORCE_CHANGE_PASSWORD') {
          throw new ServiceError(
            'UnsupportedUserStateException',
            `Resend not possible. ${Username} status is not FORCE_CHANGE_PASSWORD`,
          );
        }
        await givePassword(user, TemporaryPassword, true);
        return { User: userResponse(user) };
      }
      const attributes = Object.fromEntries(UserAttributes.map(({ Name, Value }) => [Name, Value]));
      const user = await pool.addUser(Username, attributes);
      await givePassword(user, TemporaryPassword, MessageAction !== 'SUPPRESS');
      return { User: userResponse(user) };
    },
    AdminGetUser(input) {
      const { Attributes, ...shown } = userResponse(pool.user(parseInput(name, input).Username));
      return { ...shown, UserAttributes: Attributes };
    },
    async AdminDeleteUser(input) {
      await pool.removeUser(parseInput(name, input).Username);
    },
    AdminUserGlobalSignOut(input) {
      sessions.revokeAll(pool.user(parseInput(name, input).Username).id);
    },
    ListUsers(input) {
      const { Limit, PaginationToken, Filter } = parseInput(listUsersSchema, input);
      const address = Filter?.slice('email = "'.length, -1).toLowerCase();
      const matching = pool
        .users()
        .filter(({ attributes }) => address === undefined || attributes.email?.toLowerCase() === address);
      const { items, next } = pageOf(matching, Limit, PaginationToken);
      return { Users: items.map(userResponse), ...(next !== undefined && { PaginationToken: next }) };
    },
    async AdminAddUserToGroup(input) {
      const { Username, GroupName } = parseInput(inGroup, input);
      pool.assertGroupExists(GroupName);
      await pool.changeUser(Username, ({ groups }) => ({ groups: [...new Set([...groups, GroupName])] }));
    },
    async AdminRemoveUserFromGroup(input) {
      const { Username, GroupName } = parseInput(inGroup, input);
      pool.assertGroupExists(GroupName);
      await pool.changeUser(Username, ({ groups }) => ({ groups: groups.filter((group) => group !== GroupName) }));
    },
    AdminListGroupsForUser(input) {
      const { groups } = pool.user(parseInput(name, input).Username);
      return { Groups: groups.map((GroupName) => ({ GroupName, UserPoolId: pool.part.id })) };
    },
    async AdminSetUserPassword(input) {
      const { Username, Password, Permanent } = parseInput(passwordSchema, input);
      await passwords.set(Username, Password, { isTemporary: !Permanent });
    },
    async AdminDisableUser(input) {
      await pool.changeUser(parseInput(name, input).Username, () => ({ enabled: false }));
    },
  };
}

/** Changes of users, and the members of a group. */
function userManagement(pool: UserPool): Operations {
  return {
    async AdminEnableUser(input) {
      await pool.changeUser(parseInput(name, input).Username, () => ({ enabled: true }));
    },
    async AdminUpdateUserAttributes(input) {
      const { Username, UserAttributes } = parseInput(changedAttributesSchema, input);
      await pool.changeUser(Username, ({ attributes }) => ({
        attributes: Object.fromEntries(
          // An empty value removes the attribute.
          Object.entries({
            ...attributes,
            ...Object.fromEntries(UserAttributes.map(({ Name, Value }) => [Name, Value])),
          }).filter(([, value]) => value !== ''),
        ),
      }));
    },
    ListUsersInGroup(input) {
      const { GroupName, Limit, NextToken } = parseInput(listMembersSchema, input);
      pool.assertGroupExists(GroupName);
      const members = pool.users().filter(({ groups }) => groups.includes(GroupName));
      const { items, next } = pageOf(members, Limit, NextToken);
      return { Users: items.map(userResponse), ...(next !== undefined && { NextToken: next }) };
    },
  };
}

function signIn(pool: UserPool, tokens: AccessTokens, signIns: SignIns): Operations {
  async function answer({ user, ...next }: SignInStep, client: PoolClient) {
    return next.challenge === undefined
      ? {
          AuthenticationResult: {
            AccessToken: await tokens.forUser(user, client),
            ExpiresIn: client.tokenSeconds,
            TokenType: 'Bearer',
          },
        }
      : {
          ChallengeName: next.challenge,
          Session: next.session,
          ChallengeParameters: {
            USER_ID_FOR_SRP: user.id,
            ...(next.challenge === 'MFA_SETUP' && { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' }),
          },
        };
  }

  return {
    async AdminInitiateAuth(input) {
      const { ClientId, AuthParameters } = parseInput(signInSchema, input);
      const client = pool.client(ClientId);
      const { USERNAME: username, PASSWORD: password } = AuthParameters;
      if (!client.authFlows.includes('ALLOW_ADMIN_USER_PASSWORD_AUTH')) {
        throw new ServiceError('InvalidParameterException', 'Auth flow not enabled for this client');
      }
      return answer(await signIns.begin({ username, password }), client);
    },
    async AdminRespondToAuthChallenge(input) {
      const { ClientId, Session, ChallengeName, ChallengeResponses } = parseInput(answerSchema, input);
      const { NEW_PASSWORD = '', SOFTWARE_TOKEN_MFA_CODE = '' } = ChallengeResponses;
      const client = pool.client(ClientId);
      switch (ChallengeName) {
        case 'NEW_PASSWORD_REQUIRED':
          return answer(await signIns.setPassword(Session, NEW_PASSWORD), client);
        case 'MFA_SETUP':
          return answer(signIns.finishSetup(Session), client);
        case 'SOFTWARE_TOKEN_MFA':
          return answer(await signIns.enterCode(Session, SOFTWARE_TOKEN_MFA_CODE), client);
      }
    },
  };
}

/** Their session names the pool and authorises them. */
function authenticatorOperations(signIns: SignIns): Operations {
  return {
    AssociateSoftwareToken(input) {
      const { key, session } = signIns.newAuthenticator(parseInput(inSession, input).Session);
      return { SecretCode: key, Session: session };
    },
    async VerifySoftwareToken(input) {
      const { Session, UserCode } = parseInput(verifySchema, input);
      return { Status: 'SUCCESS', Session: (await signIns.verifyAuthenticator(Session, UserCode)).session };
    },
  };
}

function clientOperations(pool: UserPool): Operations {
  return {
    ListUserPoolClients(input) {
      const { MaxResults, NextToken } = parseInput(listClientsSchema, input);
      const { items, next } = pageOf(pool.clients(), MaxResults, NextToken);
      const shown = items.map(({ id, name: ClientName }) => ({ ClientId: id, ClientName, UserPoolId: pool.part.id }));
      return { UserPoolClients: shown, ...(next !== undefined && { NextToken: next }) };
    },
    DescribeUserPoolClient(input) {
      return {
        UserPoolClient: clientResponse(pool, pool.client(parseInput(ofClient, input).ClientId)),
      };
    },
  };
}

/** @throws ServiceError InvalidParameterException for input that Cognito rejects or this emulation does not support */
function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  const checked = schema.safeParse(input);
  if (!checked.success) {
    throw new ServiceError('InvalidParameterException', z.prettifyError(checked.error));
  }
  return checked.data;
}

/** Returns a page of items; the token is the index at which the next page starts. */
function pageOf<Item>(items: readonly Item[], limit: number, token = '0'): { items: Item[]; next?: string } {
  const start = Number(token);
  const end = start + limit;
  return { items: items.slice(start, end), ...(end < items.length && { next: String(end) }) };
}

function userResponse({ id, attributes, createdAt, changedAt, enabled, status }: PoolUser) {
  return {
    Username: id,
    Attributes: Object.entries({ ...attributes, sub: id }).map(([Name, Value]) => ({ Name, Value })),
    UserCreateDate: createdAt,
    UserLastModifiedDate: changedAt,
    Enabled: enabled,
    UserStatus: status,
  };
}

function clientResponse({ part }: UserPool, client: PoolClient) {
  return {
    UserPoolId: part.id,
    ClientId: client.id,
    ClientName: client.name,
    ...(client.secret !== undefined && { ClientSecret: client.secret }),
    AllowedOAuthFlows: client.flows,
    AllowedOAuthScopes: client.scopes,
    AllowedOAuthFlowsUserPoolClient: client.flows.length > 0,
    ExplicitAuthFlows: client.authFlows,
    CreationDate: client.createdAt,
    LastModifiedDate: client.createdAt,
  };
}
