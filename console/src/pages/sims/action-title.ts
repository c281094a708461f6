import { formatNumber } from '../../app/format.ts';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { describeFilter } from './describe-filter.ts';
import type { Names } from './names.ts';
import type { OfferedAction, Selection } from './selection.ts';

const words = text.sims.action;

/**
 * The title of an action's dialog: what happens to how many SIMs, and which.
 *
 * @param total the number of SIMs; undefined until the preview knows it
 */
export function actionTitle(
  action: OfferedAction,
  selection: Selection,
  { total, names }: { total: number | undefined; names: Names },
): string {
  const name = stateText('action', action);
  const filter = selection.kind === 'matching' ? describeFilter(selection.filter, names) : undefined;
  if (total === undefined) {
    return filter ? words.titleMatching(name, filter) : words.titleFleet(name);
  }
  const title = words.title(name, formatNumber(total));
  if (filter === undefined || (filter === '' && total === 1)) {
    return title;
  }
  return filter === '' ? words.titleFleetOf(name, formatNumber(total)) : words.titleOf(title, filter);
}
