import * as z from 'zod/mini';
import { showAs } from '../../contract/fields.ts';
import {
  machineClientSchema,
  newMachineClientSchema,
  rotatedMachineClientSchema,
} from '../../contract/machine-client.ts';
import { partnerRoles } from '../../domain/access.ts';
import { described } from '../../domain/described.ts';
import { type MachineClient, scopeOf, TOKEN_PATH } from '../../domain/machine-client.ts';
import { createClient } from '../../use-cases/access/create-client.ts';
import { listClients, readClient } from '../../use-cases/access/read-clients.ts';
import { revokeClient } from '../../use-cases/access/revoke-client.ts';
import { rotateClientSecret } from '../../use-cases/access/rotate-client-secret.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { originOf } from '../http/origin.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

/** Letters, digits and signs that need no quoting in a command or a configuration file. */
const CLIENT_NAME = /^[A-Za-z0-9_+=,.@-]+( [A-Za-z0-9_+=,.@-]+)*$/;

const newClient = () =>
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
  });

type Headers = Readonly<Record<string, string | undefined>>;

/** The tag with which `If-Match` is compared belongs to the client as this caller sees it. */
const matching = (ifMatch: string | undefined, headers: Headers) => (client: MachineClient) =>
  requireMatch(ifMatch, showClient(client, headers));

/** The API clients of partners, as the platform manages them. */
const platformRoutes = [
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
    body: newClient,
    example: { name: 'Order desk', roles: ['admin'] },
    answers: { 201: newMachineClientSchema },
    handle: async ({ path: { partnerId }, body, now, newId, headers }) => {
      const client = await createClient(partnerId, body, { now, newId });
      return created(`/v1/platform/partners/${partnerId}/clients/${client.id}`, showNewClient(client, headers));
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
    handle: async ({ path: { partnerId }, page, headers }) => {
      const { items, next } = await listClients(partnerId, page);
      return okPage(
        items.map((client) => showClient(client, headers)),
        next,
      );
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
    handle: async ({ path: { partnerId, clientId }, headers }) =>
      okResource(showClient(await readClient(partnerId, clientId), headers)),
  }),
  route({
    method: 'DELETE',
    path: '/v1/platform/partners/{partnerId}/clients/{clientId}',
    operationId: 'revokeClient',
    access: 'platform',
    tag: 'Clients',
    summary: 'Revoke an API client',
    description:
      'The client can no longer request tokens, and its existing tokens are rejected with 401 within a minute.',
    answers: { 204: null },
    handle: async ({ path: { partnerId, clientId }, ifMatch, headers }) => {
      await revokeClient(partnerId, clientId, matching(ifMatch, headers));
      return noContent;
    },
  }),
];

/** The API clients of the caller's partner. */
const partnerRoutes = [
  route({
    method: 'POST',
    path: '/v1/clients',
    operationId: 'createOwnClient',
    showsSecret: true,
    access: 'clients',
    tag: 'Clients',
    summary: 'Create an API client for a system of yours',
    description:
      'The response contains the secret with which the client requests tokens at `tokenUrl` (OAuth 2.0 client credentials). The secret is shown only once. The client can request tokens with a subset of its scopes.',
    body: newClient,
    example: { name: 'Order desk', roles: ['provisioning'] },
    answers: { 201: newMachineClientSchema },
    handle: async ({ caller, body, now, newId, headers }) => {
      const client = await createClient(caller.partnerId, body, { now, newId });
      return created(`/v1/clients/${client.id}`, showNewClient(client, headers));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/clients',
    operationId: 'listOwnClients',
    access: 'clients',
    tag: 'Clients',
    summary: 'List the API clients of your systems',
    paged: true,
    answers: { 200: machineClientSchema },
    handle: async ({ caller, page, headers }) => {
      const { items, next } = await listClients(caller.partnerId, page);
      return okPage(
        items.map((client) => showClient(client, headers)),
        next,
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/clients/{clientId}',
    operationId: 'getOwnClient',
    access: 'clients',
    tag: 'Clients',
    summary: 'Get an API client',
    answers: { 200: machineClientSchema },
    handle: async ({ caller, path: { clientId }, headers }) =>
      okResource(showClient(await readClient(caller.partnerId, clientId), headers)),
  }),
  route({
    method: 'DELETE',
    path: '/v1/clients/{clientId}',
    operationId: 'revokeOwnClient',
    access: 'clients',
    tag: 'Clients',
    summary: 'Revoke an API client',
    description:
      'The client can no longer request tokens, and its existing tokens are rejected with 401 within a minute.',
    answers: { 204: null },
    handle: async ({ caller, path: { clientId }, ifMatch, headers }) => {
      const client = await revokeClient(caller.partnerId, clientId, matching(ifMatch, headers));
      return { ...noContent, before: showClient(client, headers) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/clients/{clientId}/rotate-secret',
    operationId: 'rotateClientSecret',
    showsSecret: true,
    access: 'clients',
    tag: 'Clients',
    summary: 'Give an API client another secret',
    description:
      'The previous secret stays valid for a day, so that your system has time to change it. The one before it ends at once. Tokens are not affected.',
    answers: { 200: rotatedMachineClientSchema },
    handle: async ({ caller, path: { clientId }, now, headers }) => {
      const { secret, previousSecretValidUntil, ...client } = await rotateClientSecret(caller.partnerId, clientId, now);
      const shown = { ...withScopes(client, headers), secret, previousSecretValidUntil };
      return okResource(showAs(rotatedMachineClientSchema, shown));
    },
  }),
];

export const routes = [...platformRoutes, ...partnerRoutes];

function withScopes(client: MachineClient, headers: Headers) {
  const scopes = client.roles.map((role) => scopeOf(client.partnerId, role));
  return { ...client, scopes, tokenUrl: `${originOf(headers)}${TOKEN_PATH}` };
}

const showClient = (client: MachineClient, headers: Headers) =>
  showAs(machineClientSchema, withScopes(client, headers));

const showNewClient = ({ secret, ...client }: MachineClient & { secret: string }, headers: Headers) =>
  showAs(newMachineClientSchema, { ...withScopes(client, headers), secret });

export const handler = createApiHandler(routes);
