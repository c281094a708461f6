import { gzipSync } from 'node:zlib';
import { allRoutes, resources } from '../functions/api/routes.ts';
import { openApiDocument } from '../functions/openapi/document.ts';
import { referencePage } from '../functions/openapi/reference-page.ts';
import project from '../package.json' with { type: 'json' };
import { type Bundles, bundleFunctions } from './functions/bundles.ts';
import { claimsEntry, docsEntry, functionEntries, sandboxEntry } from './functions/entries.ts';

/** The entry files of all functions that are deployed, on whichever stage. */
export const deployedEntries: readonly string[] = [...functionEntries(resources), claimsEntry, sandboxEntry];

/** Bundles every function of the system, with the API's description and its reference page beside the one that serves them. */
export async function bundleAll(): Promise<Bundles> {
  const document = openApiDocument(allRoutes, project.version);
  return bundleFunctions(deployedEntries, {
    [docsEntry]: {
      'openapi.json': JSON.stringify(document),
      'docs.html.gz': gzipSync(referencePage(), { level: 9 }),
    },
  });
}
