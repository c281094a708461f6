import { afterAll, beforeAll, describe } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { canBrowse, openBrowser } from '../../../tools/browser.ts';
import { type Visitor, visit, type Window } from '../../../tools/console-browser.ts';
import { localApi } from './local-api.ts';
import { startLocalConsole } from './local-console.ts';

/** Describes tests that need a browser; skips them on a machine without one. */
export const whereBrowser = canBrowse ? describe : describe.skip;

/** The longest duration of a test, on a busy machine. */
export const PATIENCE_MS = 180_000;

/** The longest wait for something on a page. */
const LOOK_MS = 30_000;

/** A local cloud with its console and a browser, for the tests of a file. */
export type ConsoleInBrowser = {
  url: string;
  api: ReturnType<typeof localApi>;
  /** A new user of the browser, who has not signed in. */
  visit(window?: Window): Promise<Visitor>;
  /** A new user of the browser, who has signed in. */
  signIn(email: string, window?: Window): Promise<Visitor>;
};

/**
 * Starts a local cloud and a browser before the tests, and stops both after them.
 *
 * @param settings the environment of the cloud
 * @returns what is usable in tests and in hooks that follow
 */
export function consoleInBrowser(
  settings: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>> = () => ({}),
): ConsoleInBrowser {
  let url = '';
  let browser: Browser;
  /** What was begun, even if it fails: nothing outlives the tests. */
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const opening = openBrowser();
    ends.push(() => opening.then((opened) => opened.close()));
    const cloud = startLocalConsole(await settings());
    ends.push(cloud.stop);
    [browser, url] = await Promise.all([opening, cloud.url]);
  }, PATIENCE_MS);

  afterAll(async () => {
    const results = await Promise.allSettled(ends.map((end) => end()));
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    if (failures.length > 0) {
      throw new AggregateError(failures, failures.join('\n'));
    }
  }, PATIENCE_MS);

  async function open(window?: Window): Promise<Visitor> {
    const visitor = await visit(browser, url, window);
    visitor.page.setDefaultTimeout(LOOK_MS);
    return visitor;
  }

  return {
    get url() {
      return url;
    },
    api: localApi(() => url),
    visit: open,
    async signIn(email, window) {
      const visitor = await open(window);
      await visitor.signIn(email);
      return visitor;
    },
  };
}
