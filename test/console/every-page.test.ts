import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { poll } from '../../local/poll.ts';
import { seedUsers } from '../../local/seed-users.ts';
import { type Visitor, windows } from '../../tools/console-browser.ts';
import { isOpenTo, pathsFor, type Viewer } from '../../tools/pictures/page-paths.ts';
import { seedWorld, smallWorld, type World } from '../../tools/pictures/world.ts';
import { consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';

/* Every page with data, for every kind of user: on a phone, and in dark mode on a desk. */

/** The number of pages that a user opens at the same time. */
const TABS = 3;

const looks = {
  'on a phone': windows.phone,
  'in dark mode': { ...windows.desk, dark: true },
};

type Dialog = {
  name: string;
  path(world: World): string;
  /** What is clicked on the page until the dialog opens. */
  opens: (readonly ['button' | 'menuitem', string])[];
  /** Part of the dialog when it has loaded. */
  shows: string | RegExp;
};

const dialogs: readonly Dialog[] = [
  {
    name: 'of an action on SIMs',
    path: ({ customerId }) => `/sims?customerId=${customerId}`,
    opens: [
      ['button', 'Select all that match'],
      ['button', 'Actions'],
      ['menuitem', 'Terminate'],
    ],
    shows: / will be terminated/,
  },
  {
    name: 'that invites a user',
    path: () => '/users',
    opens: [['button', 'Invite user']],
    shows: 'Roles',
  },
  {
    name: 'of a new alarm',
    path: () => '/alarms',
    opens: [['button', 'Create alarm']],
    shows: 'Threshold',
  },
  {
    name: 'that cancels an order',
    path: ({ manualOrderId }) => `/orders/${manualOrderId}`,
    opens: [['button', 'Cancel order']],
    shows: / does not deliver /,
  },
  {
    name: 'of a new customer',
    path: () => '/customers',
    opens: [['button', 'Create customer']],
    shows: 'Registration number',
  },
  {
    name: 'of a new webhook',
    path: () => '/webhooks',
    opens: [['button', 'Create webhook']],
    shows: 'URL',
  },
];

whereBrowser('every page of the console', () => {
  const local = consoleInBrowser();
  let world: World;

  beforeAll(async () => {
    world = await seedWorld(local.url, smallWorld);
  }, PATIENCE_MS);

  /** Opens a page and waits until it has shown everything that it reads. */
  async function open({ page }: Visitor, path: string): Promise<void> {
    await page.goto(local.url + path);
    // Not `waitForFunction`, which the content security policy refuses.
    await poll(`the title of ${path}`, async () => (await page.title()).includes(' · ') || undefined);
    await page.waitForLoadState('networkidle');
  }

  /** Whether the page is wider than the window, so that users scroll it sideways. Tables scroll in their own frames. */
  const isTooWide = (page: Page) =>
    page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

  /** The links of a page to pages that the user does not see. The API reference is no page of the console. */
  async function deadLinks(page: Page, viewer: Viewer): Promise<string[]> {
    const paths: string[] = await page.evaluate(
      `[...new Set([...document.querySelectorAll('a[href^="/"]')].map(({ pathname }) => pathname))]`,
    );
    return paths.filter((path) => path !== '/docs' && !isOpenTo(viewer, path));
  }

  /** What is wrong with the pages, by their paths. Several tabs open them, because a page mostly waits. */
  async function faultsOf(viewer: Viewer, visitor: Visitor): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    const titles = new Map<string, string>();
    const waiting = pathsFor(viewer, world);
    const tabs = [visitor, ...(await Promise.all(Array.from({ length: TABS - 1 }, visitor.openTab)))];
    const openAll = async (tab: Visitor) => {
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
        await open(tab, path);
        const title = await tab.page.title();
        const faults = [
          ...(await tab.accessibilityViolations()),
          ...tab.errors.splice(0),
          ...((await isTooWide(tab.page)) ? ['It is wider than the window.'] : []),
          ...((await tab.page.getByText('There is no such page').count()) > 0 ? ['It is not found.'] : []),
          ...(await deadLinks(tab.page, viewer)).map((path) => `It links to ${path}, which the user does not see.`),
          ...(titles.has(title) ? [`It has the title of ${titles.get(title)}.`] : []),
        ];
        titles.set(title, path);
        if (faults.length > 0) {
          found[path] = faults;
        }
      }
    };
    await Promise.all(tabs.map(openAll));
    return found;
  }

  describe('the dialog', () => {
    let visitor: Visitor;
    beforeAll(async () => {
      visitor = await local.signIn(seedUsers.admin.email, windows.phone);
    }, PATIENCE_MS);

    it.each(dialogs)(
      '$name is accessible and fits the window on a phone',
      async ({ path, opens, shows }) => {
        const { page } = visitor;
        await open(visitor, path(world));
        for (const [role, name] of opens) {
          await page.getByRole(role, { name, exact: true }).first().click();
        }
        const dialog = page.getByRole('dialog');
        await dialog.getByText(shows).first().waitFor();
        await page.waitForLoadState('networkidle');
        expect(await visitor.accessibilityViolations()).toEqual([]);
        expect(visitor.errors).toEqual([]);
        expect(await isTooWide(page)).toBe(false);
        for (const part of [dialog, ...(await dialog.getByRole('button').all())]) {
          const { x = -1, width = 0 } = (await part.boundingBox()) ?? {};
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual(windows.phone.width);
        }
      },
      PATIENCE_MS,
    );
  });

  for (const [look, window] of Object.entries(looks)) {
    for (const viewer of ['admin', 'customer', 'platform'] satisfies Viewer[]) {
      it(
        `is accessible, fits the window, has a title of its own and no dead link ${look}, for the user ${viewer}`,
        async () => {
          const visitor = await local.signIn(seedUsers[viewer].email, window);
          expect(await faultsOf(viewer, visitor)).toEqual({});
          await visitor.page.context().close();
        },
        PATIENCE_MS,
      );
    }
  }
});
