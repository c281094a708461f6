/** A number of things: `1 SIM`, `50 SIMs`. */
export const counted = (count: number | string, noun: string) =>
  `${count} ${String(count) === '1' ? noun : `${noun}s`}`;
