import { readFileSync } from 'node:fs';
import { allRoutes } from '../functions/api/routes.ts';
import { openApiDocument } from '../functions/openapi/document.ts';
import project from '../package.json' with { type: 'json' };
import { breakingChanges } from './breaking-changes.ts';
import { lastRelease, mayBreak } from './releases.ts';

// npm run api-changes: lists the breaking changes of the API since the last release (docs/changes.md).

const release = lastRelease();
const before: unknown = JSON.parse(readFileSync(release.file('openapi.json'), 'utf8'));
const changes = breakingChanges(before, openApiDocument(allRoutes, project.version));
process.stdout.write(`${[...changes, `${changes.length} breaking changes since ${release.version}`].join('\n')}\n`);
if (changes.length > 0 && !mayBreak(release.version, project.version)) {
  process.stderr.write(
    `Version ${project.version} must not contain breaking changes after ${release.version}: raise the version (docs/changes.md).\n`,
  );
  process.exitCode = 1;
}
