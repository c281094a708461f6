import * as z from 'zod/mini';
import { showUser, userSchema } from '../../contract/user.ts';
import { customerRoles, partnerRoles, roles } from '../../domain/access.ts';
import { described } from '../../domain/described.ts';
import { idSchemaOf, line } from '../../domain/text.ts';
import type { User } from '../../domain/user.ts';
import { grantRole, revokeRole } from '../../use-cases/access/change-roles.ts';
import { inviteUser } from '../../use-cases/access/invite-user.ts';
import { listPartnerUsers, listUsers, readPartnerUser, readUser } from '../../use-cases/access/read-users.ts';
import { removeUser } from '../../use-cases/access/remove-user.ts';
import { resendInvitation } from '../../use-cases/access/resend-invitation.ts';
import { updateUser } from '../../use-cases/access/update-user.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

/** Cognito accepts addresses of up to 128 characters. */
const email = z.email().check(z.maxLength(128));

const name = () => line(100);

/** The roles of a partner's users and of its customers' users. */
const rolesOfPartner = [...partnerRoles, ...customerRoles] as const;

/** Users of the deployment's user pool and their roles. */
const platformRoutes = [
  route({
    method: 'POST',
    path: '/v1/platform/users',
    operationId: 'inviteUser',
    access: 'platform',
    tag: 'Users',
    summary: 'Invite a user',
    description:
      'Sends an email with the sign-in link and a temporary password, valid for 24 hours. Omit `partnerId` for a wholesaler user; set `customerId` for a user of a customer. Repeat the request to complete an invitation that was interrupted.',
    body: () =>
      z.strictObject({
        email,
        firstName: z.optional(name()),
        lastName: z.optional(name()),
        partnerId: described(z.optional(idSchemaOf<'partner'>()), 'Omit for a wholesaler user.'),
        customerId: described(
          z.optional(idSchemaOf<'customer'>()),
          'Set for a user of one of the partner’s customers.',
        ),
        roles: z.array(z.enum(roles)).check(z.minLength(1), z.maxLength(roles.length)),
      }),
    example: { email: 'ada@acme.example', partnerId: 'acme', roles: ['admin'] },
    answers: { 201: userSchema },
    handle: async ({ caller, body }) => {
      const user = await inviteUser(body, caller);
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
    description: 'Sends the email again, with another temporary password, valid for 24 hours.',
    answers: { 204: null },
    handle: async ({ path: { userId } }) => {
      await resendInvitation(await readUser(userId));
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
    handle: async ({ caller, path: { userId, role } }) => {
      const { user, isNew } = await grantRole(await readUser(userId), role, caller);
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
    handle: async ({ caller, path: { userId, role }, ifMatch }) => {
      await revokeRole(await readUser(userId), role, { by: caller, precondition: matching(ifMatch) });
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
    description: 'Ends all sessions of the user. Existing tokens are refused within a minute.',
    answers: { 204: null },
    handle: async ({ caller, path: { userId }, ifMatch }) => {
      await removeUser(await readUser(userId), { by: caller, precondition: matching(ifMatch) });
      return noContent;
    },
  }),
];

/** The users of the caller's partner and of its customers. */
const partnerRoutes = [
  route({
    method: 'POST',
    path: '/v1/users',
    operationId: 'invitePartnerUser',
    access: 'create_users',
    tag: 'Users',
    summary: 'Invite a user of your company or of a customer',
    description:
      'Sends an email with the sign-in link and a temporary password, valid for 24 hours. You can grant only roles that you have yourself, and roles of customers. Repeat the request to complete an invitation that was interrupted.',
    body: () =>
      z.strictObject({
        email,
        firstName: z.optional(name()),
        lastName: z.optional(name()),
        customerId: described(z.optional(idSchemaOf<'customer'>()), 'Set for a user of one of your customers.'),
        roles: z.array(z.enum(rolesOfPartner)).check(z.minLength(1), z.maxLength(rolesOfPartner.length)),
      }),
    example: { email: 'ada@acme.example', firstName: 'Ada', roles: ['admin'] },
    answers: { 201: userSchema },
    handle: async ({ caller, body }) => {
      const user = await inviteUser({ ...body, partnerId: caller.partnerId }, caller);
      return created(`/v1/users/${user.id}`, showUser(user));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/users',
    operationId: 'listPartnerUsers',
    access: 'see_users',
    tag: 'Users',
    summary: 'List the users of your company and of your customers',
    description: 'Users are not sorted. Users of a customer see only the users of the same customer.',
    paged: true,
    query: () => z.strictObject({ customerId: z.optional(idSchemaOf<'customer'>()), email: z.optional(email) }),
    answers: { 200: userSchema },
    handle: async ({ caller, query, page }) => {
      const { items, next } = await listPartnerUsers(caller, query, page);
      return okPage(items.map(showUser), next);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/users/{userId}',
    operationId: 'getPartnerUser',
    access: 'see_users',
    tag: 'Users',
    summary: 'Get a user',
    answers: { 200: userSchema },
    handle: async ({ caller, path: { userId } }) => okResource(showUser(await readPartnerUser(caller, userId))),
  }),
  route({
    method: 'PATCH',
    path: '/v1/users/{userId}',
    operationId: 'updatePartnerUser',
    access: 'manage_users',
    tag: 'Users',
    summary: 'Rename, deactivate or reactivate a user',
    description:
      'With `active: false`, the user can no longer sign in, all sessions of the user end, and existing tokens are refused within a minute. You cannot deactivate your own user, nor the last active admin.',
    body: () =>
      z.strictObject({
        firstName: z.optional(z.nullable(name())),
        lastName: z.optional(z.nullable(name())),
        active: z.optional(z.boolean()),
      }),
    example: { active: false },
    answers: { 200: userSchema },
    handle: async ({ caller, path: { userId }, body, ifMatch }) => {
      const before = await readPartnerUser(caller, userId);
      const after = await updateUser(before, body, { by: caller, precondition: matching(ifMatch) });
      return { ...okResource(showUser(after)), before: showUser(before) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/{userId}',
    operationId: 'deletePartnerUser',
    access: 'manage_users',
    tag: 'Users',
    summary: 'Delete a user of your company or of a customer',
    description:
      'Ends all sessions of the user. Existing tokens are refused within a minute. You cannot delete your own user, nor the last active admin.',
    answers: { 204: null },
    handle: async ({ caller, path: { userId }, ifMatch }) => {
      const before = await readPartnerUser(caller, userId);
      await removeUser(before, { by: caller, precondition: matching(ifMatch) });
      return { ...noContent, before: showUser(before) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/users/{userId}/invite-again',
    operationId: 'resendPartnerInvitation',
    access: 'create_users',
    tag: 'Users',
    summary: 'Resend an invitation',
    description: 'Sends the email again, with another temporary password, to a user who has not signed in yet.',
    answers: { 204: null },
    handle: async ({ caller, path: { userId } }) => {
      await resendInvitation(await readPartnerUser(caller, userId));
      return noContent;
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/users/{userId}/roles/{role}',
    operationId: 'grantPartnerRole',
    access: 'manage_users',
    tag: 'Users',
    summary: 'Grant a role to a user of your company or of a customer',
    description:
      'You can grant only roles that you have yourself, and roles of customers. Takes effect with the user’s next token, within an hour.',
    answers: { 200: userSchema, 201: userSchema },
    handle: async ({ caller, path: { userId, role } }) => {
      const before = await readPartnerUser(caller, userId);
      const { user, isNew } = await grantRole(before, role, caller);
      const shown = showUser(user);
      const answer = isNew ? created(`/v1/users/${userId}/roles/${role}`, shown) : okResource(shown);
      return { ...answer, before: showUser(before) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/{userId}/roles/{role}',
    operationId: 'revokePartnerRole',
    access: 'manage_users',
    tag: 'Users',
    summary: 'Revoke a role from a user of your company or of a customer',
    description:
      'Existing tokens keep the role for up to an hour. The last role of a user cannot be revoked, nor the role `admin` of the last active admin.',
    answers: { 204: null },
    handle: async ({ caller, path: { userId, role }, ifMatch }) => {
      await revokeRole(await readPartnerUser(caller, userId), role, { by: caller, precondition: matching(ifMatch) });
      return noContent;
    },
  }),
];

/** Honours `If-Match` of a change of a user. */
const matching = (ifMatch: string | undefined) => (user: User) => requireMatch(ifMatch, showUser(user));

export const routes = [...platformRoutes, ...partnerRoutes];

export const handler = createApiHandler(routes);
