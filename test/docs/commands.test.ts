import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { synthesised } from '../infra/synthesised.ts';
import { documents, partsOf, shellBlocksIn, textOf } from './shell-blocks.ts';

const root = new URL('../../', import.meta.url);
const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(new URL('package.json', root), 'utf8'),
);

const blocks = documents.flatMap((document) =>
  shellBlocksIn(textOf(document)).map((block) => ({ ...block, document, place: `${document}:${block.line}` })),
);
const known = blocks.filter(({ kind }) => kind === 'known');

describe('commands in the documents', () => {
  test('are found', () => {
    const kinds = blocks.filter(({ document }) => document === 'docs/getting-started.md').map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['account', 'known', 'walk']));
  });

  test.each(known)('of npm exist, with their options: $place', ({ commands }) => {
    for (const command of commands.flatMap(partsOf)) {
      const [, called] = / ?npm (.*)$/.exec(command) ?? [];
      const { script, options } = npmCall(called ?? 'ci');
      if (script !== undefined) {
        expect(scripts).toHaveProperty([script]);
        expect(options.filter((option) => !takes(script, option))).toEqual([]);
      }
    }
  });

  test('in sentences exist, too', () => {
    const named = documents.flatMap((document) =>
      [...textOf(document).matchAll(/npm run ([a-z:-]+[a-z])/g)].map(([, script = '']) => ({ document, script })),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });

  test('have declared options only', () => {
    expect(takes('cost', 'sims-per-order')).toBe(true);
    expect(takes('build', 'raise-budgets')).toBe(true);
    expect(takes('bench', 'fleets')).toBe(false);
    expect(takes('redrive', 'ur')).toBe(false);
  });

  test('only commands of AWS tools, and those that follow them, need an account', () => {
    const account = blocks.filter(({ kind }) => kind === 'account');
    const without = account.filter(({ commands }) => !/\b(?:aws|cdk)\b|\$SANDBOX\b/.test(commands.join('\n')));
    expect(without.map(({ place }) => place)).toEqual([]);
  });
});

describe('docs/getting-started.md', () => {
  const document = textOf('docs/getting-started.md');

  test('reads outputs that the stacks have', async () => {
    const asked = [...document.matchAll(/\$\(output (\w+) (\w+)\b/g)];
    const { data, identity, sandbox, service } = await synthesised();
    const stacks = { Data: data, Identity: identity, Sandbox: sandbox, Service: service };
    const outputs = Object.entries(stacks).flatMap(([stack, template]) =>
      Object.keys(template?.Outputs ?? {}).map((output) => `${stack} ${output}`),
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(outputs).toEqual(expect.arrayContaining(asked.map(([, stack, output]) => `${stack} ${output}`)));
    for (const [, stack, output] of document.matchAll(/^SimFulfilment-dev-(\w+)\.(\w+) = /gm)) {
      expect(outputs).toContain(`${stack} ${output}`);
    }
  });

  test('has commands that a shell can read', () => {
    const commands = blocks.filter((block) => block.document === 'docs/getting-started.md' && block.kind !== 'known');
    const script = commands.flatMap((block) => block.commands).join('\n');
    expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});

/** What `npm run cost -- --sims 20` calls: none of this project's scripts, when it is npm's own command. */
function npmCall(called: string): { script: string | undefined; options: string[] } {
  const [command = '', ...rest] = called.trim().split(/ +/);
  const script = command === 'run' ? rest[0] : ['start', 'test'].find((name) => name === command);
  return {
    script,
    options: rest.filter((word) => word.startsWith('--') && word !== '--').map((word) => word.slice(2)),
  };
}

/** Whether a script's program has such an option, by what its parser is given; it stands in the program or in a file beside it. */
function takes(script: string, option: string): boolean {
  const [entry = ''] = /[\w/-]+\.ts$/.exec(scripts[script] ?? '') ?? [];
  const program = entry === '' ? '' : readFileSync(new URL(entry, root), 'utf8');
  const beside = [...program.matchAll(/ from '\.\/([\w-]+\.ts)'/g)]
    .map(([, file = '']) => new URL(path.join(path.dirname(entry), file), root))
    .filter(existsSync)
    .map((file) => readFileSync(file, 'utf8'));
  const declared = new RegExp(`^\\s*(?:const )?.*['{ ]${option}'?: \\{ (?:type|key): '`, 'm');
  return [program, ...beside].some((source) => declared.test(source));
}
