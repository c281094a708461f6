import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import { ServiceError } from '../aws-json-server.ts';
import type { ScaledClock } from '../clock.ts';
import { cognitoLimits } from '../limits.ts';
import { readStored, store } from '../stored-json.ts';
import type { UserPoolPart } from '../template/parts.ts';

const userSchema = z.object({
  /** The `sub`, which is also the username: users sign in with their email addresses. */
  id: z.string(),
  attributes: z.record(z.string(), z.string()),
  groups: z.array(z.string()),
  enabled: z.boolean(),
  status: z.enum(['FORCE_CHANGE_PASSWORD', 'CONFIRMED']),
  passwordHash: z.string().optional(),
  createdAt: z.number(),
  changedAt: z.number(),
});

const clientSchema = z.object({
  id: z.string(),
  name: z.string(),
  secret: z.string().optional(),
  flows: z.array(z.string()),
  scopes: z.array(z.string()),
  authFlows: z.array(z.string()),
  createdAt: z.number(),
});

const serverSchema = z.object({ id: z.string(), name: z.string(), scopes: z.array(z.string()) });

const poolSchema = z.object({
  users: z.array(userSchema),
  clients: z.array(clientSchema),
  resourceServers: z.array(serverSchema),
});

export type PoolUser = z.infer<typeof userSchema>;
export type PoolClient = z.infer<typeof clientSchema>;
export type ResourceServer = z.infer<typeof serverSchema>;

/** The users, clients and resource servers of a user pool, with Cognito's errors. */
export type UserPool = {
  part: UserPoolPart;
  users(): readonly PoolUser[];
  /** Finds a user by id or, as Cognito does, by email address. @throws ServiceError UserNotFoundException */
  user(name: string): PoolUser;
  /** @throws ServiceError UsernameExistsException, InvalidParameterException */
  addUser(email: string, attributes: Readonly<Record<string, string>>): Promise<PoolUser>;
  changeUser(name: string, change: (user: PoolUser) => Partial<PoolUser>): Promise<void>;
  removeUser(name: string): Promise<void>;
  /** @throws ServiceError ResourceNotFoundException */
  assertGroupExists(name: string): void;
  /** The clients of the template and those created since. */
  clients(): readonly PoolClient[];
  /** @throws ServiceError ResourceNotFoundException */
  client(id: string): PoolClient;
  /** @throws ServiceError ScopeDoesNotExistException */
  addClient(client: Omit<PoolClient, 'id' | 'createdAt'>): Promise<PoolClient>;
  removeClient(id: string): Promise<void>;
  /** @throws ServiceError ResourceNotFoundException */
  resourceServer(id: string): ResourceServer;
  /** @throws ServiceError InvalidParameterException when it exists, LimitExceededException */
  addResourceServer(server: ResourceServer): Promise<void>;
};

/** Scopes of OpenID Connect and of Cognito itself. */
const builtInScopes = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'];

export const newSecret = () => randomBytes(32).toString('hex');

export function hashOf(password: string): string {
  return createHash('sha256').update(password).digest('base64');
}

export function secretsEqual(text: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(text).digest(), createHash('sha256').update(other).digest());
}

/** Opens the pool of a data folder; users and clients survive a restart. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory of short functions that share its state.
export async function openUserPool(
  part: UserPoolPart,
  { folder, clock }: { folder: string; clock: ScaledClock },
): Promise<UserPool> {
  const file = path.join(folder, 'user-pool.json');
  const state = (await readStored(file, poolSchema)) ?? { users: [], clients: [], resourceServers: [] };
  const { users, clients, resourceServers } = state;
  const templateClients = part.clients.map((client) => ({ ...client, createdAt: nowSeconds() }));
  let storing = Promise.resolve();

  function nowSeconds(): number {
    return Math.floor(clock.now().getTime() / 1000);
  }

  function save(): Promise<void> {
    storing = storing.then(() => store(file, state));
    return storing;
  }

  function find(name: string): PoolUser | undefined {
    const address = name.toLowerCase();
    return users.find(({ id, attributes }) => id === name || attributes.email?.toLowerCase() === address);
  }

  function user(name: string): PoolUser {
    const found = find(name);
    if (!found) {
      throw new ServiceError('UserNotFoundException', 'User does not exist.');
    }
    return found;
  }

  function remove<Item extends { id: string }>(items: Item[], id: string): void {
    items.splice(
      items.findIndex((item) => item.id === id),
      1,
    );
  }

  const allClients = () => [...templateClients, ...clients];

  function client(id: string): PoolClient {
    const found = allClients().find((candidate) => candidate.id === id);
    if (!found) {
      throw new ServiceError('ResourceNotFoundException', `User pool client ${id} does not exist.`);
    }
    return found;
  }

  function resourceServer(id: string): ResourceServer {
    const found = resourceServers.find((candidate) => candidate.id === id);
    if (!found) {
      throw new ServiceError('ResourceNotFoundException', `Resource server ${id} does not exist.`);
    }
    return found;
  }

  function hasScope(scope: string): boolean {
    const [server, name] = scope.split('/');
    return (
      builtInScopes.includes(scope) ||
      resourceServers.some(({ id, scopes }) => id === server && scopes.some((candidate) => candidate === name))
    );
  }

  return {
    part,
    users: () => users,
    user,
    async addUser(email, attributes) {
      const unknown = Object.keys(attributes).find((name) => !part.attributes.includes(name));
      if (unknown !== undefined || !email.includes('@')) {
        throw new ServiceError(
          'InvalidParameterException',
          unknown === undefined
            ? 'Username should be an email.'
            : `Attributes did not conform to the schema: ${unknown}`,
        );
      }
      if (find(email)) {
        throw new ServiceError('UsernameExistsException', 'An account with the given email already exists.');
      }
      const at = nowSeconds();
      const created: PoolUser = {
        id: randomUUID(),
        attributes: { ...attributes, email },
        groups: [],
        enabled: true,
        status: 'FORCE_CHANGE_PASSWORD',
        createdAt: at,
        changedAt: at,
      };
      users.push(created);
      await save();
      return created;
    },
    async changeUser(name, change) {
      const found = user(name);
      Object.assign(found, change(found), { changedAt: nowSeconds() });
      await save();
    },
    async removeUser(name) {
      remove(users, user(name).id);
      await save();
    },
    assertGroupExists(name) {
      if (!part.groups.includes(name)) {
        throw new ServiceError('ResourceNotFoundException', 'Group not found.');
      }
    },
    clients: allClients,
    client,
    async addClient(request) {
      const unknown = request.scopes.find((scope) => !hasScope(scope));
      if (unknown !== undefined) {
        throw new ServiceError('ScopeDoesNotExistException', `Invalid scope requested: ${unknown}`);
      }
      if (allClients().length >= cognitoLimits.clients) {
        throw new ServiceError('LimitExceededException', 'Maximum number of clients reached for this user pool.');
      }
      const created = { ...request, id: randomBytes(13).toString('hex'), createdAt: nowSeconds() };
      clients.push(created);
      await save();
      return created;
    },
    async removeClient(id) {
      remove(clients, client(id).id);
      await save();
    },
    resourceServer,
    async addResourceServer(server) {
      if (resourceServers.some(({ id }) => id === server.id)) {
        throw new ServiceError('InvalidParameterException', `${server.id} already exists in user pool ${part.id}.`);
      }
      if (resourceServers.length >= cognitoLimits.resourceServers) {
        throw new ServiceError(
          'LimitExceededException',
          `${part.id} has ${cognitoLimits.resourceServers} resource servers.`,
        );
      }
      resourceServers.push(server);
      await save();
    },
  };
}
