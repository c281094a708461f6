import type { Right } from '../../domain/access.ts';
import { UsageError } from '../command.ts';
import { addImport, appendBefore, insertAfter } from './edit-source.ts';
import { handlerOf, useCaseOf } from './route-templates.ts';

/** The files that the scaffold reads and writes, by their path from the root of the repository. */
export type Repository = {
  read(file: string): string | undefined;
  list(folder: string): readonly string[];
  write(file: string, text: string): void;
};

export type RouteRequest = { method: string; path: string; operationId: string; access: string | undefined };

/** A route with the names that follow from its path and method. */
export type ScaffoldedRoute = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  operationId: string;
  access: Exclude<Right, 'journal'>;
  /** The names of the parameters in the path. */
  parameters: readonly string[];
  /** A list: a `GET` whose path does not end with a parameter. */
  isList: boolean;
  /** `depot`, `Depot`, and the folder of its use cases, `depots`. */
  thing: string;
  Thing: string;
  folder: string;
};

const methods = ['GET', 'POST', 'PATCH', 'DELETE'] as const;

/** The rows of the role matrix (`test/integration/access/http-roles.test.ts`), by right. */
const matrixRows = {
  order_sims: 'orderCancelPlan',
  see: 'see',
  see_own: 'seeOwn',
  change_sims: 'changeSims',
  create_customers_and_services: 'createCustomersAndServices',
  edit_customers_and_services: 'editCustomersAndServices',
  delete_customers_and_services: 'deleteCustomersAndServices',
  manage_partner_services: 'createAndEditPartnerServices',
  see_own_customer: 'seeOwnCustomer',
  manage_sim_fields: 'manageSimFields',
  see_users: 'seeUsers',
  create_users: 'createUsers',
  manage_users: 'manageUsers',
  clients: 'clients',
  webhooks: 'webhooks',
  alarms: 'alarms',
  see_firings: 'seeFirings',
  platform: 'platform',
} as const satisfies Record<Exclude<Right, 'journal'>, string>;

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const camel = (name: string) => name.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
const capital = (name: string) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
const words = (name: string) => kebab(name).replaceAll('-', ' ');

/**
 * Creates a route with its use case and test, and registers it wherever CONTRIBUTING requires it. A new resource also gets its
 * entry, domain type, representation, id, permissions, documentation and kind in the fuzzer.
 *
 * @returns what the author still decides.
 * @throws Error when the request is not one for a new route, before anything is written
 */
export function scaffoldRoute(request: RouteRequest, repository: Repository): string[] {
  const { prefix, resource, ...named } = namesOf(request);
  const entry = repository
    .list('functions/api')
    .find((file) => new RegExp(`path: '${prefix}['/]`).test(readOrThrow(repository, file)));
  const route: ScaffoldedRoute = {
    ...named,
    folder: entry ? folderOf(readOrThrow(repository, entry), resource) : resource,
  };
  const useCase = `use-cases/${route.folder}/${kebab(route.operationId)}.ts`;
  if (repository.read(useCase) !== undefined) {
    throw new UsageError(`${useCase} exists already.`);
  }
  for (const file of repository.list('functions/api')) {
    if (readOrThrow(repository, file).includes(`operationId: '${route.operationId}'`)) {
      throw new UsageError(`${file} has an operation ${route.operationId} already.`);
    }
  }
  const decisions = [`${useCase}: write the use case. Until then, it throws an error.`];
  const domain = findOrCreateType(route, repository);
  const contract = findOrCreateContract(route, repository, domain, decisions);
  const entryFile = entry ?? createResource(resource, route, repository, decisions);
  addRoute(entryFile, route, { domain, contract }, repository);
  const { code, test } = useCaseOf(route, domain, kebab(route.operationId));
  repository.write(useCase, code);
  repository.write(`test/${useCase.replace(/\.ts$/, '.test.ts')}`, test);
  addToMatrix(route, repository);
  addToFuzzer(route, repository);
  if (route.path.slice(prefix.length).replace(/^\/\{\w+\}/, '') !== '') {
    decisions.push(
      `${entryFile}: the answer. The scaffold shows ${route.isList ? `${route.thing}s` : `the ${route.thing}`}.`,
    );
  }
  if (entry && route.method !== 'GET') {
    decisions.push(`infra/functions/permissions.ts: the actions on the table that ${entry} needs now.`);
  }
  return [...decisions, `test/${useCase.replace(/\.ts$/, '.test.ts')}: the name of the test and its assertion.`];
}

