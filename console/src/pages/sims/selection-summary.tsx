import Link from '@cloudscape-design/components/link';
import { formatNumber } from '../../app/format.ts';
import * as text from '../../text/index.ts';
import { countOf, type Selection } from './selection.ts';

/** How many SIMs there are, and what is selected, in one line: the list stays in place when SIMs are selected. */
export function SelectionSummary({
  total,
  selection,
  onClear,
}: {
  total: string | undefined;
  selection: Selection;
  onClear: () => void;
}) {
  return (
    <span className="summary">
      {total && <span>{total}</span>}
      {countOf(selection) !== 0 && (
        <>
          <strong>{describe(selection)}</strong>
          <Link fontSize="inherit" variant="primary" onFollow={onClear}>
            {text.sims.selectOnlyPage}
          </Link>
        </>
      )}
    </span>
  );
}

/** The selection in words. */
function describe(selection: Selection): string {
  switch (selection.kind) {
    case 'chosen':
      return text.sims.selected(selection.sims.length);
    case 'listed':
      return text.sims.selectedList(formatNumber(selection.iccids.length));
    case 'matching':
      return text.sims.selectedAll;
  }
}
