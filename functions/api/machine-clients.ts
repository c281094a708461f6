import * as z from 'zod/mini';
import { MAX_AUDIENCES } from '../../adapters/api-gateway/audiences.ts';
import {
  clientsOf,
  createMachineClient,
  deleteMachineClient,
  getMachineClient,
  getMachineClients,
  listAllClients,
} from '../../adapters/cognito/machine-clients.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { required } from '../../adapters/environment.ts';
import { machineClientSchema, newMachineClientSchema } from '../../contract/machine-client.ts';
import { partnerRoles } from '../../domain/access.ts';
import { described } from '../../domain/described.ts';
import { type MachineClient, scopeOf } from '../../domain/machine-client.ts';
import { requireUserPool } from '../../use-cases/access/require-user-pool.ts';
import { syncAudiences } from '../../use-cases/access/sync-audiences.ts';
import { notFound, Refusal } from '../../use-cases/refusal.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

/** What Cognito lets stand in a name. */
const CLIENT_NAME = /^[A-Za-z0-9_+=,.@-]+( [A-Za-z0-9_+=,.@-]+)*$/;

/** The systems of partners, which get their tokens by themselves. */
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
    body: z.lazy(() =>
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
    ),
    example: { name: 'Order desk', roles: ['admin'] },
    answers: { 201: newMachineClientSchema },
    handle: async ({ path: { partnerId }, body: { name, roles: asked } }) => {
      requireUserPool();
      await requirePartner(partnerId);
      const before = await listAllClients();
      if (before.length >= MAX_AUDIENCES) {
        throw tooMany();
      }
      if (clientsOf(partnerId, before).some((other) => other.name === name)) {
        throw new Refusal('name_taken', `The partner already has a client named ${JSON.stringify(name)}.`);
      }
      const roles = partnerRoles.filter((role) => asked.includes(role));
      const made = await createMachineClient(partnerId, { name, roles });
      if (!made) {
        throw new Refusal(
          'too_many',
          'The user pool cannot hold another partner. Raise its quota of resource servers.',
        );
      }
      const { secret, ...client } = made;
      await letIn(client);
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
    handle: async ({ path: { partnerId }, page: { limit, after = '' } }) => {
      requireUserPool();
      await requirePartner(partnerId);
      const listed = clientsOf(partnerId, await listAllClients()).filter(({ name }) => name > after);
      const shown = listed.slice(0, limit);
      // A client that was revoked meanwhile is left out.
      const clients = await getMachineClients(
        partnerId,
        shown.map(({ id }) => id),
      );
      return okPage(clients.map(showClient), listed.length > limit ? shown.at(-1)?.name : undefined);
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
    handle: async ({ path: { partnerId, clientId } }) => {
      requireUserPool();
      return okResource(showClient(await theClient(partnerId, clientId)));
    },
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
      requireUserPool();
      const client = await getMachineClient(partnerId, clientId);
      if (client) {
        requireMatch(ifMatch, showClient(client));
        await deleteMachineClient(clientId);
      }
      // Also when it is not there: whoever asks again after a revocation that was cut short has it completed.
      await syncAudiences();
      if (!client) {
        throw notFound('client of the partner', clientId);
      }
      return noContent;
    },
  }),
];

function withScopes(client: MachineClient) {
  const scopes = client.roles.map((role) => scopeOf(client.partnerId, role));
  return { ...client, scopes, tokenUrl: required('TOKEN_URL') };
}

const showClient = (client: MachineClient) => machineClientSchema.parse(withScopes(client));

async function requirePartner(partnerId: string): Promise<void> {
  if (!(await getPartner(partnerId))) {
    throw notFound('partner', partnerId);
  }
}

async function theClient(partnerId: string, id: string): Promise<MachineClient> {
  const client = await getMachineClient(partnerId, id);
  if (!client) {
    throw notFound('client of the partner', id);
  }
  return client;
}

/** Lets the API take a new client's tokens. One that it cannot take is no client: it is taken away again. */
async function letIn({ id }: MachineClient): Promise<void> {
  try {
    // Others may have been made since they were counted.
    if ((await syncAudiences()) === 'too many') {
      throw tooMany();
    }
  } catch (error) {
    await deleteMachineClient(id);
    throw error;
  }
}

function tooMany(): Refusal {
  return new Refusal(
    'too_many',
    `The API accepts tokens of at most ${MAX_AUDIENCES} clients, including the one for users. Revoke a client first, or use an external token issuer.`,
  );
}

export const handler = createApiHandler(routes);
