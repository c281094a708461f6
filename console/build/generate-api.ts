import { mkdir, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import { allRoutes } from '../../functions/api/routes.ts';
import { openApiDocument } from '../../functions/openapi/document.ts';
import project from '../../package.json' with { type: 'json' };

const folder = new URL('../generated/', import.meta.url);

/**
 * Writes what the console knows of the API, from the same declarations as the API itself: the types of requests and responses, and
 * the right that each operation requires, and the summary of each request that changes something, which the journal shows.
 */
export async function generateApi(): Promise<void> {
  // Safe: a JSON document, as the generator takes; its own type is stricter than the generated document's.
  const document = openApiDocument(allRoutes, project.version) as unknown as Parameters<typeof openapiTS>[0];
  const types = astToString(await openapiTS(document, { alphabetize: true, rootTypes: false }));
  const access = Object.fromEntries(
    allRoutes.filter(({ undocumented }) => !undocumented).map(({ operationId, access }) => [operationId, access]),
  );
  const summaries = Object.fromEntries(
    allRoutes
      .filter(({ undocumented, method }) => !undocumented && method !== 'GET')
      .map(({ method, path, summary }) => [`${method} ${path}`, summary]),
  );
  await mkdir(folder, { recursive: true });
  await Promise.all([
    writeFile(new URL('api.ts', folder), types),
    writeFile(
      new URL('operations.ts', folder),
      `/** The right that each operation of the API requires. */\nexport const accessOf = ${JSON.stringify(access, undefined, 2)} as const;\n`,
    ),
    writeFile(
      new URL('summaries.ts', folder),
      `/** What each request that changes something does. */\nexport const summaries: Readonly<Record<string, string>> = ${JSON.stringify(summaries, undefined, 2)};\n`,
    ),
  ]);
}
