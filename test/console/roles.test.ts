import { expect, it } from '@jest/globals';
import type { Visitor } from '../../tools/console-browser.ts';
import { consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';

/* What each role sees, and what it does not. */

whereBrowser('the console', () => {
  const local = consoleInBrowser();

  /** Signs in, calls back, and checks that nothing went wrong meanwhile. */
  async function as(email: string, look: (visitor: Visitor) => Promise<void>): Promise<void> {
    const visitor = await local.signIn(email);
    await look(visitor);
    expect(await visitor.accessibilityViolations()).toEqual([]);
    expect(visitor.errors).toEqual([]);
    await visitor.page.context().close();
  }

  const linksOf = async ({ page }: Visitor) => {
    const navigation = page.getByRole('navigation').getByRole('link');
    await navigation.first().waitFor();
    return navigation.allTextContents();
  };

  it(
    'shows support everything about SIMs except ordering',
    () =>
      as('support@demo.example', async (visitor) => {
        expect(await linksOf(visitor)).toEqual(expect.arrayContaining(['Home', 'Orders', 'SIMs', 'Operations']));
        expect(await visitor.page.getByRole('button', { name: 'Order SIMs' }).count()).toBe(0);
      }),
    PATIENCE_MS,
  );

  it(
    'finds no page for ordering where a role may not order, and asks the API for no order "new"',
    () =>
      as('support@demo.example', async ({ page }) => {
        const asked: string[] = [];
        page.on('request', (request) => asked.push(new URL(request.url()).pathname));
        await page.goto(`${local.url}/orders/new`);
        await page.getByText('There is no such page, or you may not open it.').waitFor();
        await page.getByRole('link', { name: 'Page not found' }).waitFor();
        expect(asked.filter((path) => path.startsWith('/v1/'))).toEqual([]);
      }),
    PATIENCE_MS,
  );

  it('asks the API once for an order that does not exist', async () => {
    const { page } = await local.signIn('support@demo.example');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${local.url}/orders/ord_none`);
    await page.getByText('There is no order "ord_none".').waitFor();
    await page.getByRole('link', { name: 'Page not found' }).waitFor();
    // Two of the page's intervals.
    await page.waitForTimeout(2000);
    expect(asked.filter((path) => path === '/v1/orders/ord_none')).toHaveLength(1);
    await page.context().close();
  });

  it(
    'shows a customer their SIMs alone',
    () =>
      as('customer@northwind.example', async (visitor) => {
        const links = await linksOf(visitor);
        expect(links).toEqual(expect.arrayContaining(['Home', 'SIMs']));
        expect(links).not.toContain('Orders');
        expect(links).not.toContain('Operations');
        await visitor.page.getByText('Fleet by state').waitFor();
        await visitor.page.getByRole('link', { name: 'SIMs', exact: true }).click();
        await visitor.page.getByText('No SIMs match').waitFor();
        expect(await visitor.page.getByRole('button', { name: 'Actions' }).count()).toBe(0);
        await visitor.page.goto(`${local.url}/orders`);
        await visitor.page.getByText('There is no such page, or you may not open it.').waitFor();
      }),
    PATIENCE_MS,
  );

  it(
    'shows the platform nothing of a partner',
    () =>
      as('desk@wholesaler.example', async (visitor) => {
        expect(await linksOf(visitor)).not.toContain('SIMs');
        await visitor.page.getByText('You act for the wholesaler.').waitFor();
      }),
    PATIENCE_MS,
  );

  it(
    'signs out in all tabs, revokes the session, and asks to sign in again',
    () =>
      as('support@demo.example', async ({ page }) => {
        const otherTab = await page.context().newPage();
        await otherTab.goto(local.url);
        await otherTab.getByRole('button', { name: 'Sign in' }).click();
        await otherTab.getByRole('button', { name: 'admin@demo.example' }).click();
        await otherTab.getByRole('heading', { name: 'Home', level: 1 }).waitFor();

        await page.getByRole('button', { name: 'support@demo.example' }).click();
        await page.getByRole('menuitem', { name: 'Sign out' }).click();
        for (const tab of [page, otherTab]) {
          await tab.getByRole('button', { name: 'Sign in' }).waitFor();
          expect(
            await tab.evaluate('Object.keys(sessionStorage).filter((key) => key.startsWith("oidc.user")).length'),
          ).toBe(0);
        }
      }),
    PATIENCE_MS,
  );
});
