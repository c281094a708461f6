import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { poll } from '../../local/poll.ts';
import { seedUsers } from '../../local/seed-users.ts';
import { type Visitor, windows } from '../../tools/console-browser.ts';
import { pathsFor, type Viewer } from '../../tools/pictures/page-paths.ts';
import { seedWorld, type World } from '../../tools/pictures/world.ts';
import { consoleInBrowser, PATIENCE_MS, whereBrowser } from './support/console-in-browser.ts';

/* Every page with data, for every kind of user: on a phone, and in dark mode on a desk. */

const looks = {
  'on a phone': windows.phone,
  'in dark mode': { ...windows.desk, dark: true },
};

whereBrowser('every page of the console', () => {
  const local = consoleInBrowser();
  let world: World;

  beforeAll(async () => {
    world = await seedWorld(local.url, { fleet: 50, usageDays: 2 });
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

  for (const [look, window] of Object.entries(looks)) {
    for (const viewer of ['admin', 'customer', 'platform'] satisfies Viewer[]) {
      it(
        `is accessible, fits the window and has a title ${look}, for the user ${viewer}`,
        async () => {
          const visitor = await local.signIn(seedUsers[viewer].email, window);
          const titles = new Set<string>();
          const found: Record<string, unknown> = {};
          const paths = pathsFor(viewer, world);
          for (const path of paths) {
            await open(visitor, path);
            titles.add(await visitor.page.title());
            const faults = [
              ...(await visitor.accessibilityViolations()),
              ...visitor.errors.splice(0),
              ...((await isTooWide(visitor.page)) ? ['It is wider than the window.'] : []),
              ...((await visitor.page.getByText('There is no such page').count()) > 0 ? ['It is not found.'] : []),
            ];
            if (faults.length > 0) {
              found[path] = faults;
            }
          }
          expect(found).toEqual({});
          expect(titles.size).toBe(paths.length);
        },
        PATIENCE_MS,
      );
    }
  }
});