function namesOf({ method, path, operationId, access }: RouteRequest) {
  const known = methods.find((each) => each === method.toUpperCase());
  if (!known) {
    throw new UsageError(`The method must be ${methods.join(', ')}, not ${method || 'missing'}.`);
  }
  const [, prefix, resource] =
    /^(\/v1\/(?:platform\/)?([a-z][a-z-]*))(?:\/(?:[a-z][a-z-]*|\{[a-zA-Z]+\}))*$/.exec(path) ?? [];
  if (prefix === undefined || resource === undefined) {
    throw new UsageError(`The path must be like /v1/depots/{id}, not ${path || 'missing'}.`);
  }
  if (!/^[a-z]+[A-Z]\w*$/.test(operationId)) {
    throw new UsageError(`The operation must be a verb and a noun, like getDepot, not ${operationId || 'missing'}.`);
  }
  const right = access ?? (path.startsWith('/v1/platform/') ? 'platform' : known === 'GET' ? 'see' : '');
  // Safe: the keys of an object literal are its own.
  const allowed = Object.keys(matrixRows) as (keyof typeof matrixRows)[];
  const found = allowed.find((each) => each === right);
  if (!found) {
    throw new UsageError(
      `--access must be ${allowed.join(', ')}, not ${right || 'missing'}. Add a right to domain/access.ts first.`,
    );
  }
  const thing = camel(resource.replace(/ies$/, 'y').replace(/(?<!s)s$/, ''));
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return {
    ...{ method: known, path, operationId, access: found, parameters, thing, Thing: capital(thing) },
    isList: known === 'GET' && !path.endsWith('}'),
    prefix,
    resource,
  };
}

function readOrThrow({ read }: Pick<Repository, 'read'>, file: string): string {
  const text = read(file);
  if (text === undefined) {
    throw new Error(`${file} does not exist.`);
  }
  return text;
}

function edit(repository: Repository, file: string, change: (text: string) => string): void {
  repository.write(file, change(readOrThrow(repository, file)));
}

/** The folder of the use cases that an entry calls. */
function folderOf(entry: string, resource: string): string {
  return /from '\.\.\/\.\.\/use-cases\/([\w-]+)\//.exec(entry)?.[1] ?? resource;
}

const findExport = (repository: Repository, folder: string, pattern: RegExp) =>
  repository.list(folder).find((file) => pattern.test(readOrThrow(repository, file)));

/** The file in `domain/` with the type of the resource. */
function findOrCreateType({ thing, Thing }: ScaffoldedRoute, repository: Repository): string {
  const existing = findExport(repository, 'domain', new RegExp(`^export type ${Thing}\\b`, 'm'));
  if (existing !== undefined) {
    return existing;
  }
  const file = `domain/${kebab(thing)}.ts`;
  repository.write(
    file,
    `/** A ${words(thing)}. */
export type ${Thing} = { id: string; name: string; createdAt: string; updatedAt: string; version: number };
`,
  );
  return file;
}

