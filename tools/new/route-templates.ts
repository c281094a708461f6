import type { Import } from './edit-source.ts';
import type { ScaffoldedRoute } from './scaffold-route.ts';

/** What the use case of a route receives and returns. */
function signatureOf({ method, access, parameters, isList, Thing }: ScaffoldedRoute) {
  const owner = access === 'platform' ? [] : ['partnerId'];
  const ids = [...owner, ...parameters.filter((name) => !owner.includes(name))];
  if (isList) {
    return { ids, last: 'page: PageRequest', result: `{ items: ${Thing}[]; next?: string }` };
  }
  switch (method) {
    case 'GET':
      return { ids, last: undefined, result: Thing };
    case 'POST':
      return { ids, last: `input: { name: string }, { now }: { now: Date }`, result: Thing };
    case 'PATCH':
      return {
        ids,
        last: `change: { name?: string | undefined }, { now, precondition }: { now: Date; precondition: (current: ${Thing}) => void }`,
        result: `{ before: ${Thing}; after: ${Thing} }`,
      };
    case 'DELETE':
      return { ids, last: `precondition: (current: ${Thing}) => void`, result: Thing };
  }
}

const summaries = { GET: 'Get', POST: 'Create', PATCH: 'Update', DELETE: 'Delete' } as const;

/** The code of a route, the helpers of `functions/http/route.ts` that it uses, and its other imports. */
type RouteCode = { code: string; helpers: string[]; imports: Import[] };

/** The declaration of a route. `domain` is the file with the type of its resource. */
export function handlerOf(route: ScaffoldedRoute, tag: string, domain: string): RouteCode {
  const { method, path, operationId, access, isList } = route;
  const { code, helpers, imports } = isList ? listHandler(route) : handlers[method](route, domain);
  return {
    code: `  route({
    method: '${method}',
    path: '${path}',
    operationId: '${operationId}',
    access: '${access}',
    tag: '${tag}',
    summary: '${summaryOf(route)}',
${code}  }),
`,
    helpers: [...helpers, 'route'],
    imports,
  };
}

