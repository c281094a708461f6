import { beforeAll, expect, it } from '@jest/globals';
import type { Visitor } from '../../tools/console-browser.ts';
import { clicksOn } from './support/clicks.ts';
import { consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';

/* The wholesaler's staff set up an operator, a tariff and a partner. */

whereBrowser('the wholesaler’s administration', () => {
  const local = consoleInBrowser();
  const { api } = local;
  let staff: Visitor;
  const { dialog, press, submit, choose } = clicksOn(() => staff.page);
  const open = (page: string) => staff.page.getByRole('link', { name: page, exact: true }).click();
  const heading = (name: string) => staff.page.getByRole('heading', { name, level: 1 }).waitFor();
  const fill = (field: string, value: string) => dialog().getByLabel(field, { exact: true }).fill(value);
  const notified = (message: string) => staff.page.getByText(message, { exact: true }).waitFor();
  const isAccessible = async () => expect(await staff.accessibilityViolations()).toEqual([]);
  const stored = async (path: string): Promise<unknown> =>
    JSON.parse(await (await api.as({ roles: ['platform'] }))('GET', path));

  beforeAll(async () => {
    staff = await local.signIn('desk@wholesaler.example');
  }, PATIENCE_MS);

  it(
    'creates an operator, but not under an id that is invalid or taken',
    async () => {
      await open('Operators');
      await press('Create operator');
      await fill('Name', 'Portal Telecom');
      await fill('Country', 'IE');
      await fill('Id', 'Portal Telecom');
      await dialog().getByText('Use lower-case letters, digits and dashes.', { exact: false }).waitFor();
      expect(await dialog().getByRole('button', { name: 'Create operator' }).isDisabled()).toBe(true);
      await fill('Id', '3uk');
      await submit('Create operator');
      await dialog().getByText('This id is taken.').waitFor();
      await isAccessible();

      await fill('Id', 'portal-telecom');
      await submit('Create operator');
      await notified('Portal Telecom was created.');
      await heading('Portal Telecom');
      expect(await stored('/v1/platform/operators/portal-telecom')).toMatchObject({
        country: 'IE',
        ordering: 'manual',
      });
      expect(await stored('/v1/platform/operators/3uk')).toMatchObject({ name: '3UK', orderMultiple: 50 });
    },
    PATIENCE_MS,
  );

  it(
    'changes the operator, but never over a change by somebody else',
    async () => {
      await press('Edit');
      await fill('Order multiple', '20');
      const other = await api.as({ roles: ['platform'] });
      const { id: _id, ...settings } = JSON.parse(await other('GET', '/v1/platform/operators/portal-telecom'));
      await other('PUT', '/v1/platform/operators/portal-telecom', { ...settings, country: 'GB' });
      await submit('Save');
      await dialog().getByText('Somebody else made a change meanwhile').waitFor();
      await dialog().getByText('country: IE → GB').waitFor();
      await isAccessible();
      await submit('Load current values');
      await dialog().getByText('Somebody else made a change meanwhile').waitFor({ state: 'detached' });
      expect(await dialog().getByLabel('Country', { exact: true }).inputValue()).toBe('GB');
      await fill('Order multiple', '20');
      await submit('Save');
      await notified('Portal Telecom was saved. The settings take effect for the next request.');
      expect(await stored('/v1/platform/operators/portal-telecom')).toMatchObject({
        country: 'GB',
        orderMultiple: 20,
      });
    },
    PATIENCE_MS,
  );

  it(
    'creates a tariff and a partner, and grants the tariff until it is revoked',
    async () => {
      await open('Tariffs');
      await press('Create tariff');
      await fill('Id', 'trf_portal');
      await fill('Name', 'Portal 1 GB');
      await choose('Operators', 'Portal Telecom');
      await fill('Networks', 'Portal');
      await fill('Allowance per month', '1');
      await fill('Price per month', '1.50');
      await fill('Currency', 'eur');
      await isAccessible();
      await submit('Create tariff');
      await notified('Portal 1 GB was created. Grant it to the partners that may use it.');
      expect(await stored('/v1/platform/tariffs/trf_portal')).toMatchObject({
        operatorIds: ['portal-telecom'],
        monthlyPrice: { amount: '1.50', currency: 'EUR' },
      });

      await open('Partners');
      await press('Create partner');
      await fill('Id', 'acme');
      const names = dialog().getByLabel('Name', { exact: true });
      await names.first().fill('Acme Connect Ltd');
      await fill('Short name', 'Acme');
      await names.last().fill('Ada Lovelace');
      await fill('Email', 'ada@acme.example');
      await fill('Recipient', 'Acme Connect Ltd');
      await fill('Street and building', '1 Quay Street');
      await fill('City', 'Galway');
      await fill('Country', 'IE');
      await isAccessible();
      await submit('Create partner');
      await notified('Acme Connect Ltd was created.');

      await press('Grant tariff');
      await choose('Tariff', 'Portal 1 GB');
      await submit('Grant tariff');
      await notified('Portal 1 GB is granted.');
      expect(await stored('/v1/platform/partners/acme/tariffs')).toMatchObject({ items: [{ id: 'trf_portal' }] });
      await press('Revoke Portal 1 GB');
      await submit('Revoke');
      await notified('Portal 1 GB is revoked.');
      expect(await stored('/v1/platform/partners/acme/tariffs')).toMatchObject({ items: [] });
    },
    PATIENCE_MS,
  );

  it('had no error on the browser’s console, and no violation of the content security policy', () => {
    // The browser reports the refused creation and the refused change.
    expect(staff.errors.filter((error) => !/status of 412/.test(error))).toEqual([]);
  });
});