/** The file in `contract/` with the schema and the representation of the resource. */
function findOrCreateContract(
  { thing, Thing }: ScaffoldedRoute,
  repository: Repository,
  domain: string,
  decisions: string[],
): string {
  const existing = findExport(repository, 'contract', new RegExp(`^export const ${thing}Schema\\b`, 'm'));
  if (existing !== undefined) {
    if (!new RegExp(`export (?:const|function) show${Thing}\\b`).test(readOrThrow(repository, existing))) {
      throw new UsageError(`${existing} exports no show${Thing}. Add the route by hand.`);
    }
    return existing;
  }
  const file = `contract/${kebab(thing)}.ts`;
  repository.write(
    file,
    `import * as z from 'zod/mini';
import type { ${Thing} } from '../${domain}';
import { id, namedSchema, showAs, stamps } from './fields.ts';

export const ${thing}Schema = namedSchema('${Thing}', () => z.object({ id, name: z.string(), ...stamps }));

export const show${Thing} = (${thing}: ${Thing}) => showAs(${thing}Schema, ${thing});
`,
  );
  edit(repository, 'functions/openapi/examples.ts', (text) =>
    insertAfter(
      text,
      /export const examples\b[^=]*= \{\n/,
      `  ${Thing}: { id: '${prefixOf(thing)}01JBP1H4K7N0Q3T6W9Z2C5F8J1', name: 'Example', ...stamps },\n`,
    ),
  );
  edit(repository, 'functions/openapi/prose.ts', (text) =>
    insertAfter(text, /export const schemaDescriptions\b[^=]*= \{\n/, `  ${Thing}: 'A ${words(thing)}.',\n`),
  );
  decisions.push(
    `${domain}, ${file}: the fields of a ${words(thing)}; then its example and description in functions/openapi/examples.ts and prose.ts.`,
  );
  return file;
}

const prefixOf = (thing: string) => `${thing.slice(0, 3).toLowerCase()}_`;

/** Creates the entry of a new resource, and registers its function. */
function createResource(resource: string, route: ScaffoldedRoute, repository: Repository, decisions: string[]): string {
  const { thing } = route;
  const file = `functions/api/${resource}.ts`;
  const tag = capital(resource.replaceAll('-', ' '));
  repository.write(
    file,
    `import { createApiHandler } from '../http/create-api-handler.ts';
import { route } from '../http/route.ts';

/** The ${resource.replaceAll('-', ' ')} of a partner. */
export const routes = [
];

export const handler = createApiHandler(routes);
`,
  );
  edit(repository, 'functions/api/routes.ts', (text) =>
    appendBefore(
      text.replace(/(import \* as \w+ from '\.\/)/, `import * as ${camel(resource)} from './${resource}.ts';\n$1`),
      /\n\};\n\n\/\*\* All routes/,
      `\n  '${resource}': { entry: '${file}', routes: ${camel(resource)}.routes },`,
    ),
  );
  edit(repository, 'infra/functions/permissions.ts', (text) =>
    appendBefore(
      text,
      / {2}'functions\/api\/docs\.ts'/,
      `  '${file}': { table: ['GetItem', 'Query', 'PutItem', 'UpdateItem'], journal: true },\n`,
    ),
  );
  edit(repository, 'functions/openapi/prose.ts', (text) =>
    insertAfter(
      text,
      /export const tagDescriptions\b[^=]*= \{\n/,
      `  '${tag}': 'The ${resource.replaceAll('-', ' ')} of a partner.',\n`,
    ),
  );
  edit(repository, 'domain/ids.ts', (text) => {
    if (text.includes(`'${prefixOf(thing)}'`)) {
      throw new UsageError(`domain/ids.ts uses the prefix ${prefixOf(thing)} already. Add the resource by hand.`);
    }
    return insertAfter(text, /const prefixes = \{\n/, `  ${thing}: '${prefixOf(thing)}',\n`);
  });
  decisions.push(
    `domain/ids.ts: the prefix of ids, ${prefixOf(thing)} for now. It is part of the API. The example and verification/fuzz/things.ts use it too.`,
    `infra/functions/permissions.ts: the actions on the table. test/infra/bundles.test.ts compares them with the code.`,
    'infra/functions/bundle-budgets.json: run `npm run build -- --raise-budgets`.',
  );
  return file;
}

function addRoute(
  file: string,
  route: ScaffoldedRoute,
  { domain, contract }: { domain: string; contract: string },
  repository: Repository,
): void {
  const { thing, Thing, folder, operationId } = route;
  const { code, helpers, imports } = handlerOf(route, tagIn(readOrThrow(repository, file), file), domain);
  const shown = route.method === 'DELETE' ? [`show${Thing}`] : [`${thing}Schema`, `show${Thing}`];
  edit(repository, file, (text) =>
    [
      ...imports,
      { names: helpers, from: '../http/route.ts' },
      { names: shown, from: `../../${contract}` },
      { names: [operationId], from: `../../use-cases/${folder}/${kebab(operationId)}.ts` },
    ].reduce(addImport, appendBefore(text, /^\];\n(?=[\s\S]*?^export const handler)/m, code)),
  );
}

/** The tag of the routes in a file; for a new file, the name of the resource. */
function tagIn(entry: string, file: string): string {
  const name = /([\w-]+)\.ts$/.exec(file)?.[1] ?? '';
  return /tag: '([^']+)'/.exec(entry)?.[1] ?? capital(name.replaceAll('-', ' '));
}

/** The path with an id that does not exist in the place of each parameter. */
const pathToNone = ({ path }: ScaffoldedRoute) => path.replace(/\{\w+\}/g, 'none');

function addToMatrix(route: ScaffoldedRoute, repository: Repository): void {
  const { method, path, access, isList, parameters } = route;
  const who = `may.${matrixRows[access]}`;
  const none = pathToNone(route);
  const row = () => {
    if (parameters.length === 0 && method === 'GET') return `list(${who}, '${path}')`;
    if (parameters.length === 0 && method === 'POST') return `create(${who}, '${path}')`;
    const call = {
      GET: `get('${none}')`,
      POST: `post('${none}', wrong)`,
      PATCH: `patch('${none}', {})`,
      DELETE: `del('${none}')`,
    };
    return `{ who: ${who}, ask: (api) => api.${call[method]}, own: ${method === 'POST' ? 422 : isList ? 200 : 404} }`;
  };
  edit(repository, 'test/integration/access/http-roles.test.ts', (text) =>
    insertAfter(text, /const routes: Record<string, Row> = \{\n/, `  '${method} ${path}': ${row()},\n`),
  );
}

/** Gives the fuzzer ids for each parameter of the path that it does not know. */
function addToFuzzer({ path, thing }: ScaffoldedRoute, repository: Repository): void {
  const [upToFirst] = /^[^}]*\}/.exec(path) ?? [];
  if (
    upToFirst === undefined ||
    readOrThrow(repository, 'verification/fuzz/valid-requests.ts').includes(`['${upToFirst}'`)
  ) {
    return;
  }
  edit(repository, 'verification/fuzz/valid-requests.ts', (text) =>
    insertAfter(text, /const kindsOfPaths\b[^=]*= \[\n/, `  ['${upToFirst}', '${thing}'],\n`),
  );
  edit(repository, 'verification/fuzz/things.ts', (text) =>
    text.includes(`| '${thing}'`)
      ? text
      : insertAfter(
          insertAfter(text, /export type Kind =\n/, `  | '${thing}'\n`),
          /const kindsByPrefix\b[^=]*= \[\n/,
          `  ['${prefixOf(thing)}', '${thing}'],\n`,
        ),
  );
}
