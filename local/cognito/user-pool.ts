import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import { ServiceError } from '../aws-json-server.ts';
import type { ScaledClock } from '../clock.ts';
import { readStored, store } from '../stored-json.ts';
import type { UserPoolClientPart, UserPoolPart } from '../template/parts.ts';

const userSchema = z.object({
  /** The `sub`, which is also the username: users sign in with their email addresses. */
  id: z.string(),
  attributes: z.record(z.string(), z.string()),
  groups: z.array(z.string()),
  enabled: z.boolean(),
  status: z.enum(['FORCE_CHANGE_PASSWORD', 'CONFIRMED']),
  passwordHash: z.string().optional(),
  /** The hashes of the latest permanent passwords, newest first. */
  passwordHistory: z.array(z.string()).optional(),
  /** When a temporary password expires, in real milliseconds. */
  temporaryUntil: z.number().optional(),
  /** The key of the registered authenticator app, and the time step of its last accepted code. */
  authenticatorKey: z.string().optional(),
  lastCodeStep: z.number().optional(),
  createdAt: z.number(),
  changedAt: z.number(),
});

const poolSchema = z.object({
  users: z.array(userSchema),
});

export type PoolUser = z.infer<typeof userSchema>;
/** A client of the template. Its secret changes with each start, as functions that read it do. */
export type PoolClient = UserPoolClientPart & { secret?: string; createdAt: number };

/** The users and clients of a user pool, with Cognito's errors. */
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
  clients(): readonly PoolClient[];
  /** @throws ServiceError ResourceNotFoundException */
  client(id: string): PoolClient;
  /** Gives a client another secret. */
  replaceSecret(id: string): void;
};

const newSecret = () => randomBytes(32).toString('hex');

export function secretsEqual(text: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(text).digest(), createHash('sha256').update(other).digest());
}

/** Opens the pool of a data folder; users survive a restart. */
export async function openUserPool(
  part: UserPoolPart,
  { folder, clock }: { folder: string; clock: ScaledClock },
): Promise<UserPool> {
  const file = path.join(folder, 'user-pool.json');
  const state = (await readStored(file, poolSchema)) ?? { users: [] };
  const { users } = state;
  const clients = part.clients.map(
    (client): PoolClient => ({ ...client, ...(client.hasSecret && { secret: newSecret() }), createdAt: nowSeconds() }),
  );
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

  function client(id: string): PoolClient {
    const found = clients.find((candidate) => candidate.id === id);
    if (!found) {
      throw new ServiceError('ResourceNotFoundException', `User pool client ${id} does not exist.`);
    }
    return found;
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
    clients: () => clients,
    client,
    replaceSecret(id) {
      client(id).secret = newSecret();
    },
  };
}
