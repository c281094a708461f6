import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import { ServiceError } from '../aws-json-server.ts';
import type { ScaledClock } from '../clock.ts';
import { cognitoLimits } from '../limits.ts';
import { readStored, store } from '../stored-json.ts';
import type { UserPoolPart } from '../template/parts.ts';

const userSchema = z.object({
  /** Its `sub`, and its name: the pool's people sign in with their addresses. */
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

/** Who is in a user pool, and which clients it has: what Cognito keeps, with what it refuses. */
export type UserPool = {
  part: UserPoolPart;
  users(): readonly PoolUser[];
  /** By the id or, as Cognito has it, by the address. @throws ServiceError UserNotFoundException */
  user(name: string): PoolUser;
  /** @throws ServiceError UsernameExistsException, InvalidParameterException */
  addUser(email: string, attributes: Readonly<Record<string, string>>): Promise<PoolUser>;
  changeUser(name: string, change: (user: PoolUser) => Partial<PoolUser>): Promise<void>;
  removeUser(name: string): Promise<void>;
  /** @throws ServiceError ResourceNotFoundException */
  mustHaveGroup(name: string): void;
  /** Those of the template, and those that were made since. */
  clients(): readonly PoolClient[];
  /** @throws ServiceError ResourceNotFoundException */
  client(id: string): PoolClient;
  /** @throws ServiceError ScopeDoesNotExistException */
  addClient(client: Omit<PoolClient, 'id' | 'createdAt'>): Promise<PoolClient>;
  removeClient(id: string): Promise<void>;
  /** @throws ServiceError ResourceNotFoundException */
  resourceServer(id: string): ResourceServer;
  /** @throws ServiceError InvalidParameterException when there is one already, LimitExceededException */
  addResourceServer(server: ResourceServer): Promise<void>;
};

/** Scopes of OpenID Connect and of Cognito itself. */
const ownScopes = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'];

export const newSecret = () => randomBytes(32).toString('hex');

export function hashOf(password: string): string {
  return createHash('sha256').update(password).digest('base64');
}

export function isSame(text: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(text).digest(), createHash('sha256').update(other).digest());
}

/** Opens the pool of a data folder; users and clients outlive a restart. */
export async function openUserPool(
  part: UserPoolPart,
  { folder, clock }: { folder: string; clock: ScaledClock },
): Promise<UserPool> {
  const file = path.join(folder, 'user-pool.json');
  const kept = (await readStored(file, poolSchema)) ?? { users: [], clients: [], resourceServers: [] };
  const { users, clients, resourceServers } = kept;
  const ofTemplate = part.clients.map((client) => ({ ...client, createdAt: seconds() }));
  let storing = Promise.resolve();

  function seconds(): number {
    return Math.floor(clock.now().getTime() / 1000);
  }

  function keep(): Promise<void> {
    storing = storing.then(() => store(file, kept));
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

  const allClients = () => [...ofTemplate, ...clients];

  function client(id: string): PoolClient {
    const found = allClients().find((one) => one.id === id);
    if (!found) {
      throw new ServiceError('ResourceNotFoundException', `User pool client ${id} does not exist.`);
    }
    return found;
  }

  function resourceServer(id: string): ResourceServer {
    const found = resourceServers.find((one) => one.id === id);
    if (!found) {
      throw new ServiceError('ResourceNotFoundException', `Resource server ${id} does not exist.`);
    }
    return found;
  }

  function hasScope(scope: string): boolean {
    const [server, name] = scope.split('/');
    return (
      ownScopes.includes(scope) ||
      resourceServers.some(({ id, scopes }) => id === server && scopes.some((one) => one === name))
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
      const at = seconds();
      const made: PoolUser = {
        id: randomUUID(),
        attributes: { ...attributes, email },
        groups: [],
        enabled: true,
        status: 'FORCE_CHANGE_PASSWORD',
        createdAt: at,
        changedAt: at,
      };
      users.push(made);
      await keep();
      return made;
    },
    async changeUser(name, change) {
      const found = user(name);
      Object.assign(found, change(found), { changedAt: seconds() });
      await keep();
    },
    async removeUser(name) {
      remove(users, user(name).id);
      await keep();
    },
    mustHaveGroup(name) {
      if (!part.groups.includes(name)) {
        throw new ServiceError('ResourceNotFoundException', 'Group not found.');
      }
    },
    clients: allClients,
    client,
    async addClient(given) {
      const unknown = given.scopes.find((scope) => !hasScope(scope));
      if (unknown !== undefined) {
        throw new ServiceError('ScopeDoesNotExistException', `Invalid scope requested: ${unknown}`);
      }
      if (allClients().length >= cognitoLimits.clients) {
        throw new ServiceError('LimitExceededException', 'Maximum number of clients reached for this user pool.');
      }
      const made = { ...given, id: randomBytes(13).toString('hex'), createdAt: seconds() };
      clients.push(made);
      await keep();
      return made;
    },
    async removeClient(id) {
      remove(clients, client(id).id);
      await keep();
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
      await keep();
    },
  };
}
