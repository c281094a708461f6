import { partnerRoles, type Role } from '../domain/access.ts';
import type { Issuer } from './issuer.ts';

/** A user whom the local sign-in page offers. */
export type SeedUser = { email: string; partnerId?: string; roles: readonly Role[] };

const demo = 'demo';

/** The users of the seed, one of each kind. The partner's admin has all roles, so that they can give each of them to others. */
export const seedUsers = {
  admin: { email: 'admin@demo.example', partnerId: demo, roles: partnerRoles },
  support: { email: 'support@demo.example', partnerId: demo, roles: ['support'] },
  customer: { email: 'customer@northwind.example', partnerId: demo, roles: ['customer_admin'] },
  platform: { email: 'desk@wholesaler.example', roles: ['platform'] },
} as const satisfies Record<string, SeedUser>;

/** The customer of the seed's customer user. */
const customer = { name: 'Northwind Meters Ltd', shortName: 'Northwind' };

/**
 * Creates the missing users of the seed over the API, with the customer of the customer user. Runs when somebody opens the sign-in
 * page, so that clouds without a page contain only what their callers create.
 */
export function userSeeding({
  url,
  issuer,
  emails,
}: {
  url: string;
  issuer: Pick<Issuer, 'token'>;
  /** The addresses of the existing users. */
  emails: () => readonly (string | undefined)[];
}): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();

  async function post(path: string, body: object, as: { partnerId?: string; roles: readonly string[] }) {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${await issuer.token(as)}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`POST ${path} returned ${response.status}: ${text}`);
    }
    const created: { id: string } = JSON.parse(text);
    return created;
  }

  async function createMissing(): Promise<void> {
    for (const [kind, user] of Object.entries(seedUsers)) {
      if (!emails().includes(user.email)) {
        const customerId = kind === 'customer' ? { customerId: (await createCustomer()).id } : {};
        await post('/v1/platform/users', { ...user, ...customerId }, { roles: ['platform'] });
      }
    }
  }

  const createCustomer = () => post('/v1/customers', customer, { partnerId: demo, roles: ['admin'] });

  return () => {
    running = running.catch(() => undefined).then(createMissing);
    return running;
  };
}
