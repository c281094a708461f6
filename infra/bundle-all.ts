import { gzipSync } from 'node:zlib';
import { allRoutes, resources } from '../functions/api/routes.ts';
import { openApiDocument } from '../functions/openapi/document.ts';
import { referencePage } from '../functions/openapi/reference-page.ts';
import project from '../package.json' with { type: 'json' };
import { type Bundles, bundleFunctions } from './functions/bundles.ts';
import { claimsEntry, docsEntry, functionEntries, invitationEntry, sandboxEntry } from './functions/entries.ts';

/** The entry files of all functions of all stages. */
export const deployedEntries: readonly string[] = [
  ...functionEntries(resources),
  claimsEntry,
  invitationEntry,
  sandboxEntry,
];

/** Bundles every function. Adds the OpenAPI document and the reference page to the bundle of the function that serves them. */
export async function bundleAll(): Promise<Bundles> {
  const document = openApiDocument(allRoutes, project.version);
  const reference = referencePage();
  return bundleFunctions(deployedEntries, {
    [docsEntry]: {
      'openapi.json': JSON.stringify(document),
      'docs.html.gz': gzipSync(reference.html, { level: 9 }),
      'docs.csp': reference.contentSecurityPolicy,
    },
  });
}
