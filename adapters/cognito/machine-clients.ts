import {
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  DeleteUserPoolClientCommand,
  DescribeResourceServerCommand,
  DescribeUserPoolClientCommand,
  LimitExceededException,
  ListUserPoolClientsCommand,
  ResourceNotFoundException,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import pMap from 'p-map';
import { partnerRoles } from '../../domain/access.ts';
import type { PartnerId } from '../../domain/ids.ts';
import { grantOf, type MachineClient, type MachineRole, scopeOf } from '../../domain/machine-client.ts';
import { CALLS_IN_FLIGHT, cognito, MAX_PAGE_SIZE, pool } from './user-pool.ts';

/** A client as Cognito lists it. Its other attributes take a call per client. */
export type ListedClient = { id: string; name: string };

/** Cognito rejects look-ups of malformed ids. */
const CLIENT_ID = /^[\w+]+$/;

/** A client's name in Cognito starts with its partner, so that a list shows the owner. Partner ids contain no spaces. */
const nameAtCognito = (partnerId: PartnerId, name: string) => `${partnerId} ${name}`;

/** All clients of the user pool, including the one for users. */
export async function listAllClients(): Promise<ListedClient[]> {
  const found: ListedClient[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cognito().send(
      new ListUserPoolClientsCommand({
        ...pool(),
        MaxResults: MAX_PAGE_SIZE,
        ...(NextToken !== undefined && { NextToken }),
      }),
    );
    found.push(
      ...(page.UserPoolClients ?? []).map(({ ClientId = '', ClientName = '' }) => ({ id: ClientId, name: ClientName })),
    );
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** The clients of a partner with the partner's own names for them, sorted by name. */
export function clientsOf(partnerId: PartnerId, all: readonly ListedClient[]): ListedClient[] {
  const start = nameAtCognito(partnerId, '');
  return all
    .filter(({ name }) => name.startsWith(start))
    .map(({ id, name }) => ({ id, name: name.slice(start.length) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Creates a client that requests tokens for these roles of the partner with client credentials, and in no other way.
 *
 * @returns `undefined` when the pool has no room for another partner's scopes.
 */
export async function createMachineClient(
  partnerId: PartnerId,
  { name, roles }: { name: string; roles: readonly MachineRole[] },
): Promise<(MachineClient & { secret: string }) | undefined> {
  if (!(await ensureScopes(partnerId))) {
    return undefined;
  }
  const { UserPoolClient: created = {} } = await cognito().send(
    new CreateUserPoolClientCommand({
      ...pool(),
      ClientName: nameAtCognito(partnerId, name),
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: roles.map((role) => scopeOf(partnerId, role)),
      // By default, users could sign in with it.
      ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      // By default, users could write all of their attributes with it, including the partner that they belong to.
      WriteAttributes: ['email'],
      PreventUserExistenceErrors: 'ENABLED',
      AccessTokenValidity: 1,
      TokenValidityUnits: { AccessToken: 'hours' },
    }),
  );
  return { ...machineClientOf(created, partnerId), secret: created.ClientSecret ?? '' };
}

/** @returns `undefined` when there is no such client or it belongs to another partner. */
export async function getMachineClient(partnerId: PartnerId, id: string): Promise<MachineClient | undefined> {
  if (!CLIENT_ID.test(id)) {
    return undefined;
  }
  try {
    const { UserPoolClient: client = {} } = await cognito().send(
      new DescribeUserPoolClientCommand({ ...pool(), ClientId: id }),
    );
    return grantOf(client.AllowedOAuthScopes ?? [])?.partnerId === partnerId
      ? machineClientOf(client, partnerId)
      : undefined;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return undefined;
    }
    throw error;
  }
}

/** The clients with these ids that still exist, in the same order. */
export async function getMachineClients(partnerId: PartnerId, ids: readonly string[]): Promise<MachineClient[]> {
  const clients = await pMap(ids, (id) => getMachineClient(partnerId, id), { concurrency: CALLS_IN_FLIGHT });
  return clients.filter((client) => client !== undefined);
}

/** Deletes a client, which can then request no more tokens. Idempotent. */
export async function deleteMachineClient(id: string): Promise<void> {
  try {
    await cognito().send(new DeleteUserPoolClientCommand({ ...pool(), ClientId: id }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) {
      throw error;
    }
  }
}

/**
 * Creates all scopes of a partner once, as its own resource server. They remain after its last client is deleted, because
 * another one may be in creation.
 *
 * @returns false when the account's quota of resource servers is reached.
 */
async function ensureScopes(partnerId: PartnerId): Promise<boolean> {
  const server = { ...pool(), Identifier: partnerId };
  const isThere = async () => {
    try {
      await cognito().send(new DescribeResourceServerCommand(server));
      return true;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) {
        return false;
      }
      throw error;
    }
  };
  if (await isThere()) {
    return true;
  }
  try {
    await cognito().send(
      new CreateResourceServerCommand({
        ...server,
        Name: partnerId,
        Scopes: partnerRoles.map((role) => ({ ScopeName: role, ScopeDescription: `The role ${role}` })),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof LimitExceededException) {
      return false;
    }
    // A concurrent request may have created it.
    if (await isThere()) {
      return true;
    }
    throw error;
  }
}

function machineClientOf(client: UserPoolClientType, partnerId: PartnerId): MachineClient {
  return {
    id: client.ClientId ?? '',
    name: (client.ClientName ?? '').slice(nameAtCognito(partnerId, '').length),
    partnerId,
    roles: grantOf(client.AllowedOAuthScopes ?? [])?.roles ?? [],
    createdAt: (client.CreationDate ?? new Date(0)).toISOString(),
  };
}
