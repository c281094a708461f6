import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { runCommand } from './command.ts';

// npm run supply-chain: checks the project's dependencies. Fails on a package without a hash, on a licence that is not accepted, on a
// known vulnerability of a deployed package, and when the registry does not answer the audit.

const usage = `npm run supply-chain -- [options]
  --offline   does not check for vulnerabilities`;

/** Licences that require only attribution; deployed packages may have these. */
const acceptedLicences = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
]);

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      link: z.boolean().optional(),
      inBundle: z.boolean().optional(),
    }),
  ),
});

const auditSchema = z.object({
  metadata: z.object({ vulnerabilities: z.record(z.string(), z.number()) }).optional(),
});

const { packages } = lockSchema.parse(
  JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')),
);
// The project itself and its workspaces are not installed.
const installed = Object.entries(packages).filter(([folder, { link }]) => folder.includes('node_modules/') && !link);
const deployed = installed.filter(([, { dev, devOptional, optional }]) => !dev && !devOptional && !optional);

await runCommand({ usage, options: { offline: { type: 'boolean', default: false } } }, ({ values }) => {
  const problems = [...packagesWithoutHash(), ...unacceptedLicences(), ...vulnerabilities(values.offline)];
  process.stdout.write(`${[...problems, `${problems.length} problems`].join('\n')}\n`);
  return problems.length === 0 ? 0 : 1;
});

/** Lists packages without a hash. Optional packages of other platforms may lack one: they are never installed here. */
function packagesWithoutHash(): string[] {
  const without = installed.filter(([, { integrity, inBundle }]) => integrity === undefined && !inBundle);
  const needed = without.filter(([, { optional }]) => !optional);
  process.stdout.write(
    `${installed.length} packages in the lockfile; ${without.length} optional packages of other platforms have no hash\n`,
  );
  return needed.map(([folder]) => `${folder} has no hash in the lockfile`);
}

function unacceptedLicences(): string[] {
  const counts = new Map<string, number>();
  for (const [, { license = 'none' }] of deployed) {
    counts.set(license, (counts.get(license) ?? 0) + 1);
  }
  const table = [...counts].map(([license, count]) => `${count} ${license}`).sort();
  process.stdout.write(`${deployed.length} of them can be deployed: ${table.join(', ')}\n`);
  return deployed.flatMap(([folder, { license = 'none' }]) =>
    alternatives(license).some((one) => acceptedLicences.has(one)) ? [] : [`${folder} has the licence ${license}`],
  );
}

/** Splits alternatives such as `(MIT OR Apache-2.0)`. */
function alternatives(license: string): string[] {
  return license.replace(/[()]/g, '').split(' OR ');
}

function vulnerabilities(isOffline: boolean): string[] {
  if (isOffline) {
    process.stdout.write('Known vulnerabilities: not checked (--offline)\n');
    return [];
  }
  const found = auditSchema.safeParse(JSON.parse(audit()));
  const counts = found.success ? found.data.metadata?.vulnerabilities : undefined;
  if (counts === undefined) {
    return [
      'The registry did not answer npm audit, so known vulnerabilities were not checked. Try again, use a registry with an audit ' +
        'endpoint, or omit the check with --offline.',
    ];
  }
  process.stdout.write(`Known vulnerabilities of deployed packages, by npm audit: ${JSON.stringify(counts)}\n`);
  return ['high', 'critical'].flatMap((level) =>
    (counts[level] ?? 0) > 0 ? [`${counts[level]} ${level} vulnerabilities: see npm audit --omit=dev`] : [],
  );
}

/** Runs npm audit, which exits with an error when it finds vulnerabilities and also when the registry does not answer. */
function audit(): string {
  try {
    return execFileSync('npm', ['audit', '--omit=dev', '--json', '--fetch-timeout=10000', '--fetch-retries=0'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 60_000,
    });
  } catch (error) {
    const output = typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : '';
    return output.trim() === '' ? '{}' : output;
  }
}
