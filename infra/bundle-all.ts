import { gzipSync } from 'node:zlib';
import { allRoutes, resources } from '../functions/api/routes.ts';
import { openApiDocument } from '../functions/http/openapi.ts';
import { referencePage } from '../functions/http/reference-page.ts';
import project from '../package.json' with { type: 'json' };
import { type Bundles, bundleFunctions } from './functions/bundles.ts';
import { claimsEntry } from './identity-stack.ts';
import { docsEntry, functionEntries } from './service-stack.ts';

/** Bundles every function of the system, with the API's description and its reference page beside the one that serves them. */
export async function bundleAll(): Promise<Bundles> {
  const document = openApiDocument(allRoutes, project.version);
  return bundleFunctions([...functionEntries(resources), claimsEntry], {
    [docsEntry]: {
      'openapi.json': JSON.stringify(document),
      'docs.html.gz': gzipSync(referencePage(document), { level: 9 }),
    },
  });
}
