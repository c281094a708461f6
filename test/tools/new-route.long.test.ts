import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

jest.setTimeout(120_000);

/** A copy of the code in which routes are scaffolded. */
let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(path.join(tmpdir(), 'new-route-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const copied = files
    .split('\n')
    .filter((file) => /^[\w-]+(\/.*\.(ts|js|json)|\.json)$/.test(file) && !/^(releases|docs)\//.test(file));
  await Promise.all(
    copied.map(async (file) => {
      await mkdir(path.dirname(path.join(copy, file)), { recursive: true });
      // A file may be deleted and not committed yet.
      await cp(path.join(root, file), path.join(copy, file)).catch(() => undefined);
    }),
  );
  await cp(path.join(root, '.gitignore'), path.join(copy, '.gitignore'));
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true }));

const scaffold = async (...args: string[]) =>
  (await run(process.execPath, ['tools/new/main.ts', 'route', ...args], { cwd: copy })).stdout;
const node = (code: string) => run(process.execPath, ['--input-type=module', '--eval', code], { cwd: copy });
const text = (file: string) => readFile(path.join(copy, file), 'utf8');

describe('npm run new -- route', () => {
  beforeAll(async () => {
    await scaffold('GET', '/v1/depots', 'listDepots');
    await scaffold('POST', '/v1/depots', 'createDepot', '--access', 'order_sims');
    await scaffold('GET', '/v1/depots/{id}', 'getDepot');
    await scaffold('PATCH', '/v1/depots/{id}', 'updateDepot', '--access', 'order_sims');
    await scaffold('DELETE', '/v1/depots/{id}', 'deleteDepot', '--access', 'order_sims');
    await scaffold('GET', '/v1/customers/{id}/contacts', 'listContactsOfCustomer');
    await scaffold('GET', '/v1/platform/couriers/{courierId}', 'getCourier');
  });

  test('leaves code without type or lint errors', async () => {
    await writeFile(
      path.join(copy, 'tsconfig.scaffold.json'),
      JSON.stringify({
        extends: './tsconfig.json',
        include: [
          'functions/api',
          'functions/openapi',
          'use-cases',
          'contract',
          'infra/functions',
          'verification/fuzz',
          'test/use-cases',
          'test/integration/access/http-roles.test.ts',
        ],
      }),
    );
    const typed = run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.scaffold.json'], {
      cwd: copy,
    });
    const linted = run(
      process.execPath,
      ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', ...folders],
      { cwd: copy },
    );
    const outputs = await Promise.all(
      [typed, linted].map((result) =>
        result.then(
          () => '',
          ({ stdout, stderr }) => `${stdout}${stderr}`,
        ),
      ),
    );
    expect(outputs).toEqual(['', '']);
  });

  test('registers the routes, documents them and gives their function permissions', async () => {
    const { stdout } = await node(`
      const { allRoutes, resources } = await import('./functions/api/routes.ts');
      const { openApiDocument } = await import('./functions/openapi/document.ts');
      const { permissions } = await import('./infra/functions/permissions.ts');
      const { paths, tags } = openApiDocument(allRoutes, '1');
      process.stdout.write(JSON.stringify({
        depots: Object.entries(paths['/v1/depots/{id}']).map(([method, { operationId }]) => [method, operationId]),
        created: Object.keys(paths['/v1/depots'].post.responses),
        contacts: paths['/v1/customers/{id}/contacts'].get.tags,
        described: tags.find(({ name }) => name === 'Depots').description,
        permitted: Object.values(resources).every(({ entry }) => entry in permissions),
      }));
    `);
    expect(JSON.parse(stdout)).toEqual({
      depots: [
        ['get', 'getDepot'],
        ['patch', 'updateDepot'],
        ['delete', 'deleteDepot'],
      ],
      created: expect.arrayContaining(['201']),
      contacts: ['Customers'],
      described: 'The depots of a partner.',
      permitted: true,
    });
  });

  test('adds each route to the role matrix and its ids to the fuzzer', async () => {
    const matrix = await text('test/integration/access/http-roles.test.ts');
    expect(matrix).toContain("'GET /v1/depots': list(may.see, '/v1/depots'),");
    expect(matrix).toContain("'POST /v1/depots': create(may.orderCancelPlan, '/v1/depots'),");
    expect(matrix).toContain("'DELETE /v1/depots/{id}': {");
    expect(await text('verification/fuzz/valid-requests.ts')).toContain("['/v1/depots/{id}', 'depot'],");
    expect(await text('verification/fuzz/things.ts')).toContain("['dep_', 'depot'],");
  });

  test('creates a use case that throws until it is written, and its test', async () => {
    await expect(
      node("await (await import('./use-cases/depots/get-depot.ts')).getDepot('acme', 'none')"),
    ).rejects.toThrow('Write getDepot: {"partnerId":"acme","id":"none"}');
    expect(await text('test/use-cases/depots/get-depot.test.ts')).toContain("getDepot('acme', 'none')");
  });

  test.each([
    [['PUT', '/v1/depots/{id}', 'saveDepot'], 'The method must be'],
    [['GET', 'depots', 'getDepot'], 'The path must be like'],
    [['GET', '/v1/depots', 'depots'], 'a verb and a noun'],
    [['POST', '/v1/sites', 'createSite'], '--access must be'],
    [['GET', '/v1/depots/{id}/orders', 'getDepot'], 'exists already'],
  ])('refuses %j and changes nothing', async (args, message) => {
    const before = await text('functions/api/routes.ts');
    await expect(scaffold(...args)).rejects.toThrow(message);
    expect(await text('functions/api/routes.ts')).toBe(before);
  });
});

const folders = [
  'functions',
  'use-cases',
  'contract',
  'domain',
  'infra/functions',
  'verification/fuzz',
  'test/use-cases',
  'test/integration/access',
];
