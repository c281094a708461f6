import type { Resource } from '../../api/client.ts';
import { formatCount, formatNumber } from '../../app/format.ts';
import * as text from '../../text/index.ts';
import type { SimFilter } from './filter.ts';

const words = text.sims.total;

/**
 * How many SIMs a list is about, in words. The fleet is counted by state alone; SIMs that match another filter are counted only where
 * one page shows all of them.
 *
 * @param all the number of SIMs in the list, if the page shows all of them
 */
export function describeTotal(
  filter: SimFilter,
  { counts, all }: { counts: Pick<Resource<'SimCounts'>, 'states' | 'complete'> | undefined; all: number | undefined },
): string | undefined {
  const names = Object.keys(filter);
  if (all !== undefined) {
    return names.length === 0 ? words.fleet(formatNumber(all)) : words.matching(formatNumber(all));
  }
  if (!counts) {
    return undefined;
  }
  const countOf = (count: number) => formatCount({ count, isAtLeast: !counts.complete });
  const fleet = countOf(Object.values(counts.states).reduce((sum, count) => sum + count, 0));
  if (names.length === 0) {
    return words.fleet(fleet);
  }
  return filter.state !== undefined && names.length === 1
    ? words.matching(countOf(counts.states[filter.state]))
    : words.someOf(fleet);
}
