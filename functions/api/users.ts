import * as z from 'zod/mini';
import {
  addRole,
  createUser,
  deleteUser,
  getUser,
  queryUsers,
  sendInvitationAgain,
  withdrawRole,
} from '../../adapters/cognito/users.ts';
import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { showUser, userSchema } from '../../contract/user.ts';
import { type Role, roles } from '../../domain/access.ts';
import { described } from '../../domain/described.ts';
import { idSchema } from '../../domain/text.ts';
import {
  canLoseRole,
  isIncompleteInvitation,
  type Owner,
  roleProblem,
  type User,
  userViolations,
} from '../../domain/user.ts';
import { requireUserPool } from '../../use-cases/access/require-user-pool.ts';
import { invalidInput, notFound, Refusal, unknownId } from '../../use-cases/refusal.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

/** As long as Cognito lets it be. */
const email = z.email().check(z.maxLength(128));

/** Who may sign in at the deployment's own user pool, and what he may then do. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/platform/users',
    operationId: 'inviteUser',
    access: 'platform',
    tag: 'Users',
    summary: 'Invite a user',
    description:
      'Sends an email with a temporary password. Omit `partnerId` for a wholesaler user; set `customerId` for a user of a customer. Repeat the request to complete an invitation that was interrupted.',
    body: z.lazy(() =>
      z.strictObject({
        email,
        partnerId: described(z.optional(idSchema), 'Omit for a wholesaler user.'),
        customerId: described(z.optional(idSchema), 'Set for a user of one of the partner’s customers.'),
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
      const invited = await createUser(body);
      if (invited === 'no address') {
        throw invalidInput([
          { pointer: '/email', code: 'invalid_format', message: 'email must be a deliverable email address.' },
        ]);
      }
      const user = invited === 'taken' ? await cutShort(body) : invited;
      if (!user) {
        throw new Refusal('email_taken', `A user with the email address ${body.email} already exists.`);
      }
      await giveRoles(user, body.roles);
      return created(`/v1/platform/users/${user.id}`, showUser(await theUser(user.id)));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/users',
    operationId: 'listUsers',
    access: 'platform',
    tag: 'Users',
    summary: 'List users',
    description: 'Users are not sorted. A page has at most 60 items.',
    paged: true,
    query: () => z.strictObject({ email: z.optional(email) }),
    answers: { 200: userSchema },
    handle: async ({ query, page }) => {
      requireUserPool();
      const { items, last } = await queryUsers(query, page.limit, page.after);
      return okPage(items.map(showUser), last);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/users/{userId}',
    operationId: 'getUser',
    access: 'platform',
    tag: 'Users',
    summary: 'Get a user',
    answers: { 200: userSchema },
    handle: async ({ path: { userId } }) => {
      requireUserPool();
      return okResource(showUser(await theUser(userId)));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/platform/users/{userId}/invite-again',
    operationId: 'resendInvitation',
    access: 'platform',
    tag: 'Users',
    summary: 'Resend an invitation',
    description: 'Sends another temporary password. The previous one stays valid for a week.',
    answers: { 204: null },
    handle: async ({ path: { userId } }) => {
      requireUserPool();
      const user = await theUser(userId);
      if (user.state !== 'invited') {
        throw new Refusal('wrong_state', `The user is ${user.state}. Only invited users can be invited again.`);
      }
      if (!(await sendInvitationAgain(user))) {
        throw notFound('user', userId);
      }
      return noContent;
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/platform/users/{userId}/roles/{role}',
    operationId: 'grantRole',
    access: 'platform',
    tag: 'Users',
    summary: 'Grant a role to a user',
    description: 'Takes effect with the user’s next token, within an hour.',
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
        return okResource(showUser(user));
      }
      if (!(await addRole(userId, role))) {
        throw notFound('user', userId);
      }
      return created(`/v1/platform/users/${userId}/roles/${role}`, showUser(await theUser(userId)));
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/platform/users/{userId}/roles/{role}',
    operationId: 'revokeRole',
    access: 'platform',
    tag: 'Users',
    summary: 'Revoke a role from a user',
    description:
      'Existing tokens keep the role for up to an hour. The last role cannot be revoked; delete the user instead.',
    answers: { 204: null },
    handle: async ({ path: { userId, role: name }, ifMatch }) => {
      requireUserPool();
      const user = await theUser(userId);
      const role = theRole(name);
      if (!user.roles.includes(role)) {
        throw notFound('role of the user', role);
      }
      requireMatch(ifMatch, showUser(user));
      if (!canLoseRole(user, role)) {
        throw new Refusal('last_role', `${role} is the user’s only role. Delete the user instead.`);
      }
      if (!(await withdrawRole(userId, role))) {
        throw notFound('user', userId);
      }
      return noContent;
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/platform/users/{userId}',
    operationId: 'deleteUser',
    access: 'platform',
    tag: 'Users',
    summary: 'Delete a user',
    description: 'Ends all sessions of the user. Existing tokens stay valid for up to an hour.',
    answers: { 204: null },
    handle: async ({ caller, path: { userId }, ifMatch }) => {
      requireUserPool();
      const user = await theUser(userId);
      requireMatch(ifMatch, showUser(user));
      // So that somebody of the platform is left.
      if (userId === caller.userId) {
        throw new Refusal('own_user', 'You cannot delete your own user. Ask another platform user.');
      }
      if (!(await deleteUser(userId))) {
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

/** @throws Refusal 422 when the partner or the customer is not there */
async function requireOwner({ partnerId, customerId }: Owner): Promise<void> {
  if (partnerId !== undefined && !(await getPartner(partnerId))) {
    throw unknownId('/partnerId', 'partner', partnerId);
  }
  if (partnerId !== undefined && customerId !== undefined && !(await getCustomer(partnerId, customerId))) {
    throw unknownId('/customerId', 'customer', customerId);
  }
}

type Invitation = Owner & { email: string; roles: readonly Role[] };

/** The user of an invitation that was stopped in the middle. */
async function cutShort(invitation: Invitation): Promise<User | undefined> {
  const { items } = await queryUsers({ email: invitation.email }, 1, undefined);
  return items.find((user) => isIncompleteInvitation(user, invitation));
}

/** Gives all of the roles, or takes the user away again: nobody is left with a part of what he was to have. */
async function giveRoles(user: User, wanted: readonly Role[]): Promise<void> {
  try {
    for (const role of wanted.filter((one) => !user.roles.includes(one))) {
      await addRole(user.id, role);
    }
  } catch (error) {
    await deleteUser(user.id);
    throw error;
  }
}

export const handler = createApiHandler(routes);