function summaryOf({ method, isList, thing }: ScaffoldedRoute): string {
  const noun = thing.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return isList ? `List ${noun}s` : `${summaries[method]} ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** What a handler takes from its request, `taken` besides the caller and the ids; and its call of the use case with `given`. */
function callOf(route: ScaffoldedRoute, taken: string, given: string): { request: string; call: string } {
  const { access, parameters, operationId } = route;
  const isPlatform = access === 'platform';
  const parts = [
    isPlatform ? '' : 'caller',
    parameters.length === 0 ? '' : `path: { ${parameters.join(', ')} }`,
    taken,
  ];
  const ids = signatureOf(route).ids.map((name) => (name === 'partnerId' && !isPlatform ? 'caller.partnerId' : name));
  const present = (texts: readonly string[]) => texts.filter((text) => text !== '').join(', ');
  return { request: `{ ${present(parts)} }`, call: `await ${operationId}(${present([...ids, given])})` };
}

const lineImports: Import[] = [
  { names: ['line'], from: '../../domain/text.ts' },
  { names: ['z'], from: 'zod/mini', kind: 'namespace' },
];

const matchImport: Import = { names: ['requireMatch'], from: '../http/etag.ts' };

function listHandler(route: ScaffoldedRoute): RouteCode {
  const { thing, Thing } = route;
  const { request, call } = callOf(route, 'page', 'page');
  return {
    code: `    paged: true,
    answers: { 200: ${thing}Schema },
    handle: async (${request}) => {
      const { items, next } = ${call};
      return okPage(items.map(show${Thing}), next);
    },
`,
    helpers: ['okPage'],
    imports: [],
  };
}

const handlers: Readonly<Record<ScaffoldedRoute['method'], (route: ScaffoldedRoute, domain: string) => RouteCode>> = {
  GET: (route) => {
    const { request, call } = callOf(route, '', '');
    return {
      code: `    answers: { 200: ${route.thing}Schema },
    handle: async (${request}) => okResource(show${route.Thing}(${call})),
`,
      helpers: ['okResource'],
      imports: [],
    };
  },
  POST: (route) => {
    const { path, thing, Thing } = route;
    const { request, call } = callOf(route, 'body, now', 'body, { now }');
    const location = path.replaceAll('{', `$${'{'}`);
    return {
      code: `    body: () => z.strictObject({ name: line(100) }),
    example: { name: 'Example' },
    answers: { 201: ${thing}Schema },
    handle: async (${request}) => {
      const ${thing} = ${call};
      return created(\`${location}/\${${thing}.id}\`, show${Thing}(${thing}));
    },
`,
      helpers: ['created'],
      imports: lineImports,
    };
  },
  PATCH: (route, domain) => {
    const { thing, Thing } = route;
    const { request, call } = callOf(route, 'body, ifMatch, now', 'body, { now, precondition }');
    return {
      code: `    body: () => z.strictObject({ name: z.optional(line(100)) }),
    answers: { 200: ${thing}Schema },
    handle: async (${request}) => {
      const precondition = (${thing}: ${Thing}) => requireMatch(ifMatch, show${Thing}(${thing}));
      const { before, after } = ${call};
      return { ...okResource(show${Thing}(after)), before: show${Thing}(before) };
    },
`,
      helpers: ['okResource'],
      imports: [...lineImports, matchImport, { names: [Thing], from: `../../${domain}`, kind: 'type' }],
    };
  },
  DELETE: (route) => {
    const { thing, Thing } = route;
    const { request, call } = callOf(route, 'ifMatch', `(${thing}) => requireMatch(ifMatch, show${Thing}(${thing}))`);
    return {
      code: `    answers: { 204: null },
    handle: async (${request}) => {
      const before = ${call};
      return { ...noContent, before: show${Thing}(before) };
    },
`,
      helpers: ['noContent'],
      imports: [matchImport],
    };
  },
};

/** The use case of a route, which is yet to be written, and its test. */
export function useCaseOf(route: ScaffoldedRoute, domain: string, file: string): { code: string; test: string } {
  const { operationId, Thing, folder, method, isList } = route;
  const { ids, last, result } = signatureOf(route);
  const parameters = [...ids.map((name) => `${name}: string`), ...(last === undefined ? [] : [last])].join(', ');
  const named = [
    ...ids,
    ...(isList
      ? ['page']
      : { GET: [], POST: ['input', 'now'], PATCH: ['change', 'now', 'precondition'], DELETE: ['precondition'] }[
          method
        ]),
  ];
  const example = [
    ...ids.map((name) => `'${name === 'partnerId' ? 'acme' : 'none'}'`),
    ...(isList
      ? ['{ limit: 50 }']
      : {
          GET: [],
          POST: ["{ name: 'Example' }", '{ now: new Date() }'],
          PATCH: ["{ name: 'Example' }", '{ now: new Date(), precondition: () => undefined }'],
          DELETE: ['() => undefined'],
        }[method]),
  ].join(', ');
  return {
    code: `import type { ${Thing} } from '../../${domain}';
${isList ? "import type { PageRequest } from '../fill-page.ts';\n" : ''}
/**
 * Describe what ${operationId} does, in one sentence.
 *
 * 1. List the steps of the main course.
 *
 * @throws Refusal list the codes
 */
export async function ${operationId}(${parameters}): Promise<${result}> {
  throw new Error(\`Write ${operationId}: \${JSON.stringify({ ${named.join(', ')} })}\`);
}
`,
    test: `import { expect, test } from '@jest/globals';
import { ${operationId} } from '../../../use-cases/${folder}/${file}.ts';

test('${operationId} is written', async () => {
  await expect(${operationId}(${example})).resolves.toBeDefined();
});
`,
  };
}
