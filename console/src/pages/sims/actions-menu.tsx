import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import SpaceBetween from '@cloudscape-design/components/space-between';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { actionsFor, type OfferedAction, offeredActions, type Selection } from './selection.ts';

/** What is selected, and what can be done with it. */
export function ActionsMenu({
  selection,
  hasItems,
  onSelectMatching,
  onClear,
  onAction,
}: {
  selection: Selection;
  hasItems: boolean;
  onSelectMatching: () => void;
  onClear: () => void;
  onAction: (action: OfferedAction) => void;
}) {
  const isMatching = selection.kind === 'matching';
  const count = isMatching ? undefined : selection.sims.length;
  const isEmpty = count === 0;
  const actions = actionsFor(selection);
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      {!isEmpty && (
        <Box variant="span" color="text-body-secondary">
          {count === undefined ? text.sims.selectedAll : text.sims.selected(count)}
        </Box>
      )}
      {isMatching || !isEmpty ? (
        <Button variant="link" onClick={onClear}>
          {text.sims.selectOnlyPage}
        </Button>
      ) : null}
      {!isMatching && (
        <Button disabled={!hasItems} onClick={onSelectMatching}>
          {text.sims.selectAllMatching}
        </Button>
      )}
      <ButtonDropdown
        variant="primary"
        disabled={isEmpty || actions.length === 0}
        {...(!isEmpty && { disabledReason: text.sims.noActions })}
        items={actions.map((id) => ({ id, text: stateText('action', id) }))}
        onItemClick={({ detail }) => {
          const action = offeredActions.find((offered) => offered === detail.id);
          if (action) {
            onAction(action);
          }
        }}
      >
        {text.sims.actions}
      </ButtonDropdown>
    </SpaceBetween>
  );
}
