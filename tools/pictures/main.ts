import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { startLocalCloud } from '../../local/cloud.ts';
import { openConsole } from '../../local/console.ts';
import { seedUsers } from '../../local/seed-users.ts';
import { openBrowser } from '../browser.ts';
import { runCommand } from '../command.ts';
import { visit } from '../console-browser.ts';
import { type Picture, pictures } from './pictures.ts';
import { seedWorld, type World } from './world.ts';

// npm run pictures: takes the pictures of the console in the documents, from a local cloud with the same data each time.

const folder = fileURLToPath(new URL('../../docs/pictures', import.meta.url));

/** The time at which the data begins, so that dates are the same each time. A Tuesday. */
const BEGIN = new Date('2026-09-01T06:00:00Z');
const SIZES = { fleet: 1000, usageDays: 10 };

/** A picture must not slow down the page that shows it. */
const MAX_BYTES = 150_000;
const QUALITY = 85;

const log = (line: string) => void process.stderr.write(`${line}\n`);

await runCommand(
  {
    usage: 'npm run pictures -- [--only <names>]\n  --only home,sim   some of the pictures. Default: all',
    options: { only: { type: 'string' } },
  },
  async ({ values }) => {
    const only = values.only?.split(',');
    const dataDir = await mkdtemp(path.join(tmpdir(), 'sim-fulfilment-pictures-'));
    try {
      await stopClockAt(dataDir, BEGIN);
      const localConsole = openConsole();
      const cloud = await startLocalCloud({ port: 0, dayMs: 1000, dataDir, console: localConsole });
      try {
        await localConsole.build(log, new AbortController().signal);
        log('Seeds the cloud ...');
        const world = await seedWorld(cloud.url, SIZES);
        await mkdir(folder, { recursive: true });
        const browser = await openBrowser();
        try {
          for (const picture of pictures) {
            if (only === undefined || only.includes(picture.name)) {
              await take(picture, { browser, url: cloud.url, now: cloud.clock.now(), world });
            }
          }
        } finally {
          await browser.close();
        }
      } finally {
        await cloud.stop();
      }
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  },
);

/** Lets the clock of a new data folder stand at a time. */
async function stopClockAt(dataDir: string, time: Date): Promise<void> {
  const state = { scaledMs: time.getTime(), realMs: Date.now(), dayMs: 1000, stopped: true, held: true };
  await writeFile(path.join(dataDir, 'clock.json'), JSON.stringify(state));
}

async function take(
  { name, user, window, show }: Picture,
  { browser, url, now, world }: { browser: Browser; url: string; now: Date; world: World },
): Promise<void> {
  const { page, signIn } = await visit(browser, url, window);
  page.setDefaultTimeout(60_000);
  await page.clock.setFixedTime(now);
  await signIn(seedUsers[user].email);
  await show(page, { url, world });
  await page.waitForLoadState('networkidle');
  // No blinking cursor and no ring of the focus.
  await page.evaluate('document.activeElement?.blur()');
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length > MAX_BYTES) {
    throw new Error(`The picture ${name} has ${bytes.length} bytes; at most ${MAX_BYTES} are allowed.`);
  }
  await writeFile(path.join(folder, `${name}.webp`), bytes);
  log(`${name}.webp  ${Math.ceil(bytes.length / 1000)} KB`);
  await page.context().close();
}
