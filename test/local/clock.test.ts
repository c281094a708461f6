import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { clockFrom } from '../../adapters/clock.ts';
import { ClockWentBack, openClock, type ScaledClock } from '../../local/clock.ts';

const DAY = 86_400_000;
let folder: string;
let clock: ScaledClock;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clock-test-'));
  clock = await openClock({ dayMs: 1000, folder, isPersistent: true });
});
afterEach(async () => {
  await clock.stop();
  await rm(folder, { recursive: true, force: true });
});

const now = () => clock.now().getTime();
/** The time that functions read. */
const functionsNow = () => clockFrom(clock.environment()).now().getTime();

test('a stopped clock stands still, also for functions, and continues from there', async () => {
  clock.set({ held: true });
  const at = now();
  await sleep(20);
  expect([now(), functionsNow(), clock.isHeld()]).toEqual([at, at, true]);
  clock.set({ held: false });
  await sleep(20);
  expect(now()).toBeGreaterThan(at);
  expect(now() - at).toBeLessThan(DAY);
});

test('a clock is set forward, and never back', () => {
  const to = new Date(now() + 10 * DAY);
  clock.set({ now: to, held: true });
  expect([now(), functionsNow()]).toEqual([to.getTime(), to.getTime()]);
  expect(() => clock.set({ now: new Date(to.getTime() - 1) })).toThrow(ClockWentBack);
  expect(now()).toBe(to.getTime());
});

test('a sleep of ten days ends immediately when the clock is set eleven days forward, and not while it is stopped', async () => {
  let isOver = false;
  const sleeping = clock.sleep(10 * DAY).then(() => {
    isOver = true;
  });
  clock.set({ held: true });
  await sleep(20);
  expect(isOver).toBe(false);
  clock.set({ now: new Date(now() + 11 * DAY) });
  await sleeping;
  expect(clock.isHeld()).toBe(true);
});

test('a sleep ends early when its signal aborts', async () => {
  const stop = new AbortController();
  const sleeping = clock.sleep(100 * DAY, { signal: stop.signal });
  stop.abort();
  await sleeping;
});

test('a stopped clock stays stopped after a restart, at the same time', async () => {
  clock.set({ now: new Date(now() + 5 * DAY), held: true });
  const at = now();
  await clock.stop();
  clock = await openClock({ dayMs: 1000, folder, isPersistent: true });
  expect([now(), clock.isHeld()]).toEqual([at, true]);
});
