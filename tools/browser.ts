import bundled from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** Whether an npm package contains a browser for this machine: for Linux on x64 only. */
export const hasBrowser = process.platform === 'linux' && process.arch === 'x64';

/** Starts the headless Chromium of an npm package. Downloads nothing. */
export async function chromium(): Promise<Browser> {
  return playwright.launch({ args: bundled.args, executablePath: await bundled.executablePath(), headless: true });
}
