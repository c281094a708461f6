const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The range of time from the beginning of one day to the end of another, both in the viewer's zone and inclusive. A missing day leaves
 * its side open.
 */
export function dayRange(from: string | undefined, to: string | undefined): { from?: string; to?: string } {
  return {
    ...(from !== undefined && DAY.test(from) && { from: new Date(`${from}T00:00:00.000`).toISOString() }),
    ...(to !== undefined && DAY.test(to) && { to: new Date(`${to}T23:59:59.999`).toISOString() }),
  };
}
