import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Visitor } from '../../tools/console-browser.ts';
import { consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';
import { startTestIssuer, type TestIssuer } from './support/test-issuer.ts';

/* The console with another issuer than the user pool: it is known by its address alone, and has no endpoint for revocations. */

whereBrowser('with another issuer', () => {
  let issuer: TestIssuer;
  const audience = 'https://sims.example';
  const local = consoleInBrowser(async () => {
    issuer = await startTestIssuer({
      clientId: 'console',
      audience,
      claims: { partner_id: 'demo', roles: ['admin'], email: 'ada@external.example' },
    });
    return {
      ISSUER: issuer.url,
      AUDIENCE: audience,
      CONSOLE_CLIENT_ID: 'console',
      CONSOLE_SCOPE: 'openid offline_access',
    };
  });
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    visitor = await local.visit();
    page = visitor.page;
  }, PATIENCE_MS);

  afterAll(async () => {
    await issuer?.stop();
  }, PATIENCE_MS);

  const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();

  it(
    'a user signs in there, returns to the page that they asked for, and sees their partner’s data',
    async () => {
      await page.goto(local.url);
      await page.getByRole('button', { name: 'Sign in' }).waitFor({ timeout: 120_000 });
      await page.goto(`${local.url}/customers`);
      await heading('Another issuer');
      await page.getByRole('link', { name: 'Continue as Ada' }).click();
      await heading('Customers');
      await page.getByText('No customers').first().waitFor();
      await page.getByRole('button', { name: 'ada@external.example' }).waitFor();
      await page.getByRole('navigation').getByRole('link', { name: 'Home' }).click();
      await heading('Home');
      await page.getByText('Nothing needs your attention.').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'the token is renewed while a form is open, which keeps what was typed and is sent with the new token',
    async () => {
      await page.getByRole('navigation').getByRole('link', { name: 'Customers', exact: true }).click();
      await page.getByRole('button', { name: 'Create customer' }).click();
      const name = page.getByRole('dialog').getByLabel('Name', { exact: true }).first();
      await name.fill('Harbour Pumps Ltd');
      const address = page.url();
      const before = issuer.issued.length;
      while (issuer.issued.length < before + 2) {
        await page.waitForTimeout(250);
      }
      // The console has the second one at the latest when it asks for a third.
      const expected = issuer.issued.slice(before);
      expect(page.url()).toBe(address);
      expect(await name.inputValue()).toBe('Harbour Pumps Ltd');
      const [request] = await Promise.all([
        page.waitForRequest((sent) => sent.method() === 'POST' && sent.url().endsWith('/v1/customers')),
        page.getByRole('dialog').getByRole('button', { name: 'Create customer' }).click(),
      ]);
      expect([...expected, ...issuer.issued.slice(before + 2)]).toContain(
        request.headers().authorization?.replace('Bearer ', ''),
      );
      await heading('Harbour Pumps Ltd');
    },
    PATIENCE_MS,
  );

  it(
    'survives a reload of the page',
    async () => {
      await page.reload();
      await heading('Harbour Pumps Ltd');
      expect(await visitor.accessibilityViolations()).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'signing out ends the session at the issuer, too',
    async () => {
      await page.getByRole('button', { name: 'ada@external.example' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Sign in' }).click();
      await heading('Another issuer');
      await page.getByRole('link', { name: 'Continue as Ada' }).waitFor();
    },
    PATIENCE_MS,
  );

  it('had no error on the browser’s console, and no violation of the content security policy', () => {
    expect(visitor.errors).toEqual([]);
  });
});
