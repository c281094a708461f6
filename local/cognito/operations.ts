import * as z from 'zod';
import { type Operations, ServiceError } from '../aws-json-server.ts';
import { cognitoLimits } from '../limits.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Sessions } from './sessions.ts';
import { hashOf, type PoolClient, type PoolUser, secretsEqual, type UserPool } from './user-pool.ts';

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
  MessageAction: z.enum(['RESEND', 'SUPPRESS']).optional(),
});
const passwordSchema = name.extend({ Password: z.string(), Permanent: z.boolean().default(false) });
const signInSchema = z.object({
  ClientId: z.string(),
  AuthFlow: z.literal('ADMIN_USER_PASSWORD_AUTH'),
  AuthParameters: z.object({ USERNAME: z.string(), PASSWORD: z.string() }),
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
export function cognitoOperations(pool: UserPool, tokens: AccessTokens, sessions: Sessions): Operations {
  const operations = {
    ...userOperations(pool, sessions),
    ...userManagement(pool),
    ...signIn(pool, tokens),
    ...clientOperations(pool),
  };
  return Object.fromEntries(
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
}

function userOperations(pool: UserPool, sessions: Sessions): Operations {
  return {
    async AdminCreateUser(input) {
      const { Username, UserAttributes, MessageAction } = parseInput(newUserSchema, input);
      if (MessageAction === 'RESEND') {
        const user = pool.user(Username);
        if (user.status !== 'FORCE_CHANGE_PASSWORD') {
          throw new ServiceError(
            'UnsupportedUserStateException',
            `Resend not possible. ${Username} status is not FORCE_CHANGE_PASSWORD`,
          );
        }
        return { User: userResponse(user) };
      }
      const attributes = Object.fromEntries(UserAttributes.map(({ Name, Value }) => [Name, Value]));
      return { User: userResponse(await pool.addUser(Username, attributes)) };
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
      await pool.changeUser(Username, () => ({
        passwordHash: hashOf(Password),
        status: Permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD',
      }));
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

function signIn(pool: UserPool, tokens: AccessTokens): Operations {
  return {
    async AdminInitiateAuth(input) {
      const { ClientId, AuthParameters } = parseInput(signInSchema, input);
      const client = pool.client(ClientId);
      if (!client.authFlows.includes('ALLOW_ADMIN_USER_PASSWORD_AUTH')) {
        throw new ServiceError('InvalidParameterException', 'Auth flow not enabled for this client');
      }
      const user = pool
        .users()
        .find(({ attributes }) => attributes.email?.toLowerCase() === AuthParameters.USERNAME.toLowerCase());
      if (!user || !secretsEqual(user.passwordHash ?? '', hashOf(AuthParameters.PASSWORD))) {
        throw new ServiceError('NotAuthorizedException', 'Incorrect username or password.');
      }
      if (!user.enabled) {
        throw new ServiceError('NotAuthorizedException', 'User is disabled.');
      }
      return user.status === 'CONFIRMED'
        ? {
            AuthenticationResult: {
              AccessToken: await tokens.forUser(user, client),
              ExpiresIn: client.tokenSeconds,
              TokenType: 'Bearer',
            },
          }
        : { ChallengeName: 'NEW_PASSWORD_REQUIRED' };
    },
  };
}

function clientOperations(pool: UserPool): Operations {
  return {
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
