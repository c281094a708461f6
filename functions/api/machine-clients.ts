import * as z from 'zod/mini';
import { required } from '../../adapters/environment.ts';
import { machineClientSchema, newMachineClientSchema } from '../../contract/machine-client.ts';
import { partnerRoles } from '../../domain/access.ts';
import { described } from '../../domain/described.ts';
import { type MachineClient, scopeOf } from '../../domain/machine-client.ts';
import { createClient } from '../../use-cases/access/create-client.ts';
import { listClients, readClient } from '../../use-cases/access/read-clients.ts';
import { revokeClient } from '../../use-cases/access/revoke-client.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

/** The characters that Cognito permits in a name. */
const CLIENT_NAME = /^[A-Za-z0-9_+=,.@-]+( [A-Za-z0-9_+=,.@-]+)*$/;

/** API clients of partners, which request tokens without a user. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/platform/partners/{partnerId}/clients',
    operationId: 'createClient',
    showsSecret: true,
    access: 'platform',
    tag: 'Clients',
    summary: 'Create an API client for a partner',
    description:
      'The response contains the secret with which the client requests tokens at `tokenUrl` (OAuth 2.0 client credentials). The secret is shown only once. The client can request tokens with a subset of its scopes.',
    body: () =>
      z.strictObject({
        name: described(
          z
            .string()
            .check(
              z.minLength(1),
              z.maxLength(60),
              z.regex(CLIENT_NAME, 'must consist of letters, digits, single spaces and the characters _+=,.@-'),
            ),
          'Unique among the clients of the partner.',
        ),
        roles: z.array(z.enum(partnerRoles)).check(z.minLength(1), z.maxLength(partnerRoles.length)),
      }),
    example: { name: 'Order desk', roles: ['admin'] },
    answers: { 201: newMachineClientSchema },
    handle: async ({ path: { partnerId }, body }) => {
      const { secret, ...client } = await createClient(partnerId, body);
      return created(
        `/v1/platform/partners/${partnerId}/clients/${client.id}`,
        newMachineClientSchema.parse({ ...withScopes(client), secret }),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/partners/{partnerId}/clients',
    operationId: 'listClients',
    access: 'platform',
    tag: 'Clients',
    summary: 'List the API clients of a partner',
    paged: true,
    answers: { 200: machineClientSchema },
    handle: async ({ path: { partnerId }, page }) => {
      const { items, next } = await listClients(partnerId, page);
      return okPage(items.map(showClient), next);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/platform/partners/{partnerId}/clients/{clientId}',
    operationId: 'getClient',
    access: 'platform',
    tag: 'Clients',
    summary: 'Get an API client',
    answers: { 200: machineClientSchema },
    handle: async ({ path: { partnerId, clientId } }) => okResource(showClient(await readClient(partnerId, clientId))),
  }),
  route({
    method: 'DELETE',
    path: '/v1/platform/partners/{partnerId}/clients/{clientId}',
    operationId: 'revokeClient',
    access: 'platform',
    tag: 'Clients',
    summary: 'Revoke an API client',
    description: 'The client can no longer request tokens, and its existing tokens are rejected immediately.',
    answers: { 204: null },
    handle: async ({ path: { partnerId, clientId }, ifMatch }) => {
      await revokeClient(partnerId, clientId, (client) => requireMatch(ifMatch, showClient(client)));
      return noContent;
    },
  }),
];

function withScopes(client: MachineClient) {
  const scopes = client.roles.map((role) => scopeOf(client.partnerId, role));
  return { ...client, scopes, tokenUrl: required('TOKEN_URL') };
}

const showClient = (client: MachineClient) => machineClientSchema.parse(withScopes(client));

export const handler = createApiHandler(routes);
