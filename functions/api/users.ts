import * as z from 'zod/mini';
import { showUser, userSchema } from '../../contract/user.ts';
import { roles } from '../../domain/access.ts';
import { described } from '../../domain/described.ts';
import { idSchemaOf } from '../../domain/text.ts';
import type { User } from '../../domain/user.ts';
import { grantRole, revokeRole } from '../../use-cases/access/change-roles.ts';
import { inviteUser } from '../../use-cases/access/invite-user.ts';
import { listUsers, readUser } from '../../use-cases/access/read-users.ts';
import { removeUser } from '../../use-cases/access/remove-user.ts';
import { resendInvitation } from '../../use-cases/access/resend-invitation.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

/** Cognito accepts addresses of up to 128 characters. */
const email = z.email().check(z.maxLength(128));

/** Users of the deployment's user pool and their roles. */
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
    body: () =>
      z.strictObject({
        email,
        partnerId: described(z.optional(idSchemaOf<'partner'>()), 'Omit for a wholesaler user.'),
        customerId: described(
          z.optional(idSchemaOf<'customer'>()),
          'Set for a user of one of the partner’s customers.',
        ),
        roles: z.array(z.enum(roles)).check(z.minLength(1), z.maxLength(roles.length)),
      }),
    example: { email: 'ada@acme.example', partnerId: 'acme', roles: ['admin'] },
    answers: { 201: userSchema },
    handle: async ({ body }) => {
      const user = await inviteUser(body);
      return created(`/v1/platform/users/${user.id}`, showUser(user));
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
      const { items, last } = await listUsers(query, page);
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
    handle: async ({ path: { userId } }) => okResource(showUser(await readUser(userId))),
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
      await resendInvitation(userId);
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
    handle: async ({ path: { userId, role } }) => {
      const { user, isNew } = await grantRole(userId, role);
      const shown = showUser(user);
      return isNew ? created(`/v1/platform/users/${userId}/roles/${role}`, shown) : okResource(shown);
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
    handle: async ({ path: { userId, role }, ifMatch }) => {
      await revokeRole(userId, role, (user) => requireMatch(ifMatch, showUser(user)));
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
      const precondition = (user: User) => requireMatch(ifMatch, showUser(user));
      await removeUser(userId, { actor: caller.userId, precondition });
      return noContent;
    },
  }),
];

export const handler = createApiHandler(routes);
