import path from 'node:path';
import * as z from 'zod';
import type { Issuer } from './issuer.ts';
import { seedTariffs } from './seed-tariffs.ts';
import { readStored, store } from './stored-json.ts';

/** Creates partners through the platform API. */
export type Partners = {
  /** Creates the tariffs and the partner `demo`, once per data folder. */
  seed(): Promise<void>;
  /** Creates a missing partner, with all tariffs of the seed. An existing partner does not change. */
  ensure(partnerId: string): Promise<void>;
};

const DEMO = 'demo';
/** Retries of a PUT: a busy machine may exceed the gateway's time-out, and harsh mode throttles. */
const UNAVAILABLE = 503;
const MAX_ATTEMPTS = 4;
const seededSchema = z.object({ tariffs: z.string(), partners: z.array(z.string()) });

export async function openPartners(options: {
  url: string;
  issuer: Pick<Issuer, 'token'>;
  folder: string;
}): Promise<Partners> {
  const { url, issuer, folder } = options;
  const file = path.join(folder, 'seeded.json');
  const stored = await readStored(file, seededSchema);
  let tariffsSeeded = stored?.tariffs;
  const created = new Map<string, Promise<void>>(stored?.partners.map((id) => [id, Promise.resolve()]));
  let storing: Promise<void> = Promise.resolve();

  async function put(pathname: string, body: unknown): Promise<void> {
    const token = await issuer.token({ roles: ['platform'] });
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(url + pathname, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (response.ok) {
        return;
      }
      if (response.status !== UNAVAILABLE || attempt === MAX_ATTEMPTS) {
        throw new Error(`PUT ${pathname} returned ${response.status}: ${text}`);
      }
    }
  }

  function save(): Promise<void> {
    storing = storing.then(() => store(file, { tariffs: tariffsSeeded ?? '', partners: [...created.keys()] }));
    return storing;
  }

  async function exists(partnerId: string): Promise<boolean> {
    const token = await issuer.token({ partnerId, roles: ['admin'], expiresIn: 60 });
    const response = await fetch(`${url}/v1/partner`, { headers: { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
    return response.ok;
  }

  async function create(partnerId: string): Promise<void> {
    if (await exists(partnerId)) {
      return;
    }
    await put(`/v1/platform/partners/${encodeURIComponent(partnerId)}`, detailsOf(partnerId));
    const grants = Object.keys(seedTariffs).map((tariffId) =>
      put(`/v1/platform/partners/${encodeURIComponent(partnerId)}/tariffs/${tariffId}`, undefined),
    );
    await Promise.all(grants);
  }

  async function ensure(partnerId: string): Promise<void> {
    const existing = created.get(partnerId);
    if (existing) {
      return existing;
    }
    const creation = create(partnerId);
    created.set(partnerId, creation);
    try {
      await creation;
    } catch (error) {
      created.delete(partnerId);
      throw error;
    }
    await save();
  }

  return {
    ensure,
    async seed() {
      const current = JSON.stringify(seedTariffs);
      if (tariffsSeeded !== current) {
        await Promise.all(Object.entries(seedTariffs).map(([id, terms]) => put(`/v1/platform/tariffs/${id}`, terms)));
        tariffsSeeded = current;
      }
      await ensure(DEMO);
      await save();
    },
  };
}

function detailsOf(partnerId: string) {
  const name = partnerId === DEMO ? 'Demo Connectivity Ltd' : `Partner ${partnerId}`;
  return {
    name,
    shortName: partnerId.slice(0, 30),
    deliveryAddress: {
      name,
      lines: ['1 Harbour Exchange Square'],
      city: 'London',
      postalCode: 'E14 9GE',
      country: 'GB',
    },
    contact: { name: 'Alex Taylor', email: 'sims@partner.example' },
  };
}
