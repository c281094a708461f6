import type { Resource } from '../../api/client.ts';
import * as text from '../../text/index.ts';
import { describeFilter } from '../sims/describe-filter.ts';
import { type Names, nameIn } from '../sims/names.ts';

type Selection = Resource<'Operation'>['selection'];

/** The SIMs that an operation applies to, in words. */
export function describeSelection({ count, orderId, filter, failedIn }: Selection, names: Names): string {
  if (failedIn !== undefined) {
    return text.operations.selectionRetry(failedIn);
  }
  if (orderId !== undefined) {
    return text.operations.selectionOrder(nameIn(names.orders, orderId) ?? orderId);
  }
  if (filter !== undefined) {
    const conditions = describeFilter(filter, names);
    return conditions === '' ? text.operations.selectionFleet : text.operations.selectionFilter(conditions);
  }
  return text.operations.selectionList(count ?? 0);
}
