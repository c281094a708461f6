import { queryOptions } from '@tanstack/react-query';
import { api, given, ifMatch, type Resource, read, readWithEtag } from '../../api/client.ts';
import type { PlatformInvitation } from './platform-invitation.ts';

export type User = Resource<'User'>;

const pathOf = (userId: string) => ({ params: { path: { userId } } });

export const readAllUsers = (email: string | undefined, cursor: string | undefined) =>
  read(api.GET('/v1/platform/users', { params: { query: given({ email, cursor, limit: 50 }) } }));

export const platformUserQuery = (userId: string) =>
  queryOptions({
    queryKey: ['platform users', userId],
    queryFn: () => readWithEtag(api.GET('/v1/platform/users/{userId}', pathOf(userId))),
  });

export const inviteUser = (body: PlatformInvitation) => read(api.POST('/v1/platform/users', { body }));

export const resendInvitation = (userId: string) =>
  read(api.POST('/v1/platform/users/{userId}/invite-again', pathOf(userId)));

export const deleteUser = (userId: string, etag: string | undefined) =>
  read(api.DELETE('/v1/platform/users/{userId}', { ...pathOf(userId), ...ifMatch(etag) }));

export const grantRole = (userId: string, role: string) =>
  read(api.PUT('/v1/platform/users/{userId}/roles/{role}', { params: { path: { userId, role } } }));

export const revokeRole = (userId: string, role: string) =>
  read(api.DELETE('/v1/platform/users/{userId}/roles/{role}', { params: { path: { userId, role } } }));
