import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import spectralCore, { type RulesetDefinition } from '@stoplight/spectral-core';
import spectralRulesets from '@stoplight/spectral-rulesets';
import { allRoutes } from '../functions/api/routes.ts';
import { openApiDocument } from '../functions/openapi/document.ts';
import project from '../package.json' with { type: 'json' };

// npm run lint:openapi: checks the OpenAPI document with the recommended rules of Spectral and Redocly, without exceptions.

const document = openApiDocument(allRoutes, project.version);

// Safe: this is Spectral's own ruleset; its two packages declare different types for it.
const oas = spectralRulesets.oas as unknown as RulesetDefinition;
const spectral = new spectralCore.Spectral();
spectral.setRuleset({ extends: [[oas, 'recommended']] });
const findings = await spectral.run(JSON.stringify(document));
for (const { code, message, path: at } of findings) {
  process.stderr.write(`Spectral: ${code} at ${at.join('/')}: ${message}\n`);
}
process.stdout.write(`Spectral: ${findings.length} findings\n`);

const folder = mkdtempSync(path.join(tmpdir(), 'sim-fulfilment-openapi-'));
try {
  const file = path.join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  const redocly = fileURLToPath(new URL('../node_modules/.bin/redocly', import.meta.url));
  const found: { totals: { errors: number; warnings: number } } = JSON.parse(lintWithRedocly(redocly, file));
  const { errors, warnings } = found.totals;
  process.stdout.write(`Redocly: ${errors + warnings} findings\n`);
  if (errors + warnings > 0) {
    process.stderr.write(`${JSON.stringify(found, undefined, 1)}\n`);
  }
  process.exitCode = findings.length + errors + warnings > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}

/** Returns Redocly's report as JSON. Redocly exits with an error when it finds one; warnings also fail this check. */
function lintWithRedocly(redocly: string, file: string): string {
  const settings = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  try {
    return execFileSync(redocly, ['lint', '--extends=recommended', '--format=json', file], {
      cwd: path.dirname(file),
      encoding: 'utf8',
      env: settings,
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const report = typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : '';
    if (report === '') {
      throw error;
    }
    return report;
  }
}
