import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { chromium, hasBrowser } from '../../integration/support/browser.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The accessibility rules: WCAG 2.2 on level AA. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

type Violation = { id: string; nodes: string[] };

/** Where Chrome is installed on platforms for which no npm package contains a browser. */
const installed = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
].find(existsSync);

/** Whether this machine can run the console in a browser. */
export const canBrowse = hasBrowser || installed !== undefined;

export async function openBrowser(): Promise<Browser> {
  return hasBrowser
    ? chromium()
    : playwright.launch({ headless: true, ...(installed !== undefined && { executablePath: installed }) });
}

/** A visitor of the console, with everything that went wrong in their browser. */
export type Visitor = {
  page: Page;
  /** Errors on the browser's console, uncaught errors, and violations of the content security policy. */
  errors: string[];
  /** Violations of the accessibility rules (WCAG 2.2 AA) on the current page. */
  accessibilityViolations(): Promise<string[]>;
  signIn(email: string): Promise<void>;
};

export async function visit(browser: Browser, url: string): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') {
      errors.push(message.text().slice(0, 500));
    }
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.addInitScript(
    `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error('Content security policy: ' + violatedDirective + ' ' + blockedURI.slice(0, 100)));`,
  );
  return {
    page,
    errors,
    async accessibilityViolations() {
      // Evaluated by the debugger, which the content security policy does not restrict.
      await page.evaluate(axeSource);
      const violations: Violation[] =
        await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(rules)} }).then(
        ({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })))`);
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((html) => html.slice(0, 200)).join(' | ')}`);
    },
    async signIn(email) {
      await page.goto(url);
      // The page that waits for the build reloads itself.
      await page.getByRole('button', { name: 'Sign in' }).click({ timeout: 120_000 });
      await page.getByRole('button', { name: email }).click();
      await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
    },
  };
}
