import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
  type AttributeType,
  InvalidParameterException,
  ListUsersCommand,
  ListUsersInGroupCommand,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import pMap from 'p-map';
import { type Role, roles } from '../../domain/access.ts';
import { asId } from '../../domain/ids.ts';
import type { Owner, User } from '../../domain/user.ts';
import { attributes, custom } from './attributes.ts';
import { CALLS_IN_FLIGHT, cognito, MAX_PAGE_SIZE, pool } from './user-pool.ts';

/** Cognito rejects look-ups of malformed ids. */
const USER_ID = /^[\w-]+$/;

/** A user as the answers of Cognito describe it. */
type CognitoUser = {
  Username?: string | undefined;
  Attributes?: AttributeType[] | undefined;
  UserCreateDate?: Date | undefined;
  Enabled?: boolean | undefined;
  UserStatus?: string | undefined;
};

/** The names of a user. */
export type UserNames = Pick<User, 'firstName' | 'lastName'>;

/** The standard attributes with the names of a user. */
const namesToAttributes = ({ firstName, lastName }: UserNames) => ({ given_name: firstName, family_name: lastName });

/** Why a user was not created: the address has a user already, or Cognito rejects it. */
export type NotCreated = 'email_taken' | 'invalid_email';

/** Creates a user, who receives an email with a temporary password. */
export async function createUser(user: Owner & UserNames & { email: string }): Promise<User | NotCreated> {
  const given = {
    email: user.email,
    email_verified: 'true',
    ...namesToAttributes(user),
    [custom(attributes.partnerId)]: user.partnerId,
    [custom(attributes.customerId)]: user.customerId,
  };
  try {
    const { User: created = {} } = await cognito().send(
      new AdminCreateUserCommand({
        ...pool(),
        Username: user.email,
        UserAttributes: Object.entries(given).flatMap(([Name, Value]) =>
          Value === undefined ? [] : [{ Name, Value }],
        ),
        DesiredDeliveryMediums: ['EMAIL'],
      }),
    );
    return userOf(created, []);
  } catch (error) {
    if (error instanceof UsernameExistsException) {
      return 'email_taken';
    }
    if (error instanceof InvalidParameterException) {
      return 'invalid_email';
    }
    throw error;
  }
}

/** Sends another temporary password, valid for a day. @returns false when there is no such user. */
export async function sendInvitationAgain({ email }: User): Promise<boolean> {
  return isThere(() =>
    cognito().send(
      new AdminCreateUserCommand({
        ...pool(),
        Username: email,
        MessageAction: 'RESEND',
        DesiredDeliveryMediums: ['EMAIL'],
      }),
    ),
  );
}

export async function getUser(id: string): Promise<User | undefined> {
  if (!USER_ID.test(id)) {
    return undefined;
  }
  return ifThere(async () => {
    const found = await cognito().send(new AdminGetUserCommand({ ...pool(), Username: id }));
    // Cognito also finds users by their email address.
    return found.Username === id
      ? userOf({ ...found, Attributes: found.UserAttributes }, await rolesOfUser(id))
      : undefined;
  });
}

/** A page of users, in Cognito's order. It can have fewer than `limit` items although another page follows. */
export async function queryUsers(
  { email }: { email?: string | undefined },
  limit: number,
  after: string | undefined,
): Promise<{ items: User[]; last?: string }> {
  const { Users = [], PaginationToken } = await cognito().send(
    new ListUsersCommand({
      ...pool(),
      Limit: Math.min(limit, MAX_PAGE_SIZE),
      ...(after !== undefined && { PaginationToken: after }),
      ...(email !== undefined && { Filter: `email = ${JSON.stringify(email)}` }),
    }),
  );
  const users = await pMap(Users, (user) => ifThere(async () => userOf(user, await rolesOfUser(user.Username ?? ''))), {
    concurrency: CALLS_IN_FLIGHT,
  });
  // Users that were deleted in the meantime are omitted.
  const items = users.filter((user) => user !== undefined);
  return { items, ...(PaginationToken !== undefined && { last: PaginationToken }) };
}

/** Adds a role; idempotent. @returns false when there is no such user. */
export async function addRole(id: string, role: Role): Promise<boolean> {
  return isThere(() => cognito().send(new AdminAddUserToGroupCommand({ ...pool(), Username: id, GroupName: role })));
}

/** @returns false when there is no such user. */
export async function withdrawRole(id: string, role: Role): Promise<boolean> {
  return isThere(() =>
    cognito().send(new AdminRemoveUserFromGroupCommand({ ...pool(), Username: id, GroupName: role })),
  );
}

