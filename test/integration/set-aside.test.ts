import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { put, remove, update, write } from '../../adapters/dynamodb/items.ts';
import { due, orderKey } from '../../adapters/dynamodb/keys.ts';
import { claimNextAttempt } from '../../adapters/dynamodb/runs.ts';
import { useTableOf } from '../../local/table-of-cloud.ts';
import { eventually, executionsOf, useLocalCloud } from './local-cloud.ts';
import { is, type Page } from './partner.ts';

const cloud = useLocalCloud();
const platform = cloud.as({ roles: ['platform'] });
const partnerId = 'acme-aside';
const orderId = `ord_poison${process.pid}${Date.now()}`;
/** As long as the id of a partner may be: so is the id under which its work is set aside. */
const longPartnerId = partnerId.padEnd(64, '-x');
const key = orderKey(longPartnerId, orderId);

type SetAside = { id: string; kind: string; partnerId?: string; subject: string; error: string; at: string };

beforeAll(() => useTableOf(cloud.cloud()));

async function entryFor(subject: string): Promise<SetAside | undefined> {
  const { items } = is(200, await platform.get<Page<SetAside>>('/v1/platform/set-aside?limit=200'));
  return items.find((entry) => entry.subject.endsWith(subject));
}

describe('an order that breaks whoever looks at it', () => {
  test('holds up no other, and is set aside after some looks', async () => {
    // No function writes this: no execution can have such a name.
    const poison = { id: orderId, state: 'fulfilled', runAttempt: '?', duePk: due.work, dueAt: '2000-01-01' };
    await write(put({ ...key, ...poison }));
    const acme = cloud.partner(partnerId);
    const { id } = await acme.orders({ operatorId: 'a1', quantity: 20, plan: await acme.aPlan() });
    await acme.orderIn(id, 'fulfilled');
    const entry = await eventually(async () => {
      const found = await entryFor(orderId);
      expect(found).toBeDefined();
      return found;
    });
    expect(entry).toMatchObject({ kind: 'due', error: expect.stringMatching(/InvalidName/) });
  });

  test('is taken up again when it is mended and put back', async () => {
    await write(update(key, { set: { runAttempt: 1 } }));
    const { id = '' } = (await entryFor(orderId)) ?? {};
    expect(await redrive('--url', cloud.url(), '--id', id)).toMatch(/ set aside, 1 of them put back\n$/);
    expect(await entryFor(orderId)).toBeUndefined();
    await eventually(async () => {
      const names = (await executionsOf(cloud)).map(({ name }) => name);
      expect(names.some((name) => name.startsWith(orderId))).toBe(true);
    });
  });

  test('is put back once', async () => {
    is(404, await platform.post('/v1/platform/set-aside/bm9uZQ/put-back'));
    await expect(redrive('--url', cloud.url(), '--id', 'bm9uZQ')).rejects.toThrow(/Nothing is set aside under bm9uZQ/);
  });
});

describe('an execution that has ended', () => {
  test('is followed by one other, however many sweeps see its end at the same time', async () => {
    const ended = { ...orderKey(partnerId, 'ord_ended'), state: 'fulfilled', version: 1, runAttempt: 4 };
    // Not due for the schedule itself.
    await write(put({ ...ended, duePk: 'TEST', dueAt: '2000-01-01' }));
    const sweeps = Array.from({ length: 5 }, () =>
      claimNextAttempt({ kind: 'order', partnerId, id: 'ord_ended' }, 4, new Date()),
    );
    const claimed = await Promise.all(sweeps);
    expect(claimed.filter((attempt) => attempt !== undefined)).toEqual([5]);
    await write(remove(orderKey(partnerId, 'ord_ended')));
  });
});

async function redrive(...args: string[]): Promise<string> {
  const program = fileURLToPath(new URL('../../tools/redrive.ts', import.meta.url));
  return (await promisify(execFile)(process.execPath, [program, ...args])).stdout;
}
