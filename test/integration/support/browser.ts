import bundled from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** Whether npm brings a browser for this machine: there is one for Linux on x64. */
export const hasBrowser = process.platform === 'linux' && process.arch === 'x64';

/** Starts a headless Chromium that npm brought; nothing is downloaded. */
export async function chromium(): Promise<Browser> {
  return playwright.launch({ args: bundled.args, executablePath: await bundled.executablePath(), headless: true });
}
