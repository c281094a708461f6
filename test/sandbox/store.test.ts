import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deliveredIccids, deliveryAddress, fakeClock, sandboxOnAFakeClock } from './sandbox-on-a-fake-clock.ts';

let folder: string;
let storeFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operator-sandbox-'));
  storeFile = join(folder, 'operators.json');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the books of the sandbox', () => {
  test('survive a restart: orders, SIMs, keys, usage and behaviour', async () => {
    const clock = fakeClock();
    const before = await sandboxOnAFakeClock({ storeFile }, clock);
    const iccids = await deliveredIccids(before, '3uk', 50);
    const batch = { iccids: iccids.slice(0, 2) };
    const answer = await before.ask('3uk', 'POST', '/sims/activations', batch, { 'idempotency-key': 'k' });
    await before.ask('3uk', 'POST', '/sims/terminations', { iccids: iccids.slice(0, 1) }, { 'idempotency-key': 'l' });
    before.sandbox.recordUsage('3uk', { iccid: iccids[1] ?? '', bytes: 5 });
    before.sandbox.behave('a1', { rejectOrders: true });
    await before.ask('orange', 'PUT', '/orders/ord_9', { quantity: 50, deliveryAddress });
    await before.ask('orange', 'POST', '/orders/ord_9/cancel');
    await before.sandbox.stop();

    const after = await sandboxOnAFakeClock({ storeFile }, clock);
    try {
      const status = await after.ask('3uk', 'POST', '/sims/status', { iccids: iccids.slice(0, 3) });
      expect(status.body.sims).toMatchObject([{ status: 'terminated' }, { status: 'active' }, { status: 'barred' }]);
      const again = await after.ask('3uk', 'POST', '/sims/activations', batch, { 'idempotency-key': 'k' });
      expect(again.body).toEqual(answer.body);
      expect((await after.ask('3uk', 'GET', '/usage')).body.records).toHaveLength(1);
      expect((await after.ask('orange', 'GET', '/orders/ord_9')).body.status).toBe('cancelled');
      const rejected = await after.ask('a1', 'PUT', '/orders/ord_1', { quantity: 20, deliveryAddress });
      expect(rejected.body.status).toBe('rejected');
    } finally {
      await after.sandbox.stop();
    }
  });

  test('contain an order before the operator accepts it', async () => {
    const { sandbox, ask } = await sandboxOnAFakeClock({ storeFile });
    await ask('3uk', 'PUT', '/orders/ord_1', { quantity: 50, deliveryAddress });
    expect(await readFile(storeFile, 'utf8')).toContain('ord_1');
    await sandbox.stop();
    expect(await readdir(folder)).toEqual(['operators.json']);
  });

  test('stay small: unchanged SIMs need no space', async () => {
    const { sandbox, ask } = await sandboxOnAFakeClock({ storeFile });
    await ask('3uk', 'PUT', '/orders/ord_1', { quantity: 100_000, deliveryAddress });
    await sandbox.stop();
    expect((await stat(storeFile)).size).toBeLessThan(4_000);
  });

  test('are not overwritten when the file is something else', async () => {
    await writeFile(storeFile, '{"shopping": ["milk"]}');
    await expect(sandboxOnAFakeClock({ storeFile })).rejects.toThrow(/not a store of the operator sandbox/);
    expect(await readFile(storeFile, 'utf8')).toContain('milk');
  });
});
