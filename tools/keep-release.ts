import { mkdirSync, writeFileSync } from 'node:fs';
import { allRoutes } from '../functions/api/routes.ts';
import { openApiDocument } from '../functions/http/openapi.ts';
import project from '../package.json' with { type: 'json' };
import { releaseOf } from './releases.ts';

// npm run keep-release: keeps what the version of package.json promises, so that later ones are held to it. docs/changes.md.

const release = releaseOf(project.version);
mkdirSync(new URL('.', release.file('openapi.json')), { recursive: true });
keep('openapi.json', openApiDocument(allRoutes, project.version));

/** A line for each value, so that what changes between releases can be read. */
function keep(name: Parameters<typeof release.file>[0], value: unknown): void {
  writeFileSync(release.file(name), `${JSON.stringify(value, undefined, 1)}\n`);
}
