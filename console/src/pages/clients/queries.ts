import { api, given, type Resource, read } from '../../api/client.ts';

export type ApiClient = Resource<'Client'>;

/** A client with its secret, and until when the previous one is valid. */
export type Secret = Resource<'NewClient'> & { previousSecretValidUntil?: string };

type Role = ApiClient['roles'][number];

const pathOf = (clientId: string) => ({ params: { path: { clientId } } });

export const readClients = (cursor?: string, limit = 50) =>
  read(api.GET('/v1/clients', { params: { query: given({ cursor, limit }) } }));

export const addClient = (body: { name: string; roles: Role[] }): Promise<Secret> =>
  read(api.POST('/v1/clients', { body }));

export const rotateClient = (id: string): Promise<Secret> =>
  read(api.POST('/v1/clients/{clientId}/rotate-secret', pathOf(id)));

export const removeClient = (id: string) => read(api.DELETE('/v1/clients/{clientId}', pathOf(id)));
