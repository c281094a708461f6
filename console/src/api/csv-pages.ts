/** The rest of a list after a page, as the API's `Link` header names it. */
export function nextPageIn(link: string | null): string | undefined {
  return /<([^>]+)>; rel="next"/.exec(link ?? '')?.[1];
}

/** Joins pages of CSV: all have the same header row, which the file has once. */
export function joinCsv(pages: readonly string[]): string {
  const [first = '', ...others] = pages;
  return [first, ...others.map((page) => page.slice(page.indexOf('\n') + 1))].join('');
}
