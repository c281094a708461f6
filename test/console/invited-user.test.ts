import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Visitor } from '../../tools/console-browser.ts';
import { clicksOn } from './support/clicks.ts';
import { consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';

/* From an invitation to work: an admin invites a colleague, who follows the link of the email and signs in by password. */

const EMAIL = 'ada@demo.example';
const PASSWORD = 'Ada-has-17-own-letters';

whereBrowser('an invited user', () => {
  const local = consoleInBrowser();
  let admin: Visitor;
  let ada: Visitor;
  let page: Page;
  let temporary: string;

  beforeAll(async () => {
    admin = await local.signIn('admin@demo.example');
    ada = await local.visit();
    page = ada.page;
  }, PATIENCE_MS);

  const byAdmin = clicksOn(() => admin.page);
  const { press } = clicksOn(() => page);
  const heading = (name: string, of = page) => of.getByRole('heading', { name, level: 1, exact: true }).waitFor();
  const isAccessible = async () => expect(await ada.accessibilityViolations()).toEqual([]);

  /** Opens the form of the sign-in page from the console, and fills it in. */
  async function enter(password: string): Promise<void> {
    await press('Sign in');
    await page.getByLabel('Email address').fill(EMAIL);
    await page.getByLabel('Password').fill(password);
    await press('Sign in');
  }

  async function signOut(): Promise<void> {
    await press(EMAIL);
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  }

  it(
    'gets an email with a link to the console and a temporary password',
    async () => {
      await admin.page.getByRole('navigation').getByRole('link', { name: 'Users', exact: true }).click();
      await byAdmin.press('Invite user');
      await byAdmin.dialog().getByLabel('Email').fill(EMAIL);
      await byAdmin
        .dialog()
        .getByRole('button', { name: /^Roles/ })
        .click();
      await admin.page.getByRole('option', { name: 'Support' }).click();
      await admin.page.keyboard.press('Escape');
      await byAdmin.submit('Invite user');
      await admin.page.getByText(`An invitation was sent to ${EMAIL}.`).waitFor();

      const body = await local.api.emailTo(EMAIL);
      temporary = /<code>(.+)<\/code>/.exec(body)?.[1] ?? '';
      await page.goto(/<a href="([^"]+)"/.exec(body)?.[1] ?? '');
      expect(new URL(page.url()).origin).toBe(local.url);
    },
    PATIENCE_MS,
  );

  it(
    'is refused with a wrong password, and chooses one of their own after the temporary one',
    async () => {
      await enter('Not-the-password-1');
      await page.getByText('Incorrect username or password.').waitFor();
      await isAccessible();
      await page.getByLabel('Password').fill(temporary);
      await press('Sign in');
      await heading('Choose a password');
      await isAccessible();
      for (const password of ['Short-1', PASSWORD]) {
        await page.getByLabel('New password', { exact: true }).fill(password);
        await page.getByLabel('New password again').fill(password);
        await press('Save password');
        if (password !== PASSWORD) {
          await page.getByText('Password not long enough').waitFor();
          await isAccessible();
        }
      }
      await heading('Home');
    },
    PATIENCE_MS,
  );

  it(
    'sees what the role may see, and is active for the admin',
    async () => {
      const navigation = page.getByRole('navigation').getByRole('link');
      await navigation.first().waitFor();
      const links = await navigation.allTextContents();
      expect(links).toEqual(expect.arrayContaining(['Home', 'Orders', 'SIMs', 'Journal']));
      expect(links).not.toContain('Users');
      expect(await page.getByRole('button', { name: 'Order SIMs' }).count()).toBe(0);
      await isAccessible();
      await admin.page.reload();
      await heading(EMAIL, admin.page);
      await admin.page.getByText('Active', { exact: true }).waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'signs in with their own password from then on, and not with the temporary one',
    async () => {
      await signOut();
      await enter(temporary);
      await page.getByText('Incorrect username or password.').waitFor();
      await page.getByLabel('Password').fill(PASSWORD);
      await press('Sign in');
      await heading('Home');
    },
    PATIENCE_MS,
  );

  it(
    'is refused once deactivated, until reactivated',
    async () => {
      await signOut();
      await byAdmin.press('Deactivate');
      await byAdmin.submit('Deactivate');
      await admin.page.getByText('Disabled', { exact: true }).waitFor();
      await enter(PASSWORD);
      await page.getByText('User is disabled.').waitFor();
      await byAdmin.press('Reactivate');
      await admin.page.getByText(`${EMAIL} can sign in again.`).waitFor();
      await page.getByLabel('Password').fill(PASSWORD);
      await press('Sign in');
      await heading('Home');
    },
    PATIENCE_MS,
  );

  it('had no error on the browser’s console, and no violation of the content security policy', () => {
    expect([...admin.errors, ...ada.errors]).toEqual([]);
  });
});
