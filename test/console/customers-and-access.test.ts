import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Visitor } from '../../tools/console-browser.ts';
import { clicksOn } from './support/clicks.ts';
import { consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';

/* Customers with their services, and the access of users and systems, by clicks alone. */

/** Browsers log the answers that refuse a request, which these tests provoke. */
const unexpected = (errors: readonly string[]) => errors.filter((error) => !/status of (409|412|422) /.test(error));

const USAGE = '**/v1/partner-services/*/usage';

whereBrowser('the console', () => {
  const local = consoleInBrowser();

  describe('for a partner’s admin', () => {
    let visitor: Visitor;
    let page: Page;

    beforeAll(async () => {
      visitor = await local.signIn('admin@demo.example');
      page = visitor.page;
    }, PATIENCE_MS);

    const { press, dialog, submit } = clicksOn(() => page);
    const choose = async (label: string, option: string | RegExp) => {
      await dialog()
        .getByRole('button', { name: new RegExp(`^${label}`) })
        .click();
      await page.getByRole('option', { name: option }).first().click();
    };
    const open = async (link: string) => {
      await page.getByRole('navigation').getByRole('link', { name: link, exact: true }).click();
      await heading(link);
    };
    const heading = (name: string) => page.getByRole('heading', { name, level: 1, exact: true }).waitFor();
    const isAccessible = async () => expect(await visitor.accessibilityViolations()).toEqual([]);

    /** A change of the resource on the page by somebody else meanwhile. */
    const changeElsewhere = (body: object) =>
      page.evaluate(`(async () => {
        const [, user] = Object.entries(sessionStorage).find(([key]) => key.startsWith('oidc.user'));
        const headers = { authorization: 'Bearer ' + JSON.parse(user).access_token, 'content-type': 'application/json' };
        const { status } = await fetch('/v1' + location.pathname, {
          method: 'PATCH', headers, body: ${JSON.stringify(JSON.stringify(body))} });
        return status;
      })()`);

    /** From now on, the SIMs of a partner service have used so many bytes. */
    const usageGrows = (bytes: readonly number[]) =>
      page.route(USAGE, async (route) => {
        const response = await route.fetch();
        const topSims = bytes.map((used, index) => ({ iccid: `894400000000000000${index}`, bytes: used }));
        await route.fulfill({ response, json: { ...(await response.json()), topSims } });
      });

    /** Presses a button over a change by somebody else: shows who made it. */
    const pressIntoConflict = async (button: string, change: object) => {
      expect(await changeElsewhere(change)).toBe(200);
      await press(button);
      await dialog().getByText('Latest change by admin@demo.example').waitFor();
      await isAccessible();
      await press('Load current values');
      await dialog().waitFor({ state: 'detached' });
    };

    /** Presses a button over a change by somebody else, and again over the current values. */
    const pressOverChange = async (button: string, change: object, done: string) => {
      await pressIntoConflict(button, change);
      expect(await page.getByText(done).count()).toBe(0);
      await press(button);
      await page.getByText(done).waitFor();
    };

    it(
      'shows what is wrong at the fields of a customer, and creates it when they are right',
      async () => {
        await open('Customers');
        await isAccessible();
        await press('Create customer');
        await dialog().getByLabel('Name', { exact: true }).first().fill('Harbour Pumps Ltd');
        await dialog().getByLabel('Name', { exact: true }).nth(1).fill('Hana');
        await dialog().getByLabel('Email').fill('hana');
        await dialog().getByLabel('Tags').fill('water, harbour');
        await submit('Create customer');
        await dialog()
          .getByText(/must be an email address/)
          .waitFor();
        await isAccessible();
        await dialog().getByLabel('Email').fill('hana@harbour.example');
        await submit('Create customer');
        await heading('Harbour Pumps Ltd');
        await page.getByText('hana@harbour.example').waitFor();
        await isAccessible();
      },
      PATIENCE_MS,
    );

    it(
      'explains a change by somebody else, and continues from the current values',
      async () => {
        await press('Edit');
        await dialog().getByLabel('Registration number').fill('HRB 1');
        expect(await changeElsewhere({ tags: ['pumps'] })).toBe(200);
        await submit('Save');
        await page.getByText('Somebody else made a change meanwhile').waitFor();
        await page.getByText('Latest change by admin@demo.example').waitFor();
        await isAccessible();
        await press('Load current values');
        await page.getByText('Somebody else made a change meanwhile').waitFor({ state: 'detached' });
        expect(await dialog().getByLabel('Tags').inputValue()).toBe('pumps');
        await dialog().getByLabel('Registration number').fill('HRB 2');
        await submit('Save');
        await page.getByText('Harbour Pumps Ltd was saved.').waitFor();
        await page.getByText('HRB 2').waitFor();
      },
      PATIENCE_MS,
    );

    it(
      'creates a service for the customer, shows its usage, and changes its tariff',
      async () => {
        await press('Create service');
        await choose('Tariff', /Fleet 1 GB/);
        await dialog().getByText('3.50 GBP per month, 1 GB for each SIM, minimum term 12 months').waitFor();
        await dialog().getByLabel('Name').fill('Harbour fleet');
        await submit('Create service');
        await heading('Harbour fleet');
        await page.getByText('Allowance of each SIM').waitFor();
        await page.getByText('No usage in this month').waitFor();
        await isAccessible();
        await press('Change tariff');
        await choose('Tariff', /UK only 500 MB/);
        await dialog().getByRole('radio', { name: 'Now' }).check();
        await isAccessible();
        await submit('Change tariff');
        await page.getByText('The tariff was changed.').waitFor();
        await page.getByRole('link', { name: 'UK only 500 MB' }).waitFor();
        // Next month does not begin meanwhile.
        await local.api.setClock({ held: true });
        await press('Change tariff');
        await choose('Tariff', /Fleet 1 GB/);
        await submit('Change tariff');
        await page.getByText('The tariff changes next month.').waitFor();
        await pressOverChange('Withdraw next tariff', { notes: 'Pumps' }, 'The next tariff was withdrawn.');
        await local.api.setClock({ held: false });
      },
      PATIENCE_MS,
    );

    it(
      'refuses to delete a customer that has a service with the reason, and deletes both on request',
      async () => {
        await page.getByRole('link', { name: 'Harbour Pumps Ltd' }).click();
        await heading('Harbour Pumps Ltd');
        await page.getByRole('link', { name: 'Harbour fleet' }).waitFor();
        await press('Delete');
        await submit('Delete');
        await dialog()
          .getByText(/The customer still has services/)
          .waitFor();
        await isAccessible();
        await dialog().getByRole('checkbox', { name: 'Also delete its services' }).check();
        await submit('Delete');
        await heading('Customers');
        await page.getByText('Harbour Pumps Ltd was deleted.').waitFor();
        await page.getByRole('link', { name: 'Northwind Meters Ltd' }).waitFor();
        await page.getByRole('link', { name: 'Harbour Pumps Ltd' }).waitFor({ state: 'detached' });
      },
      PATIENCE_MS,
    );

    it(
      'invites a user, grants a role, and deactivates the user',
      async () => {
        await open('Users');
        await page.getByRole('link', { name: 'support@demo.example' }).waitFor();
        await isAccessible();
        await press('Invite user');
        await dialog().getByLabel('Email').fill('ada@acme.example');
        await choose('Roles', /^Billing.*the journal\. Changes nothing\.$/);
        await page.keyboard.press('Escape');
        await submit('Invite user');
        await heading('ada@acme.example');
        await page.getByText('An invitation was sent to ada@acme.example.').waitFor();
        await isAccessible();
        // Not `check`: the toggle shows a role when the API has granted it.
        await page.getByText('Changes SIMs, and sees the journal.').waitFor();
        await page.getByRole('checkbox', { name: 'Support' }).click();
        await page.getByText('The role Support was granted.').waitFor();
        await press('Deactivate');
        await submit('Deactivate');
        await page.getByText('Disabled', { exact: true }).waitFor();
        await pressOverChange('Reactivate', { firstName: 'Ada' }, 'ada@acme.example can sign in again.');
        // Somebody else does the same.
        await press('Deactivate');
        await submit('Deactivate');
        await page.getByText('Disabled', { exact: true }).waitFor();
        await pressIntoConflict('Reactivate', { active: true });
        await page.getByRole('button', { name: 'Deactivate', exact: true }).waitFor();
        expect(await page.getByRole('button', { name: 'Reactivate', exact: true }).count()).toBe(0);
      },
      PATIENCE_MS,
    );

    it(
      'shows secrets of API clients and webhooks once',
      async () => {
        await open('API clients');
        await press('Create API client');
        await dialog().getByLabel('Name').fill('Order desk');
        await choose('Roles', 'Admin');
        await page.keyboard.press('Escape');
        await submit('Create API client');
        await page.getByText('Copy the secret now. It is shown only once.').waitFor();
        await isAccessible();
        await press('I have copied it');
        await page.getByRole('button', { name: 'Revoke Order desk' }).click();
        await submit('Revoke');
        await page.getByText('Order desk was revoked.').waitFor();

        // No receiver answers: after a day, which is short on the local cloud, the system disables the webhook.
        await local.api.setClock({ held: true });
        await open('Webhooks');
        await press('Create webhook');
        await dialog().getByLabel('URL').fill('https://hooks.example.com/sims');
        await submit('Create webhook');
        await page.getByText('Copy the secret now. It is shown only once.').waitFor();
        await press('I have copied it');
        await heading('Webhook');
        await press('Send test event');
        await page.getByText('webhook.test').waitFor();
        await isAccessible();
        await pressOverChange('Disable', { events: ['order.delivered'] }, 'The webhook is disabled.');
        await page.getByRole('button', { name: 'Enable', exact: true }).waitFor();
        await local.api.setClock({ held: false });
      },
      PATIENCE_MS,
    );

    it(
      'creates an alarm on what exists, and names who changed what in the journal',
      async () => {
        await open('Alarms');
        await press('Create alarm');
        await dialog().getByLabel('Name', { exact: true }).fill('SIM over 1 GB');
        await choose('Watches', 'One SIM');
        await dialog().getByLabel('ICCID').fill('1');
        await dialog().getByLabel('Threshold').fill('1');
        await choose('Unit', 'GB');
        await submit('Create alarm');
        // The API knows no such SIM.
        await dialog()
          .getByText(/There is no SIM/i)
          .waitFor();
        await isAccessible();
        await choose('Watches', 'Partner service');
        await choose('Partner service', '3UK holding service');
        await choose('Unit', 'Percent of the allowance');
        await dialog()
          .getByText(/^The service has no allowance/)
          .waitFor();
        await choose('Unit', 'GB');
        await dialog()
          .getByText(
            /^The alarm does not fire when you save it\. .* No SIM has reached the threshold this month yet\.$/,
          )
          .waitFor();
        await isAccessible();
        // Usage that is counted while the form is open is shown, without a change of the form and with one.
        await usageGrows([2e9, 5e8]);
        await dialog()
          .getByText(/ One SIM has already reached the threshold this month\./)
          .waitFor({ timeout: 20_000 });
        await usageGrows([2e9, 2e9, 2e9]);
        await choose('Action', 'Notify and suspend');
        await dialog()
          .getByText(/ 3 SIMs have already reached the threshold this month\./)
          .waitFor({ timeout: 10_000 });
        await page.unroute(USAGE);
        await choose('Action', 'Notify');
        await submit('Create alarm');
        await heading('SIM over 1 GB');
        await page.getByText('The alarm has not fired').waitFor();
        await isAccessible();

        await open('Journal');
        await page.getByText('Create an alarm', { exact: true }).waitFor();
        await page.getByText('POST /v1/alarms', { exact: true }).waitFor();
        await page.getByRole('button', { name: 'Show only entries of admin@demo.example' }).first().waitFor();
        await isAccessible();
      },
      PATIENCE_MS,
    );

    it('had no unexpected error, and no violation of the content security policy', () => {
      expect(unexpected(visitor.errors)).toEqual([]);
    });
  });

  describe('for other roles', () => {
    /** Signs in, calls back, and checks that nothing went wrong meanwhile. */
    async function as(email: string, look: (page: Page) => Promise<void>): Promise<void> {
      const visitor = await local.signIn(email);
      await look(visitor.page);
      expect(await visitor.accessibilityViolations()).toEqual([]);
      expect(visitor.errors).toEqual([]);
      await visitor.page.context().close();
    }

    it(
      'lets support read customers and services, and change neither',
      () =>
        as('support@demo.example', async (page) => {
          const navigation = page.getByRole('navigation');
          await navigation.getByRole('link', { name: 'Customers', exact: true }).click();
          await page.getByRole('link', { name: 'Northwind Meters Ltd' }).click();
          await page.getByRole('button', { name: 'Show SIMs' }).waitFor();
          for (const action of ['Edit', 'Delete', 'Create service', 'Show users']) {
            expect(await page.getByRole('button', { name: action, exact: true }).count()).toBe(0);
          }
          expect(await navigation.getByRole('link', { name: 'Journal' }).count()).toBe(1);
          for (const link of ['Users', 'API clients', 'Webhooks', 'Alarms']) {
            expect(await navigation.getByRole('link', { name: link, exact: true }).count()).toBe(0);
          }
          await page.goto(`${local.url}/users`);
          await page.getByText('There is no such page, or you may not open it.').waitFor();
        }),
      PATIENCE_MS,
    );

    it(
      'shows the platform its journal, and no customers',
      () =>
        as('desk@wholesaler.example', async (page) => {
          const navigation = page.getByRole('navigation');
          await navigation.getByRole('link', { name: 'Journal' }).click();
          await page.getByText('POST /v1/platform/users').first().waitFor();
          for (const link of ['Customers', 'Customer services', 'Webhooks']) {
            expect(await navigation.getByRole('link', { name: link, exact: true }).count()).toBe(0);
          }
        }),
      PATIENCE_MS,
    );

    it(
      'shows a customer their own record, services and users alone',
      () =>
        as('customer@northwind.example', async (page) => {
          const navigation = page.getByRole('navigation');
          await navigation.getByRole('group', { name: 'Our company' }).waitFor();
          expect(await navigation.getByText('Customer', { exact: false }).count()).toBe(0);
          await navigation.getByRole('link', { name: 'Company details' }).click();
          await page.getByRole('heading', { name: 'Northwind Meters Ltd', level: 1 }).waitFor();
          expect(await page.getByText('Tags').count()).toBe(0);
          await navigation.getByRole('link', { name: 'Services', exact: true }).click();
          await page.getByRole('heading', { name: 'Services', level: 1, exact: true }).waitFor();
          await page.getByText('No services').waitFor();
          expect(await page.getByRole('button', { name: 'Create service' }).count()).toBe(0);
          await navigation.getByRole('link', { name: 'Users' }).click();
          await page.getByRole('link', { name: 'customer@northwind.example' }).waitFor();
          expect(await page.getByText('support@demo.example').count()).toBe(0);
          expect(await page.getByRole('button', { name: 'Invite user' }).count()).toBe(0);
          await page.getByRole('link', { name: 'customer@northwind.example' }).click();
          await page.getByText('Customer admin: Sees the SIMs, services, usage, users and alarm firings').waitFor();
          await page.goto(`${local.url}/customers`);
          await page.getByText('There is no such page, or you may not open it.').waitFor();
        }),
      PATIENCE_MS,
    );
  });
});
