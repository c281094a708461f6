import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUserGlobalSignOutCommand,
  type AttributeType,
  InvalidParameterException,
  ListUsersCommand,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import pMap from 'p-map';
import { type Role, roles } from '../../domain/access.ts';
import type { Owner, User } from '../../domain/user.ts';
import { attributes, custom } from './attributes.ts';
import { CALLS_IN_FLIGHT, cognito, MAX_PAGE_SIZE, pool } from './user-pool.ts';

/** Cognito refuses to look for what cannot be an id. */
const USER_ID = /^[\w-]+$/;

/** What Cognito tells of a user, in whichever of its answers. */
type Told = {
  Username?: string | undefined;
  Attributes?: AttributeType[] | undefined;
  UserCreateDate?: Date | undefined;
  Enabled?: boolean | undefined;
  UserStatus?: string | undefined;
};

/** An invitation that was not sent: there is a user of that address, or Cognito takes it for none. */
export type NotInvited = 'taken' | 'no address';

/** Makes a user, who gets a mail with a password for the first time. */
export async function createUser(user: Owner & { email: string }): Promise<User | NotInvited> {
  const given = {
    email: user.email,
    email_verified: 'true',
    [custom(attributes.partnerId)]: user.partnerId,
    [custom(attributes.customerId)]: user.customerId,
  };
  try {
    const { User: made = {} } = await cognito().send(
      new AdminCreateUserCommand({
        ...pool(),
        Username: user.email,
        UserAttributes: Object.entries(given).flatMap(([Name, Value]) =>
          Value === undefined ? [] : [{ Name, Value }],
        ),
        DesiredDeliveryMediums: ['EMAIL'],
      }),
    );
    return userOf(made, []);
  } catch (error) {
    if (error instanceof UsernameExistsException) {
      return 'taken';
    }
    if (error instanceof InvalidParameterException) {
      return 'no address';
    }
    throw error;
  }
}

/** Sends an invitation again, with another password and for another week. @returns false when there is no such user. */
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
    const told = await cognito().send(new AdminGetUserCommand({ ...pool(), Username: id }));
    // Cognito knows a user by his address, too: here he is called by his id alone.
    return told.Username === id
      ? userOf({ ...told, Attributes: told.UserAttributes }, await rolesOfUser(id))
      : undefined;
  });
}

/** Users in no order of ours; a page may have fewer than `limit`, and still be followed by another. */
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
  const found = await pMap(Users, (told) => ifThere(async () => userOf(told, await rolesOfUser(told.Username ?? ''))), {
    concurrency: CALLS_IN_FLIGHT,
  });
  // Whoever was removed meanwhile is not there.
  const items = found.filter((user) => user !== undefined);
  return { items, ...(PaginationToken !== undefined && { last: PaginationToken }) };
}

/** Gives a role; one that the user has stays. @returns false when there is no such user. */
export async function addRole(id: string, role: Role): Promise<boolean> {
  return isThere(() => cognito().send(new AdminAddUserToGroupCommand({ ...pool(), Username: id, GroupName: role })));
}

/** @returns false when there is no such user. */
export async function withdrawRole(id: string, role: Role): Promise<boolean> {
  return isThere(() =>
    cognito().send(new AdminRemoveUserFromGroupCommand({ ...pool(), Username: id, GroupName: role })),
  );
}

/** Removes a user, whose sign-in cannot be renewed from then on. @returns false when there is no such user. */
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

function userOf({ Username = '', Attributes = [], UserCreateDate, Enabled, UserStatus }: Told, held: Role[]): User {
  const attribute = (name: string) => Attributes.find(({ Name }) => Name === name)?.Value || undefined;
  return {
    id: Username,
    email: attribute('email') ?? '',
    partnerId: attribute(custom(attributes.partnerId)),
    customerId: attribute(custom(attributes.customerId)),
    roles: held,
    state: Enabled === false ? 'disabled' : UserStatus === 'FORCE_CHANGE_PASSWORD' ? 'invited' : 'active',
    createdAt: (UserCreateDate ?? new Date(0)).toISOString(),
  };
}

async function isThere(ask: () => Promise<unknown>): Promise<boolean> {
  return (await ifThere(async () => ({ answered: await ask() }))) !== undefined;
}

/** What was asked of a user; `undefined` when there is no such user. */
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
