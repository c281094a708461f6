import { queryOptions } from '@tanstack/react-query';
import { api, given, ifMatch, type Resource, read, readWithEtag } from '../../api/client.ts';
import type { Invitation } from './invitation.ts';

export type User = Resource<'User'>;

export type UserFilter = { customerId?: string | undefined; email?: string | undefined };

const pathOf = (userId: string) => ({ params: { path: { userId } } });

export const readUsers = (filter: UserFilter, cursor?: string) =>
  read(api.GET('/v1/users', { params: { query: given({ ...filter, cursor, limit: 50 }) } }));

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', id],
    queryFn: () => readWithEtag(api.GET('/v1/users/{userId}', pathOf(id))),
  });

export const sendInvitation = (body: Invitation) => read(api.POST('/v1/users', { body }));

export const resendInvitationTo = (id: string) => read(api.POST('/v1/users/{userId}/invite-again', pathOf(id)));

export const changeUser = (
  id: string,
  body: { firstName?: string | null; lastName?: string | null; active?: boolean },
  etag: string | undefined,
) => read(api.PATCH('/v1/users/{userId}', { ...pathOf(id), ...ifMatch(etag), body }));

export const removeUserById = (id: string, etag: string | undefined) =>
  read(api.DELETE('/v1/users/{userId}', { ...pathOf(id), ...ifMatch(etag) }));

export const giveRole = (userId: string, role: string) =>
  read(api.PUT('/v1/users/{userId}/roles/{role}', { params: { path: { userId, role } } }));

export const takeRole = (userId: string, role: string) =>
  read(api.DELETE('/v1/users/{userId}/roles/{role}', { params: { path: { userId, role } } }));
