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
import { grantOf, type MachineClient, type MachineRole, scopeOf } from '../../domain/machine-client.ts';
import { CALLS_IN_FLIGHT, cognito, MAX_PAGE_SIZE, pool } from './user-pool.ts';

/** Cognito tells of a list of clients no more than this; what else there is takes a call each. */
export type ListedClient = { id: string; name: string };

/** Cognito refuses to look for what cannot be an id. */
const CLIENT_ID = /^[\w+]+$/;

/** A client's name at Cognito begins with its partner, so that a list tells whose it is. No partner's id has a space. */
const nameAtCognito = (partnerId: string, name: string) => `${partnerId} ${name}`;

/** All clients of the pool, people's and machines'. */
export async function listAllClients(): Promise<ListedClient[]> {
  const found: ListedClient[] = [];
  let NextToken: string | undefined;
  do {
    const told = await cognito().send(
      new ListUserPoolClientsCommand({
        ...pool(),
        MaxResults: MAX_PAGE_SIZE,
        ...(NextToken !== undefined && { NextToken }),
      }),
    );
    found.push(
      ...(told.UserPoolClients ?? []).map(({ ClientId = '', ClientName = '' }) => ({ id: ClientId, name: ClientName })),
    );
    NextToken = told.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** Those of a partner among all clients, by their own names and in the order of these. */
export function clientsOf(partnerId: string, all: readonly ListedClient[]): ListedClient[] {
  const start = nameAtCognito(partnerId, '');
  return all
    .filter(({ name }) => name.startsWith(start))
    .map(({ id, name }) => ({ id, name: name.slice(start.length) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Makes a client that gets tokens for these roles of the partner, by itself and in no other way.
 *
 * @returns `undefined` when the pool has no room for another partner's scopes.
 */
export async function createMachineClient(
  partnerId: string,
  { name, roles }: { name: string; roles: readonly MachineRole[] },
): Promise<(MachineClient & { secret: string }) | undefined> {
  if (!(await haveScopes(partnerId))) {
    return undefined;
  }
  const { UserPoolClient: made = {} } = await cognito().send(
    new CreateUserPoolClientCommand({
      ...pool(),
      ClientName: nameAtCognito(partnerId, name),
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: roles.map((role) => scopeOf(partnerId, role)),
      // Left out, users could sign in with it.
      ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      // Left out, users could write every attribute of theirs with it: whose they are is not theirs to say.
      WriteAttributes: ['email'],
      PreventUserExistenceErrors: 'ENABLED',
      AccessTokenValidity: 1,
      TokenValidityUnits: { AccessToken: 'hours' },
    }),
  );
  return { ...machineClientOf(made, partnerId), secret: made.ClientSecret ?? '' };
}

/** @returns `undefined` when there is no such client, or it is none of this partner's. */
export async function getMachineClient(partnerId: string, id: string): Promise<MachineClient | undefined> {
  if (!CLIENT_ID.test(id)) {
    return undefined;
  }
  try {
    const { UserPoolClient: told = {} } = await cognito().send(
      new DescribeUserPoolClientCommand({ ...pool(), ClientId: id }),
    );
    return grantOf(told.AllowedOAuthScopes ?? [])?.partnerId === partnerId
      ? machineClientOf(told, partnerId)
      : undefined;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return undefined;
    }
    throw error;
  }
}

/** Those of these clients that the partner still has, in their order. */
export async function getMachineClients(partnerId: string, ids: readonly string[]): Promise<MachineClient[]> {
  const clients = await pMap(ids, (id) => getMachineClient(partnerId, id), { concurrency: CALLS_IN_FLIGHT });
  return clients.filter((client) => client !== undefined);
}

/** Removes a client, which gets no token from then on. One that is not there any more is no error. */
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
 * Makes the scopes of a partner, as a resource server of its own: once, and all of them. They stay when its last client
 * goes, since another one may be on its way.
 *
 * @returns false when the pool has as many resource servers as the account's quota lets it have.
 */
async function haveScopes(partnerId: string): Promise<boolean> {
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
    // Somebody else may have made it at the same time.
    if (await isThere()) {
      return true;
    }
    throw error;
  }
}

function machineClientOf(told: UserPoolClientType, partnerId: string): MachineClient {
  return {
    id: told.ClientId ?? '',
    name: (told.ClientName ?? '').slice(nameAtCognito(partnerId, '').length),
    partnerId,
    roles: grantOf(told.AllowedOAuthScopes ?? [])?.roles ?? [],
    createdAt: (told.CreationDate ?? new Date(0)).toISOString(),
  };
}
