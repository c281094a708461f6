/** How far the clock of the API is ahead of the browser's, in milliseconds. */
let leadMs = 0;

/** Learns the API's time from the `Date` header of a response. */
export function learnServerTime(date: string | null, receivedAt: Date): void {
  const time = Date.parse(date ?? '');
  if (!Number.isNaN(time)) {
    leadMs = time - receivedAt.getTime();
  }
}

/** The time of the API, which a computer with a wrong clock, or a local cloud whose days are short, does not share. */
export function serverNow(browserNow = new Date()): Date {
  return new Date(browserNow.getTime() + leadMs);
}
