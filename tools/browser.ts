import { existsSync } from 'node:fs';
import bundled from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** Whether an npm package contains a browser for this machine: for Linux on x64 only. */
const hasBundled = process.platform === 'linux' && process.arch === 'x64';

/** Where Chrome is installed on platforms for which no npm package contains a browser. */
const installed = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
].find(existsSync);

/**
 * Options of the npm package for functions on AWS Lambda, which have a single process. Here users have contexts of one browser, with the
 * rules for requests to other origins in force.
 */
const onlyOnLambda = [
  '--single-process',
  '--in-process-gpu',
  '--no-zygote',
  '--disable-web-security',
  '--allow-running-insecure-content',
];

/** Whether this machine has a browser. */
export const canBrowse = hasBundled || installed !== undefined;

/** Starts a headless browser: the one of an npm package, or the one that is installed. Downloads nothing. */
export async function openBrowser(): Promise<Browser> {
  return hasBundled
    ? playwright.launch({
        args: bundled.args.filter((option) => !onlyOnLambda.includes(option)),
        executablePath: await bundled.executablePath(),
        headless: true,
      })
    : playwright.launch({ headless: true, ...(installed !== undefined && { executablePath: installed }) });
}
