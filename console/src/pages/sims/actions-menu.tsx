import Button from '@cloudscape-design/components/button';
import ButtonDropdown, { type ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { actionsFor, countOf, isPermanent, type OfferedAction, offeredActions, type Selection } from './selection.ts';

/** What opens from the menu of files and lists. */
export type Tool = 'list' | 'labelsFile';

const tools: readonly Tool[] = ['list', 'labelsFile'];

/** What can be done with what is selected, for the buttons of the list. */
export function ActionsMenu({
  selection,
  hasItems,
  onSelectMatching,
  onAction,
  onTool,
}: {
  selection: Selection;
  hasItems: boolean;
  onSelectMatching: () => void;
  onAction: (action: OfferedAction) => void;
  onTool: (tool: Tool) => void;
}) {
  const isEmpty = countOf(selection) === 0;
  const actions = actionsFor(selection);
  return (
    <>
      {selection.kind === 'chosen' && (
        <Button disabled={!hasItems} onClick={onSelectMatching}>
          {text.sims.selectAllMatching}
        </Button>
      )}
      <ButtonDropdown
        items={tools.map((id) => ({ id, text: text.sims.tools[id] }))}
        onItemClick={({ detail }) => {
          const tool = tools.find((candidate) => candidate === detail.id);
          if (tool) {
            onTool(tool);
          }
        }}
      >
        {text.sims.tools.menu}
      </ButtonDropdown>
      <ButtonDropdown
        variant="primary"
        disabled={isEmpty || actions.length === 0}
        items={menuOf(actions)}
        onItemClick={({ detail }) => {
          const action = offeredActions.find((offered) => offered === detail.id);
          if (action) {
            onAction(action);
          }
        }}
      >
        {text.sims.actions}
      </ButtonDropdown>
    </>
  );
}

/** The actions as a menu, in which those that cannot be undone stand apart. */
function menuOf(actions: readonly OfferedAction[]): ButtonDropdownProps.ItemOrGroup[] {
  const toItem = (id: OfferedAction) => ({ id, text: stateText('action', id) });
  const permanent = actions.filter(isPermanent);
  return [
    ...actions.filter((action) => !isPermanent(action)).map(toItem),
    ...(permanent.length > 0 ? [{ text: text.sims.permanent, items: permanent.map(toItem) }] : []),
  ];
}
