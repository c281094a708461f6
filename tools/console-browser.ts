import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The accessibility rules: WCAG 2.2 on level AA. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

type Violation = { id: string; nodes: string[] };

/** A visitor of the console, with everything that went wrong in their browser. */
export type Visitor = {
  page: Page;
  /** Errors on the browser's console, uncaught errors, and violations of the content security policy. */
  errors: string[];
  /** Violations of the accessibility rules (WCAG 2.2 AA) on the current page. */
  accessibilityViolations(): Promise<string[]>;
  signIn(email: string): Promise<void>;
  /** Opens another tab with the session of this one. A tab keeps its session to itself. */
  openTab(): Promise<Visitor>;
};

/** What a visitor looks through. */
export type Window = { width: number; height: number; dark?: boolean };

/** The window of a desk, and that of a phone. */
export const windows = {
  desk: { width: 1400, height: 1000 },
  phone: { width: 390, height: 844 },
} as const satisfies Record<string, Window>;

export async function visit(browser: Browser, url: string, window: Window = windows.desk): Promise<Visitor> {
  const { width, height, dark = false } = window;
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: 'reduce',
    colorScheme: dark ? 'dark' : 'light',
    locale: 'en-GB',
    timezoneId: 'Europe/London',
  });
  return openTab(await context.newPage(), url);
}

async function openTab(page: Page, url: string): Promise<Visitor> {
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
    async openTab() {
      const session = await page.evaluate('JSON.stringify({ ...sessionStorage })');
      const tab = await page.context().newPage();
      await tab.addInitScript(
        `if (location.origin === ${JSON.stringify(new URL(url).origin)} && sessionStorage.length === 0) {
          Object.assign(sessionStorage, ${session});
        }`,
      );
      return openTab(tab, url);
    },
  };
}
