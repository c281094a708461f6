import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageSizes } from '../../console/build/budget.ts';
import { openConsole } from '../../local/console.ts';
import { seedUsers } from '../../local/seed-users.ts';
import { openBrowser } from '../../tools/browser.ts';
import { type Visitor, visit } from '../../tools/console-browser.ts';
import { pathsFor, type Viewer } from '../../tools/pictures/page-paths.ts';
import { seedWorld, smallWorld } from '../../tools/pictures/world.ts';
import { startBenchCloud } from './bench-cloud.ts';
import { cloneSims } from './clone-sims.ts';
import { type Figure, figure, median } from './figure.ts';
import { prepareFleet } from './lists.ts';
import type { BenchOptions } from './main.ts';
import { watchPractices } from './practices.ts';

/** The goals of the console on a local cloud. */
const MAX_HOME_BYTES = 350 * 1024;
const MAX_INTERACTIVE_MS = 1500;
const MAX_FILTER_MS = 500;

const FLEET = 100_000;
const RUNS = 5;

const EMAIL = 'admin@bench.example';

const dist = fileURLToPath(new URL('../../console/dist', import.meta.url));

const log = (line: string) => void process.stderr.write(`  ${line}\n`);

/** Measures the console in a browser: what home loads, how soon it can be used, filters over a large fleet, and faults of each page. */
export async function measureConsole({ engine, sims = [FLEET] }: BenchOptions): Promise<Figure[]> {
  const localConsole = openConsole();
  await localConsole.build(log, new AbortController().signal);
  const home = pageSizes(dist).get('home') ?? Number.NaN;
  const figures = [limited('JavaScript of home, gzipped', 'KB', home / 1024, MAX_HOME_BYTES / 1024, 1)];
  for (const size of sims) {
    figures.push(...(await measureSpeed(size, engine, localConsole)));
  }
  figures.push(...(await measurePages(engine, localConsole)));
  return figures;
}

const limited = (name: string, unit: string, ours: number, limit: number, runs: number) =>
  figure({ name: `${name}; the floor is the limit`, unit, ours, floor: limit, goal: { atMost: 1 }, runs });

type Console = ReturnType<typeof openConsole>;

async function measureSpeed(size: number, engine: BenchOptions['engine'], localConsole: Console): Promise<Figure[]> {
  log(`a fleet of ${size} SIMs ...`);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sim-fulfilment-console-'));
  try {
    const { tableName, sample } = await prepareFleet(dataDir, engine);
    cloneSims(path.join(dataDir, 'dynamodb.sqlite'), tableName, sample, size);
    const bench = await startBenchCloud({ engine, metered: false, dataDir, console: localConsole });
    const browser = await openBrowser();
    try {
      await bench.platform.post('/v1/platform/users', { email: EMAIL, partnerId: 'bench', roles: ['admin'] });
      const visitor = await visit(browser, bench.cloud.url);
      await visitor.signIn(EMAIL);
      const filters = [
        { text: 'State = Active', query: 'state=active', shows: 'Active' },
        { text: 'pump', query: 'q=pump', shows: 'Pumping station' },
        { text: 'State = In stock', query: 'state=in_stock', shows: 'In stock' },
      ];
      const figures = [
        limited(
          'home, from navigation until it can be used',
          'ms',
          await timeHome(visitor, bench.cloud.url),
          MAX_INTERACTIVE_MS,
          RUNS,
        ),
      ];
      for (const filter of filters) {
        const ms = await timeFilter(visitor, bench.cloud.url, filter);
        figures.push(limited(`SIMs by "${filter.text}" in ${size}`, 'ms', ms, MAX_FILTER_MS, RUNS));
      }
      return figures;
    } finally {
      await browser.close();
      await bench.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The time from navigation until the first button can be pressed, without a cache. */
async function timeHome({ page }: Visitor, url: string): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await page.goto(url, { waitUntil: 'commit' });
    await page.getByRole('button', { name: 'Order SIMs' }).click({ trial: true });
    times.push(await page.evaluate('performance.now()'));
    await page.waitForLoadState('networkidle');
  }
  return median(times);
}

/** The time from the key that sets a filter until the list shows only SIMs that match. */
async function timeFilter(
  { page }: Visitor,
  url: string,
  { text, query, shows }: { text: string; query: string; shows: string },
): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await page.goto(`${url}/sims?state=terminated`);
    await page.getByText('No SIMs match').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    const input = page.getByRole('combobox').first();
    await input.fill(text);
    await page.waitForLoadState('networkidle');
    const answered = page.waitForResponse((response) => response.url().includes(query));
    const begun: number = await page.evaluate('performance.now()');
    await input.press('Enter');
    await answered;
    await page.locator('tbody tr', { hasText: shows }).first().waitFor();
    times.push(Number(await page.evaluate('performance.now()')) - begun);
  }
  return median(times);
}

/** Opens every page of each kind of user, and counts its faults. */
async function measurePages(engine: BenchOptions['engine'], localConsole: Console): Promise<Figure[]> {
  const bench = await startBenchCloud({ engine, metered: false, console: localConsole });
  try {
    const { url } = bench.cloud;
    const world = await seedWorld(url, smallWorld);
    const figures: Figure[] = [];
    for (const viewer of ['admin', 'customer', 'platform'] satisfies Viewer[]) {
      log(`pages of the user ${viewer} ...`);
      const browser = await openBrowser();
      try {
        const visitor = await visit(browser, url);
        const practices = watchPractices(visitor.page);
        await visitor.signIn(seedUsers[viewer].email);
        practices.take();
        for (const path of pathsFor(viewer, world)) {
          figures.push(await measurePage(visitor, practices, { viewer, url, path }));
        }
      } finally {
        await browser.close();
      }
    }
    return figures;
  } finally {
    await bench.stop();
  }
}

async function measurePage(
  { page, errors, accessibilityViolations }: Visitor,
  practices: ReturnType<typeof watchPractices>,
  { viewer, url, path }: { viewer: Viewer; url: string; path: string },
): Promise<Figure> {
  await page.goto(url + path);
  await page.waitForLoadState('networkidle');
  const accessibility = await accessibilityViolations();
  const others = [...errors.splice(0), ...practices.take(), ...(await practices.check())];
  for (const fault of [...accessibility, ...others]) {
    log(`${path}: ${fault}`);
  }
  return figure({
    name: `${viewer} ${path.replace(/\/(?=[^/]*[0-9_-]{2})[^/]*\d[^/]*$/, '/…')}`,
    unit: 'faults',
    ours: accessibility.length + others.length,
    runs: 1,
    note: `accessibility ${accessibility.length}, best practices ${others.length}`,
  });
}
