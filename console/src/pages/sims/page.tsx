import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { ListTable } from '../../app/list-table.tsx';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { countsQuery } from '../home/queries.ts';
import { ActionModal } from './action-modal.tsx';
import { ActionsMenu, type Tool } from './actions-menu.tsx';
import { isColumnShown, simColumns } from './columns.tsx';
import { filterInUrl, type SimFilter } from './filter.ts';
import { IccidListModal } from './iccid-list-modal.tsx';
import { LabelsFileModal } from './labels-file-modal.tsx';
import { readSims, type Sim } from './queries.ts';
import type { OfferedAction, Selection } from './selection.ts';
import { SelectionSummary } from './selection-summary.tsx';
import { SimFilterBar } from './sim-filter-bar.tsx';
import { StateInstead } from './state-instead.tsx';
import { TablePreferences, useTablePreferences } from './table-preferences.tsx';
import { describeTotal } from './total.ts';
import { useNames } from './use-names.ts';

/** All SIMs: found by any filter of the API, and acted on one by one or all that match. */
export default function SimsPage() {
  const { can } = useSession();
  const [parameters, setParameters] = useSearchParams();
  const filter = filterInUrl(parameters);
  const [preferences, setPreferences] = useTablePreferences();
  const pages = usePages(['sims', filter, preferences.pageSize], (cursor) =>
    readSims(filter, cursor, preferences.pageSize),
  );
  const counts = useQuery(countsQuery).data;
  const isAll = pages.page === 1 && !pages.hasNext && pages.query.isSuccess && !pages.query.isPlaceholderData;
  const [chosen, setChosen] = useState<readonly Sim[]>([]);
  const [isMatching, setMatching] = useState(false);
  const [listed, setListed] = useState<readonly string[]>();
  const [tool, setTool] = useState<Tool>();
  const [action, setAction] = useState<OfferedAction>();
  const names = useNames([...pages.items, filter], filter.orderId);
  const clear = () => {
    setChosen([]);
    setMatching(false);
    setListed(undefined);
  };
  const changeFilter = (changed: URLSearchParams) => {
    clear();
    setParameters(changed);
  };
  const selection = selectionOf({ filter, isMatching, listed, chosen });
  const mayChange = can('activateSims');
  return (
    <>
      <ListTable
        title={text.sims.title}
        pages={pages}
        columns={simColumns(names, can)}
        columnDisplay={preferences.columns.filter(({ id }) => isColumnShown(id, can))}
        idOf={({ iccid }) => iccid}
        empty={{ title: text.sims.empty, hint: text.sims.emptyHint }}
        description={
          <SelectionSummary
            total={describeTotal(filter, { counts, page: { shown: pages.items.length, isAll } })}
            selection={selection}
            onClear={clear}
          />
        }
        csv={{ path: `/v1/sims?limit=200&${parameters}`, fileName: 'sims.csv' }}
        {...(mayChange && {
          selectionType: 'multi' as const,
          selectedItems: isMatching ? [...pages.items] : listed ? [] : [...chosen],
          onSelectionChange: ({ detail }: { detail: { selectedItems: Sim[] } }) => {
            clear();
            setChosen(detail.selectedItems);
          },
        })}
        actions={
          mayChange && (
            <ActionsMenu
              selection={selection}
              hasItems={pages.items.length > 0}
              onSelectMatching={() => setMatching(true)}
              onAction={setAction}
              onTool={setTool}
            />
          )
        }
        filter={
          <>
            <SimFilterBar filter={filter} names={names} onChange={changeFilter} />
            <StateInstead filter={filter} onChange={changeFilter} />
          </>
        }
        preferences={<TablePreferences preferences={preferences} onChange={setPreferences} />}
      />
      {action && <ActionModal action={action} selection={selection} onClose={() => setAction(undefined)} />}
      {tool === 'list' && (
        <IccidListModal
          onUse={(iccids) => {
            clear();
            setListed(iccids);
            setTool(undefined);
          }}
          onClose={() => setTool(undefined)}
        />
      )}
      {tool === 'labelsFile' && <LabelsFileModal onClose={() => setTool(undefined)} />}
    </>
  );
}

/** What the user selected last: all that match, a list, or rows of the table. */
function selectionOf({
  filter,
  isMatching,
  listed,
  chosen,
}: {
  filter: SimFilter;
  isMatching: boolean;
  listed: readonly string[] | undefined;
  chosen: readonly Sim[];
}): Selection {
  if (isMatching) {
    return { kind: 'matching', filter };
  }
  return listed ? { kind: 'listed', iccids: listed } : { kind: 'chosen', sims: chosen };
}
