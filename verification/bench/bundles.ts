import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleAll } from '../../infra/bundle-all.ts';
import { type Bundle, bundleOptions } from '../../infra/functions/bundles.ts';
import { type Figure, figure, median } from './figure.ts';

const run = promisify(execFile);

const RUNS = 5;

/**
 * Measures loading each deployed bundle in a fresh process, compared with a bundle of only its SDK imports. The measure is the CPU
 * time of all threads for the `import()`, which other work on the machine affects least. There is no compile cache between processes.
 */
export async function bundles(): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-bundles-'));
  try {
    const figures: Figure[] = [];
    for (const bundle of (await bundleAll()).values()) {
      const floor = await floorOf(bundle, folder);
      figures.push(await loads(bundle, floor));
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function loads({ name, folder, bytes }: Bundle, floor: string | undefined): Promise<Figure> {
  const ours: number[] = [];
  const least: number[] = [];
  // Alternate between both, so that other work on the machine affects both. The first load only warms the disk cache.
  for (let turn = 0; turn <= RUNS; turn += 1) {
    const [one, other] = [
      await loadMs(path.join(folder, 'index.mjs')),
      floor === undefined ? undefined : await loadMs(floor),
    ];
    if (turn > 0) {
      ours.push(one);
      least.push(...(other === undefined ? [] : [other]));
    }
  }
  const size = `${Math.round(bytes / 1024)} KB`;
  const shared = { name: `load ${name}`, unit: 'ms', ours: median(ours), runs: RUNS };
  return floor === undefined
    ? figure({ ...shared, note: `${size}; it uses no SDK client` })
    : figure({
        ...shared,
        floor: median(least),
        ratio: median(ours.map((ms, turn) => ms / (least[turn] ?? Number.NaN))),
        goal: { atMost: 1.15 },
        note: size,
      });
}

const program = `
  await import('data:text/javascript,');
  const before = process.cpuUsage();
  await import(process.argv[1]);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(String((user + system) / 1000));
`;

async function loadMs(file: string): Promise<number> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program, pathToFileURL(file).href], {
    env: { AWS_REGION: 'eu-west-1', POWERTOOLS_SERVICE_NAME: 'bench', POWERTOOLS_METRICS_NAMESPACE: 'Bench' },
  });
  return Number(stdout);
}

/** Builds a bundle of the SDK imports of a bundle; undefined when there are none. */
async function floorOf({ name, folder, inputs }: Bundle, into: string): Promise<string | undefined> {
  const code = await readFile(path.join(folder, 'index.mjs'), 'utf8');
  const used = new Set<string>();
  // Count only imports by other files that remain in the bundle; the SDK's files also import each other.
  for (const input of inputs.filter((file) => !/node_modules\/(@aws-sdk|@smithy|@aws)\//.test(file))) {
    const source = await readFile(path.join(bundleOptions.absWorkingDir, input), 'utf8');
    for (const [, names = '', client] of source.matchAll(/import\s*{([^}]*)}\s*from\s*['"](@aws-sdk\/[\w-]+)['"]/g)) {
      for (const imported of names.split(',').map((text) => text.trim())) {
        if (/^[A-Z]\w+$/.test(imported) && new RegExp(`\\b${imported}\\b`).test(code)) {
          used.add(`export { ${imported} } from '${client}';`);
        }
      }
    }
  }
  if (used.size === 0) {
    return undefined;
  }
  const outfile = path.join(into, `${name}.mjs`);
  const { outExtension: _outExtension, ...options } = bundleOptions;
  await build({
    ...options,
    stdin: { contents: [...used].join('\n'), resolveDir: bundleOptions.absWorkingDir },
    outfile,
  });
  return outfile;
}
