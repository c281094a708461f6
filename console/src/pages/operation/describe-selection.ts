import type { Resource } from '../../api/client.ts';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';

const labels: Readonly<Record<string, string>> = text.sims.properties;

type Selection = Resource<'Operation'>['selection'];

/** The SIMs that an operation applies to, in words. */
export function describeSelection({ count, orderId, filter, failedIn }: Selection): string {
  if (failedIn !== undefined) {
    return text.operations.selectionRetry(failedIn);
  }
  if (orderId !== undefined) {
    return text.operations.selectionOrder(orderId);
  }
  if (filter !== undefined) {
    const conditions = Object.entries(filter).map(
      ([name, value]) => `${labels[name] ?? name} = ${name === 'state' ? stateText('sim', value) : value}`,
    );
    return conditions.length === 0
      ? text.operations.selectionFleet
      : text.operations.selectionFilter(conditions.join(', '));
  }
  return text.operations.selectionList(count ?? 0);
}
