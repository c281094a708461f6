import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { problemCodes } from './prose.ts';

/**
 * The reference page: Scalar, which loads this API's document, followed by all problem codes. It is generated when the
 * functions are bundled.
 *
 * Problems link to their code, `/docs#<code>`. The codes are static HTML, so that the links work before Scalar has loaded and
 * without it: Scalar does not scroll to an anchor when it opens.
 *
 * @returns the page, and the content security policy that allows its scripts and no others
 */
export function referencePage(): { html: string; contentSecurityPolicy: string } {
  const scalar = readFileSync(
    fileURLToPath(import.meta.resolve('@scalar/api-reference/browser/standalone.js')),
    'utf8',
  );
  const scripts = [scalar.replaceAll('</script', '<\\/script'), createReference];
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SIM fulfilment – API reference</title>
<style>${style}</style>
</head>
<body>
<div id="reference"></div>
<section class="problem-codes" aria-labelledby="problem-codes">
<h1 id="problem-codes">Problem codes</h1>
<p>The <code>code</code> of a problem document, and of each of its <code>errors</code>. <code>type</code> links here.</p>
<dl>
${problemCodes().map(entry).join('\n')}
</dl>
</section>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
  return { html, contentSecurityPolicy: policyFor(scripts) };
}

/** Scalar adds styles to the page, so styles within it are allowed. */
function policyFor(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')}`,
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function entry({ code, status, explanation }: ReturnType<typeof problemCodes>[number]): string {
  return `<dt id="${code}"><a href="#${code}">${code}</a> <span>${status}</span></dt><dd>${toHtml(explanation)}</dd>`;
}

/** Converts text with code in backticks to HTML. */
function toHtml(text: string): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return safe.replace(/`([^`]+)`/g, '<code>$1</code>');
}

const style = `
.problem-codes { max-width: 50rem; margin: 0 auto; padding: 4rem 2rem 50vh; font: 16px/1.5 system-ui, sans-serif; }
.problem-codes dt { margin-top: 1.5rem; font-weight: 600; scroll-margin-top: 1rem; }
.problem-codes dt span { font-weight: 400; opacity: .7; }
.problem-codes dd { margin: 0; }
.problem-codes dt:target { background: #fff3c4; color: #222; }
`;

/** Scalar grows above the codes while it loads. Keeps the code that the page was opened at in view until the user scrolls. */
const keepCodeInView = `
const scrollToCode = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.matches('.problem-codes dt')) target.scrollIntoView();
};
const growth = new ResizeObserver(scrollToCode);
growth.observe(document.getElementById('reference'));
for (const type of ['wheel', 'touchmove', 'keydown', 'mousedown']) {
  addEventListener(type, () => growth.disconnect(), { once: true, passive: true });
}
addEventListener('hashchange', scrollToCode);
scrollToCode();
`;

const createReference = `
Scalar.createApiReference('#reference', { slug: 'api', url: '/openapi.json', withDefaultFonts: false, telemetry: false, agent: { disabled: true }, showDeveloperTools: 'never', hideClientButton: true })
${keepCodeInView}
`;
