import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { bundleAll } from '../../infra/bundle-all.ts';
import { type Bundles, bundleFunctions, bundleName } from '../../infra/functions/bundles.ts';
import { sandboxEntry } from '../../infra/functions/entries.ts';
import { type FunctionPermissions, permissions, type TableAction } from '../../infra/functions/permissions.ts';

let bundles: Bundles;

beforeAll(async () => {
  bundles = await bundleAll();
}, 180_000);

describe('bundles', () => {
  test('are named after the entry file of their function', () => {
    expect(bundleName('functions/api/customer-services.ts')).toBe('api-customer-services');
  });

  test('contain each function in full, and the documentation only with the function that serves it', () => {
    for (const { folder, bytes } of bundles.values()) {
      expect(existsSync(path.join(folder, 'index.mjs'))).toBe(true);
      expect(bytes).toBeGreaterThan(0);
      // Loading is what a cold start waits for; the holidays of the world or a reference page would show here.
      expect(bytes).toBeLessThan(2 * 1024 * 1024);
    }
    const docs = bundles.get('functions/api/docs.ts')?.folder ?? '';
    for (const file of ['openapi.json', 'docs.html.gz', 'docs.csp'])
      expect(statSync(path.join(docs, file)).size).toBeGreaterThan(0);
  });

  test('contain a reference page that fits into a response of Lambda, compressed or not', () => {
    const compressed = readFileSync(path.join(bundles.get('functions/api/docs.ts')?.folder ?? '', 'docs.html.gz'));
    const sizeOf = (body: string) => Buffer.byteLength(JSON.stringify({ statusCode: 200, headers: {}, body }));
    // Lambda returns at most 6,291,556 bytes; a third is left to grow into.
    expect(sizeOf(compressed.toString('base64'))).toBeLessThan(4_200_000);
    expect(sizeOf(gunzipSync(compressed).toString())).toBeLessThan(4_200_000);
  });

  // Nothing checks rights on the local cloud: a right forgotten would show in the cloud only, and one too many nowhere.
  test.each<[string, string, (granted: FunctionPermissions) => boolean | undefined]>([
    ['start executions', 'new StartExecutionCommand', ({ executions }) => executions?.includes('start')],
    ['look at executions', 'new DescribeExecutionCommand', ({ executions }) => executions?.includes('describe')],
    ['answer tasks that wait', 'new SendTaskSuccessCommand', ({ executions }) => executions?.includes('answer')],
    ['call operators', 'OPERATORS_SECRET', ({ operators }) => operators],
    ['make users', 'new AdminCreateUserCommand', ({ userPool }) => userPool === 'users'],
    [
      'disable users',
      'new AdminDisableUserCommand',
      ({ userPool }) => userPool === 'users' || userPool === 'disableUsers' || userPool === 'syncUsers',
    ],
    ['read all users', 'new ListUsersInGroupCommand', ({ userPool }) => userPool === 'syncUsers'],
    [
      'request tokens for machines',
      'new DescribeUserPoolClientCommand',
      ({ userPool }) => userPool === 'machineTokens',
    ],
    ['read the list of a state', 'index:"byState"', ({ indexes }) => indexes?.includes('byState')],
    ['read the list of a customer', 'index:"byCustomer"', ({ indexes }) => indexes?.includes('byCustomer')],
    [
      'read the list of a customer’s state',
      'index:"byCustomerState"',
      ({ indexes }) => indexes?.includes('byCustomerState'),
    ],
    ['look for what is due', 'index:"due"', ({ indexes }) => indexes?.includes('due')],
    ['read an item', 'new GetCommand(', ({ table }) => table.includes('GetItem')],
    ['read many items', 'new BatchGetCommand(', ({ table }) => table.includes('BatchGetItem')],
    ['read a list', '({TableName:tableName(),...', ({ table }) => table.includes('Query')],
    ['remove an item', '{Delete:{', ({ table }) => table.includes('DeleteItem')],
    [
      'demand that an item is absent',
      '{ConditionCheck:{TableName:',
      ({ table }) => table.includes('ConditionCheckItem'),
    ],
  ])('that %s have the permission for it, and no others do', (_, code, granted) => {
    const using = usersOf(code);
    const granting = Object.entries(permissions).filter(([, given]) => granted(given));
    expect(using).toEqual(granting.map(([entry]) => entry).sort());
  });

  /** What writes is in the bundle of every function that signs cursors, and it writes nothing else there. */
  const onlyReads = ['functions/api/catalogue.ts'];

  test.each<[string, string, TableAction]>([
    ['put items', '{Put:{', 'PutItem'],
    ['update items', 'Update:{TableName', 'UpdateItem'],
  ])('that %s have the permission for it, and no others do', (_, code, action) => {
    const using = usersOf(code);
    const granting = Object.entries(permissions).filter(([, { table }]) => table.includes(action));
    expect(using).toEqual([...granting.map(([entry]) => entry), ...onlyReads].sort());
  });

  test('are not rebuilt when nothing has changed', async () => {
    const entries = ['functions/api/catalogue.ts', 'functions/workflow/migrate.ts'];
    const writtenAt = () =>
      entries.map((entry) => statSync(path.join(bundles.get(entry)?.folder ?? '', 'index.mjs')).mtimeMs);
    const before = writtenAt();
    await bundleFunctions(entries);
    expect(writtenAt()).toEqual(before);
  }, 180_000);
});

/** The functions of the service whose bundle has this code. The sandbox has statements of its own. */
function usersOf(code: string): string[] {
  return [...bundles]
    .filter(([entry]) => entry !== sandboxEntry)
    .filter(([, { folder }]) => readFileSync(path.join(folder, 'index.mjs')).includes(code))
    .map(([entry]) => entry)
    .sort();
}
