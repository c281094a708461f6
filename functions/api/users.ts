import * as z from 'zod/mini';
import {
  getUser,
  giveRole,
  inviteAgain,
  inviteUser,
  queryUsers,
  removeUser,
  takeRole,
} from '../../adapters/cognito/users.ts';
import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { type Role, roles } from '../../domain/access.ts';
import { described } from '../../domain/described.ts';
import { idSchema } from '../../domain/text.ts';
import { isCutShort, mayLoseRole, roleProblem, type User, userViolations, type Whose } from '../../domain/user.ts';
import { requireMatch } from '../http/etag.ts';
import { HttpProblem, invalidInput, notFound, unknownId } from '../http/problem.ts';
import { created, list, noContent, one, route } from '../http/route.ts';
import { serve } from '../http/serve.ts';
import { showUser, userSchema } from './representations.ts';
import { requireUserPool } from './user-pool.ts';

/** As long as Cognito lets it be. */
const email = z.email().check(z.maxLength(128));

/** Who may sign in at the deployment's own user pool, and what he may then do. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/platform/users',
    access: 'platform',
    tag: 'Users',
    summary: 'Invite a user',
    description:
      'He gets a mail with a password for the first time. Without a partner he is the wholesaler’s own; with a customer, that customer’s. An invitation that was cut short is completed when it is asked for again.',
    body: z.lazy(() =>
      z.strictObject({
        email,
        partnerId: described(z.optional(idSchema), 'Left out for a user of the wholesaler'),
        customerId: described(z.optional(idSchema), 'For a user of a customer of the partner'),
        roles: z.array(z.enum(roles)).check(z.minLength(1), z.maxLength(roles.length)),
      }),
    ),
    example: { email: 'ada@acme.example', partnerId: 'acme', roles: ['admin'] },
    answers: { 201: userSchema },
    handle: async ({ body }) => {
      requireUserPool();
      const violations = userViolations(body);
      if (violations.length > 0) {
        throw invalidInput(violations);
      }
      await requireOwner(body);
      const invited = await inviteUser(body);
      if (invited === 'no address') {
        throw invalidInput([{ pointer: '/email', code: 'invalid_format', message: 'That is no address for mail.' }]);
      }
      const user = invited === 'taken' ? await cutShort(body) : invited;
      if (!user) {
        throw new HttpProblem('email_taken', `There is a user ${body.email} already.`);
      }
      await giveRoles(user, body.roles);
      return created(`/v1/platform/users/${user.id}`, showUser(await theUser(user.id)));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/users',
    access: 'platform',
    tag: 'Users',
    summary: 'List users',
    description: 'In no certain order, and no more than 60 at a time.',
    paged: true,
    query: () => z.strictObject({ email: z.optional(email) }),
    answers: { 200: userSchema },
    handle: async ({ query, page }) => {
      requireUserPool();
      const { items, last } = await queryUsers(query, page.limit, page.after);
      return list(items.map(showUser), last);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/users/{userId}',
    access: 'platform',
    tag: 'Users',
    summary: 'Get a user',
    answers: { 200: userSchema },
    handle: async ({ path: { userId } }) => {
      requireUserPool();
      return one(showUser(await theUser(userId)));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/platform/users/{userId}/invite-again',
    access: 'platform',
    tag: 'Users',
    summary: 'Send an invitation again',
    description: 'With another password for the first time: the one before is good for a week.',
    answers: { 204: null },
    handle: async ({ path: { userId } }) => {
      requireUserPool();
      const user = await theUser(userId);
      if (user.state !== 'invited') {
        throw new HttpProblem('wrong_state', `The user is ${user.state}: only who is invited can be invited again.`);
      }
      if (!(await inviteAgain(user))) {
        throw notFound('user', userId);
      }
      return noContent;
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/platform/users/{userId}/roles/{role}',
    access: 'platform',
    tag: 'Users',
    summary: 'Give a role to a user',
    description: 'It is in his next token, within an hour.',
    answers: { 200: userSchema, 201: userSchema },
    handle: async ({ path: { userId, role: name } }) => {
      requireUserPool();
      const user = await theUser(userId);
      const role = theRole(name);
      const problem = roleProblem(user, role);
      if (problem) {
        throw invalidInput([{ pointer: '/path/role', code: problem.code, message: problem.detail }]);
      }
      if (user.roles.includes(role)) {
        return one(showUser(user));
      }
      if (!(await giveRole(userId, role))) {
        throw notFound('user', userId);
      }
      return created(`/v1/platform/users/${userId}/roles/${role}`, showUser(await theUser(userId)));
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/platform/users/{userId}/roles/{role}',
    access: 'platform',
    tag: 'Users',
    summary: 'Take a role from a user',
    description: 'It is in his tokens for an hour at the most. The last role stays: remove the user.',
    answers: { 204: null },
    handle: async ({ path: { userId, role: name }, ifMatch }) => {
      requireUserPool();
      const user = await theUser(userId);
      const role = theRole(name);
      if (!user.roles.includes(role)) {
        throw notFound('role of the user', role);
      }
      requireMatch(ifMatch, showUser(user));
      if (!mayLoseRole(user, role)) {
        throw new HttpProblem('last_role', `${role} is the only role of the user: remove the user.`);
      }
      if (!(await takeRole(userId, role))) {
        throw notFound('user', userId);
      }
      return noContent;
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/platform/users/{userId}',
    access: 'platform',
    tag: 'Users',
    summary: 'Remove a user',
    description: 'He is signed out everywhere. A token that he has is good for an hour at the most.',
    answers: { 204: null },
    handle: async ({ caller, path: { userId }, ifMatch }) => {
      requireUserPool();
      const user = await theUser(userId);
      requireMatch(ifMatch, showUser(user));
      // So that somebody of the platform is left.
      if (userId === caller.userId) {
        throw new HttpProblem('own_user', 'Nobody removes himself: another user of the platform can.');
      }
      if (!(await removeUser(userId))) {
        throw notFound('user', userId);
      }
      return noContent;
    },
  }),
];

async function theUser(id: string): Promise<User> {
  const user = await getUser(id);
  if (!user) {
    throw notFound('user', id);
  }
  return user;
}

function theRole(name: string): Role {
  const role = roles.find((known) => known === name);
  if (!role) {
    throw notFound('role', name);
  }
  return role;
}

/** @throws HttpProblem 422 when the partner or the customer is not there */
async function requireOwner({ partnerId, customerId }: Whose): Promise<void> {
  if (partnerId !== undefined && !(await getPartner(partnerId))) {
    throw unknownId('/partnerId', 'partner', partnerId);
  }
  if (partnerId !== undefined && customerId !== undefined && !(await getCustomer(partnerId, customerId))) {
    throw unknownId('/customerId', 'customer', customerId);
  }
}

type Invitation = Whose & { email: string; roles: readonly Role[] };

/** The user of an invitation that was stopped in the middle. */
async function cutShort(invitation: Invitation): Promise<User | undefined> {
  const { items } = await queryUsers({ email: invitation.email }, 1, undefined);
  return items.find((user) => isCutShort(user, invitation));
}

/** Gives all of the roles, or takes the user away again: nobody is left with a part of what he was to have. */
async function giveRoles(user: User, wanted: readonly Role[]): Promise<void> {
  try {
    for (const role of wanted.filter((one) => !user.roles.includes(one))) {
      await giveRole(user.id, role);
    }
  } catch (error) {
    await removeUser(user.id);
    throw error;
  }
}

export const handler = serve(routes);
