import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { allRoutes } from '../functions/api/routes.ts';
import { openApiDocument } from '../functions/openapi/document.ts';
import project from '../package.json' with { type: 'json' };
import { releaseDefinition } from './release-definition.ts';
import { releaseItems } from './release-items.ts';
import { releaseOf } from './releases.ts';

// npm run keep-release: stores what the version of package.json promises; later versions are checked against it (docs/changes.md).

const usage = `npm run keep-release -- [options]
  --again   replaces what is kept of this version: only as long as nobody has it`;

try {
  const { values } = parseArgs({ options: { again: { type: 'boolean' } } });
  const release = releaseOf(project.version);
  if (existsSync(release.file('openapi.json')) && !values.again) {
    throw new Error(`${project.version} is kept already: raise the version in package.json.`);
  }
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const items = await releaseItems(log);
  const definition = await releaseDefinition(log);
  mkdirSync(new URL('.', release.file('openapi.json')), { recursive: true });
  writeJson(release.file('openapi.json'), openApiDocument(allRoutes, project.version));
  writeJson(release.file('items.json'), items);
  writeJson(release.file('definition.json'), definition);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
  process.exitCode = 1;
}

/** Writes a line per value, so that differences between releases are readable. */
function writeJson(file: URL, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, undefined, 1)}\n`);
}
