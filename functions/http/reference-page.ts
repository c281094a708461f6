import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The reference page: Scalar with this API's document in it, one file that needs nothing else. Made when the
 * functions are bundled.
 */
export function referencePage(document: unknown): string {
  const script = readFileSync(
    fileURLToPath(import.meta.resolve('@scalar/api-reference/browser/standalone.js')),
    'utf8',
  );
  const json = JSON.stringify(document).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SIM fulfilment – API reference</title>
</head>
<body>
<div id="reference"></div>
<script>${script.replaceAll('</script', '<\\/script')}</script>
<script>
Scalar.createApiReference('#reference', { slug: 'api', content: ${json}, withDefaultFonts: false, telemetry: false, agent: { disabled: true }, showDeveloperTools: 'never', hideClientButton: true })
</script>
</body>
</html>
`;
}
