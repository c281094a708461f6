import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand, UsageError } from '../command.ts';
import { type Repository, scaffoldRoute } from './scaffold-route.ts';

// npm run new -- route <method> <path> <operationId> [--access <right>]: creates the files of a route and registers it.

const usage = 'npm run new -- route <method> <path> <operationId> [--access <right>]';

/** The working tree. Scaffolds are written to it at the end, so that a refused one changes nothing. */
function workingTree(): Repository & { written: ReadonlyMap<string, string> } {
  const written = new Map<string, string>();
  return {
    written,
    read: (file) => written.get(file) ?? (existsSync(file) ? readFileSync(file, 'utf8') : undefined),
    list: (folder) => globSync(`${folder}/*.ts`).map((file) => file.split(path.sep).join('/')),
    write: (file, text) => {
      written.set(file, text);
    },
  };
}

await runCommand(
  { usage, options: { access: { type: 'string' } }, allowPositionals: true },
  ({ values, positionals }) => {
    const [kind, method = '', routePath = '', operationId = ''] = positionals;
    if (kind !== 'route') {
      throw new UsageError('The only scaffold is "route".');
    }
    const repository = workingTree();
    const decisions = scaffoldRoute({ method, path: routePath, operationId, access: values.access }, repository);
    for (const [file, text] of repository.written) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    const files = [...repository.written.keys()];
    spawnSync(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...files], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    process.stdout.write(`Written:\n${files.map((file) => `  ${file}\n`).join('')}`);
    process.stdout.write(`Decide:\n${decisions.map((decision) => `  - ${decision}\n`).join('')}`);
  },
);
