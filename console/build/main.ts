import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { budgetOf, pageSizes } from './budget.ts';
import { generateApi } from './generate-api.ts';
import { dist, isBuilt, sourcesMark } from './inputs.ts';

// npm run build:console: builds the console into console/dist and checks what its pages load first. With --if-changed, only when a
// source has changed.

const { values } = parseArgs({ options: { 'if-changed': { type: 'boolean', default: false } } });

// Always the production build of React, also when a test builds the console: the development build is larger and slower.
process.env.NODE_ENV = 'production';

if (!(values['if-changed'] && (await isBuilt()))) {
  const mark = await sourcesMark();
  await generateApi();
  // Complete before it takes the place of the previous build, which a local cloud may be serving.
  const unfinished = `${dist}.${randomUUID()}`;
  try {
    await build({
      configFile: path.join(import.meta.dirname, '../vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: unfinished },
    });
    await writeFile(path.join(unfinished, mark.file), mark.hash);
    await rm(dist, { recursive: true, force: true });
    await rename(unfinished, dist);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

let isOverBudget = false;
for (const [page, bytes] of pageSizes(dist)) {
  const isTooLarge = bytes > budgetOf(page);
  isOverBudget ||= isTooLarge;
  const budget = isTooLarge ? `: the budget is ${budgetOf(page) / 1024} KB` : '';
  console.log(`${page.padEnd(24)}${Math.ceil(bytes / 1024)} KB of JavaScript, gzipped${budget}`);
}
// A console that is too large still works: with --if-changed, a local cloud needs it.
process.exitCode = isOverBudget && !values['if-changed'] ? 1 : 0;
