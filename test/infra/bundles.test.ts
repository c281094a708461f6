import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { bundleAll } from '../../infra/bundle-all.ts';
import { type Bundles, bundleFunctions, bundleName } from '../../infra/functions/bundles.ts';
import { type Rights, rights } from '../../infra/functions/rights.ts';

let bundles: Bundles;

beforeAll(async () => {
  bundles = await bundleAll();
}, 60_000);

describe('bundles', () => {
  test('are named after the entry file of their function', () => {
    expect(bundleName('functions/api/customer-services.ts')).toBe('api-customer-services');
  });

  test('hold each function whole and small, and the documentation beside the function that serves it', () => {
    for (const { folder, bytes } of bundles.values()) {
      expect(existsSync(path.join(folder, 'index.mjs'))).toBe(true);
      expect(bytes).toBeGreaterThan(0);
      // Loading is what a cold start waits for; the holidays of the world or a reference page would show here.
      expect(bytes).toBeLessThan(2 * 1024 * 1024);
    }
    const docs = bundles.get('functions/api/docs.ts')?.folder ?? '';
    for (const file of ['openapi.json', 'docs.html.gz'])
      expect(statSync(path.join(docs, file)).size).toBeGreaterThan(0);
  });

  // Nothing checks rights on the local cloud: a right forgotten would show in the cloud only, and one too many nowhere.
  test.each<[string, string, (granted: Rights) => boolean | undefined]>([
    ['start executions', 'new StartExecutionCommand', ({ executions }) => executions?.includes('start')],
    ['look at executions', 'new DescribeExecutionCommand', ({ executions }) => executions?.includes('describe')],
    ['answer tasks that wait', 'new SendTaskSuccessCommand', ({ executions }) => executions?.includes('answer')],
    ['call operators', 'OPERATORS_SECRET', ({ operators }) => operators],
    ['make users', 'new AdminCreateUserCommand', ({ userPool }) => userPool === 'users'],
    ['make clients', 'new CreateUserPoolClientCommand', ({ userPool }) => userPool === 'clients'],
    ['list clients', 'new ListUserPoolClientsCommand', ({ userPool }) => userPool === 'clients' || userPool === 'look'],
    ['say for whom tokens are meant', 'new UpdateAuthorizerCommand', ({ audiences }) => audiences],
    ['look for what is due', 'index:"due"', ({ due }) => due],
  ])('that %s have the right to, and no others have', (_, code, granted) => {
    const using = [...bundles].filter(([, { folder }]) => readFileSync(path.join(folder, 'index.mjs')).includes(code));
    const granting = Object.entries(rights).filter(([, given]) => granted(given));
    expect(using.map(([entry]) => entry).sort()).toEqual(granting.map(([entry]) => entry).sort());
  });

  test('are left alone when nothing has changed', async () => {
    const entries = ['functions/api/catalogue.ts', 'functions/workflow/migrate.ts'];
    const writtenAt = () =>
      entries.map((entry) => statSync(path.join(bundles.get(entry)?.folder ?? '', 'index.mjs')).mtimeMs);
    const before = writtenAt();
    await bundleFunctions(entries);
    expect(writtenAt()).toEqual(before);
  }, 60_000);
});
