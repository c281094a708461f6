import type { Page, Response } from 'playwright-core';

/** Faults of a document that a script can see. Evaluated by the debugger, which the content security policy does not restrict. */
const faultsOfDocument = `(() => {
  const faults = [];
  const require = (holds, fault) => holds || faults.push(fault);
  require(document.doctype?.name === 'html', 'no doctype');
  require(document.characterSet === 'UTF-8', 'not UTF-8');
  require(document.documentElement.lang !== '', 'no language');
  require(document.title !== '', 'no title');
  require(document.querySelector('meta[name=viewport]')?.content.includes('width=device-width'), 'no viewport');
  require(document.querySelectorAll('h1').length >= 1, 'no heading');
  require(document.querySelectorAll('main').length === 1, 'not one main element');
  require(document.querySelectorAll('img:not([alt])').length === 0, 'an image without alt');
  require(document.querySelectorAll('[tabindex]:not([tabindex="0"]):not([tabindex^="-"])').length === 0, 'an order of focus');
  require(document.querySelectorAll('input[type=password][onpaste]').length === 0, 'a field that refuses to paste');
  return faults;
})()`;

/** Watches a page for faults of best practices: failed requests, resources without caching, and deprecated features. */
export function watchPractices(page: Page) {
  let faults: string[] = [];
  page.on('response', (response) => faults.push(...faultsOfResponse(response)));
  page.on('requestfailed', (request) => {
    // A request that the next page made unnecessary.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') {
      faults.push(`failed: ${request.url()}`);
    }
  });
  page.on('console', (message) => {
    if (/deprecat/i.test(message.text())) {
      faults.push(message.text());
    }
  });
  return {
    /** Returns the faults since the last call. */
    take(): string[] {
      const taken = faults;
      faults = [];
      return taken;
    },
    /** Checks the current document. */
    async check(): Promise<string[]> {
      return page.evaluate(faultsOfDocument);
    },
  };
}

function faultsOfResponse(response: Response): string[] {
  const { pathname } = new URL(response.url());
  const faults = response.status() >= 400 ? [`${response.status()}: ${pathname}`] : [];
  if (pathname.startsWith('/assets/') && !response.headers()['cache-control']?.includes('immutable')) {
    faults.push(`not cached: ${pathname}`);
  }
  return faults;
}
