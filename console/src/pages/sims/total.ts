import type { Resource } from '../../api/client.ts';
import { formatCount, formatNumber } from '../../app/format.ts';
import * as text from '../../text/index.ts';
import type { SimFilter } from './filter.ts';

const words = text.sims.total;

/**
 * How many SIMs a list is about, in words. The fleet is counted by state alone, at most once a minute; SIMs that match another filter
 * are counted only where one page shows all of them.
 *
 * @param page the number of SIMs on the page, and whether these are all
 * @returns `undefined` while the number is unknown: SIMs on the page may have arrived since the fleet was counted
 */
export function describeTotal(
  filter: SimFilter,
  {
    counts,
    page,
  }: {
    counts: Pick<Resource<'SimCounts'>, 'states' | 'complete'> | undefined;
    page: { shown: number; isAll: boolean };
  },
): string | undefined {
  const names = Object.keys(filter);
  const isFleet = names.length === 0;
  if (page.isAll) {
    const all = formatNumber(page.shown);
    return isFleet ? words.fleet(all) : words.matching(all);
  }
  if (!counts) {
    return undefined;
  }
  const ofState = names.length === 1 ? filter.state : undefined;
  const fleet = Object.values(counts.states).reduce((sum, count) => sum + count, 0);
  const count = ofState === undefined ? fleet : counts.states[ofState];
  if (count < page.shown) {
    return undefined;
  }
  const number = formatCount({ count, isAtLeast: !counts.complete });
  if (isFleet) {
    return words.fleet(number);
  }
  return ofState === undefined ? words.someOf(number) : words.matching(number);
}
