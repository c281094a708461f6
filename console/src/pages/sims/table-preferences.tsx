import CollectionPreferences from '@cloudscape-design/components/collection-preferences';
import type { TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { defaultColumns, isColumnShown } from './columns.tsx';

type Preferences = { columns: readonly TableProps.ColumnDisplayProperties[]; pageSize: number };

const KEY = 'console-sims-table';
const labels: Readonly<Record<string, string>> = text.sims.columns;

/** Which columns are shown, and how many SIMs a page has: kept in this browser. */
export function useTablePreferences(): [Preferences, (preferences: Preferences) => void] {
  const [preferences, setPreferences] = useState(stored);
  return [
    preferences,
    (changed) => {
      window.localStorage.setItem(KEY, JSON.stringify(changed));
      setPreferences(changed);
    },
  ];
}

function stored(): Preferences {
  const initial = {
    columns: Object.keys(labels).map((id) => ({ id, visible: defaultColumns.includes(id) })),
    pageSize: 50,
  };
  try {
    // Safe: only this page writes the value; anything else fails below and is ignored.
    const value = JSON.parse(window.localStorage.getItem(KEY) ?? 'null') as Preferences | null;
    const isCurrent = value?.columns.length === initial.columns.length && value.columns.every(({ id }) => id in labels);
    return value && isCurrent ? value : initial;
  } catch {
    return initial;
  }
}

export function TablePreferences({
  preferences,
  onChange,
}: {
  preferences: Preferences;
  onChange: (preferences: Preferences) => void;
}) {
  const { can } = useSession();
  return (
    <CollectionPreferences
      title={text.sims.preferences}
      confirmLabel={text.sims.confirm}
      cancelLabel={text.shell.cancel}
      preferences={{ contentDisplay: preferences.columns, pageSize: preferences.pageSize }}
      pageSizePreference={{ options: [20, 50, 100, 200].map((value) => ({ value, label: String(value) })) }}
      contentDisplayPreference={{
        title: text.sims.visibleColumns,
        options: Object.entries(labels)
          .filter(([id]) => isColumnShown(id, can))
          .map(([id, label]) => ({ id, label, alwaysVisible: id === 'iccid' })),
      }}
      onConfirm={({ detail }) =>
        onChange({
          columns: detail.contentDisplay ?? preferences.columns,
          pageSize: detail.pageSize ?? preferences.pageSize,
        })
      }
    />
  );
}