/** Replaces the names of a user. @returns false when there is no such user. */
export async function changeNames(id: string, names: UserNames): Promise<boolean> {
  return isThere(() =>
    cognito().send(
      new AdminUpdateUserAttributesCommand({
        ...pool(),
        Username: id,
        // An empty value removes the attribute.
        UserAttributes: Object.entries(namesToAttributes(names)).map(([Name, Value = '']) => ({ Name, Value })),
      }),
    ),
  );
}

/** Lets a user sign in again. @returns false when there is no such user. */
export async function enableUser(id: string): Promise<boolean> {
  return isThere(() => cognito().send(new AdminEnableUserCommand({ ...pool(), Username: id })));
}

/** Prevents a user from signing in and ends their sessions. @returns false when there is no such user. */
export async function disableUser(id: string): Promise<boolean> {
  return isThere(async () => {
    await cognito().send(new AdminDisableUserCommand({ ...pool(), Username: id }));
    await cognito().send(new AdminUserGlobalSignOutCommand({ ...pool(), Username: id }));
  });
}

/**
 * All users of the pool, with their roles: a call for every 60 users and for every 60 members of a role. Of users who change
 * meanwhile, the result can mix old and new.
 */
export async function readAllUsers(): Promise<User[]> {
  const rolesOf = new Map<string, Role[]>();
  for (const role of roles) {
    for (const id of await idsInGroup(role)) {
      rolesOf.set(id, [...(rolesOf.get(id) ?? []), role]);
    }
  }
  const users: User[] = [];
  let PaginationToken: string | undefined;
  do {
    const page = await cognito().send(
      new ListUsersCommand({
        ...pool(),
        Limit: MAX_PAGE_SIZE,
        ...(PaginationToken !== undefined && { PaginationToken }),
      }),
    );
    users.push(...(page.Users ?? []).map((user) => userOf(user, rolesOf.get(user.Username ?? '') ?? [])));
    PaginationToken = page.PaginationToken;
  } while (PaginationToken !== undefined);
  return users;
}

async function idsInGroup(role: Role): Promise<string[]> {
  const ids: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cognito().send(
      new ListUsersInGroupCommand({
        ...pool(),
        GroupName: role,
        Limit: MAX_PAGE_SIZE,
        ...(NextToken !== undefined && { NextToken }),
      }),
    );
    ids.push(...(page.Users ?? []).map(({ Username = '' }) => Username));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return ids;
}

/** Ends the sessions of a user and deletes it. @returns false when there is no such user. */
export async function deleteUser(id: string): Promise<boolean> {
  return isThere(async () => {
    await cognito().send(new AdminUserGlobalSignOutCommand({ ...pool(), Username: id }));
    await cognito().send(new AdminDeleteUserCommand({ ...pool(), Username: id }));
  });
}

async function rolesOfUser(id: string): Promise<Role[]> {
  const { Groups = [] } = await cognito().send(
    new AdminListGroupsForUserCommand({ ...pool(), Username: id, Limit: MAX_PAGE_SIZE }),
  );
  return roles.filter((role) => Groups.some(({ GroupName }) => GroupName === role));
}

function userOf(
  { Username = '', Attributes = [], UserCreateDate, Enabled, UserStatus }: CognitoUser,
  held: Role[],
): User {
  const attribute = (name: string) => Attributes.find(({ Name }) => Name === name)?.Value || undefined;
  const partnerId = attribute(custom(attributes.partnerId));
  const customerId = attribute(custom(attributes.customerId));
  return {
    id: Username,
    email: attribute('email') ?? '',
    firstName: attribute('given_name'),
    lastName: attribute('family_name'),
    partnerId: partnerId === undefined ? undefined : asId('partner', partnerId),
    customerId: customerId === undefined ? undefined : asId('customer', customerId),
    roles: held,
    state: Enabled === false ? 'disabled' : UserStatus === 'FORCE_CHANGE_PASSWORD' ? 'invited' : 'active',
    createdAt: (UserCreateDate ?? new Date(0)).toISOString(),
  };
}

async function isThere(ask: () => Promise<unknown>): Promise<boolean> {
  return (await ifThere(async () => ({ answered: await ask() }))) !== undefined;
}

/** The answer to a request about a user; `undefined` when there is no such user. */
async function ifThere<Value>(ask: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof UserNotFoundException) {
      return undefined;
    }
    throw error;
  }
}
