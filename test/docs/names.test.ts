import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folders of the product. A name means one thing in all of them. */
const folders = ['domain', 'contract', 'use-cases', 'adapters', 'functions', 'infra'];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...folders], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file.endsWith('.ts'));

/** The convention of entry points: what Lambda calls, and the routes of an API function. */
const ofEachEntryPoint = ['handler', 'routes'];

describe('a name', () => {
  test('is exported by one file only, so that it means one thing', () => {
    const declared = Map.groupBy(
      files.flatMap((file) => exportsOf(file).map((name) => ({ name, file }))),
      ({ name }) => name,
    );
    expect(declared.size).toBeGreaterThan(1000);
    const twice = [...declared].filter(([, places]) => places.length > 1);
    const others = twice.filter(
      ([name, places]) =>
        !ofEachEntryPoint.includes(name) || !places.every(({ file }) => file.startsWith('functions/')),
    );
    expect(others.map(([name, places]) => `${name}: ${places.map(({ file }) => file).join(', ')}`)).toEqual([]);
  });

  test('of a file is used once in a layer, for the same subject in each, and for nothing in the infrastructure', () => {
    const byName = Map.groupBy(files, (file) => path.basename(file));
    const ambiguous = [...byName].filter(([, paths]) => {
      const layers = paths.map((file) => file.split('/')[0]);
      return paths.length > 1 && (new Set(layers).size < layers.length || layers.includes('infra'));
    });
    expect(ambiguous.map(([name, paths]) => `${name}: ${paths.join(', ')}`)).toEqual([]);
  });
});

/** The names that a file declares and exports. A re-export is the same thing. */
function exportsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) {
      return [];
    }
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) => namesIn(name));
    }
    const isNamed =
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isEnumDeclaration(statement);
    return isNamed && statement.name ? [statement.name.text] : [];
  });
}

function namesIn(name: ts.BindingName): string[] {
  return ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : namesIn(element.name)));
}
