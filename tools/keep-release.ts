import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { allRoutes } from '../functions/api/routes.ts';
import { openApiDocument } from '../functions/openapi/document.ts';
import project from '../package.json' with { type: 'json' };
import { runCommand, UsageError } from './command.ts';
import { releaseDefinition } from './release-definition.ts';
import { releaseItems } from './release-items.ts';
import { releaseOf } from './releases.ts';

// npm run keep-release: stores the API, items and the state machine of the version in package.json. Later versions are checked against them (docs/changes.md).

const usage = `npm run keep-release -- [options]
  --replace   replaces the stored files of this version, which is only allowed while it is not released`;

await runCommand({ usage, options: { replace: { type: 'boolean' } } }, async ({ values }) => {
  const release = releaseOf(project.version);
  if (existsSync(release.file('openapi.json')) && !values.replace) {
    throw new UsageError(`${project.version} is stored already: raise the version in package.json.`);
  }
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const items = await releaseItems(log);
  const definition = await releaseDefinition(log);
  mkdirSync(new URL('.', release.file('openapi.json')), { recursive: true });
  writeJson(release.file('openapi.json'), openApiDocument(allRoutes, project.version));
  writeJson(release.file('items.json'), items);
  writeJson(release.file('definition.json'), definition);
});

/** Writes a line per value, so that differences between releases are readable. */
function writeJson(file: URL, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, undefined, 1)}\n`);
}
