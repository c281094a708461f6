import Button from '@cloudscape-design/components/button';
import type { TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { ShortTime } from '../../app/time.tsx';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { NewAlarmForm } from './alarm-form.tsx';
import { describeThreshold } from './describe-threshold.ts';
import { type Alarm, readAlarms } from './queries.ts';
import { ScopeLink } from './scope-link.tsx';

const words = text.alarms;

const columns: TableProps.ColumnDefinition<Alarm>[] = [
  {
    id: 'name',
    header: words.columns.name,
    isRowHeader: true,
    cell: ({ id, name }) => <RouterLink to={`/alarms/${id}`}>{name}</RouterLink>,
  },
  { id: 'scope', header: words.columns.scope, cell: ({ scope }) => <ScopeLink scope={scope} /> },
  { id: 'measure', header: words.columns.measure, cell: ({ measure }) => words.measure[measure] },
  { id: 'threshold', header: words.columns.threshold, cell: ({ threshold }) => describeThreshold(threshold) },
  { id: 'action', header: words.columns.action, cell: ({ action }) => words.action[action] },
  { id: 'createdAt', header: words.columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
];

/** The alarms of the partner. */
export default function AlarmsPage() {
  const { can } = useSession();
  const navigate = useNavigate();
  const [isCreating, setCreating] = useState(false);
  const pages = usePages(['alarms', 'list'], readAlarms);
  return (
    <>
      <ListTable
        title={words.title}
        pages={pages}
        columns={columns}
        idOf={({ id }) => id}
        empty={{ title: words.empty, hint: words.emptyHint }}
        csv={{ path: '/v1/alarms?limit=200', fileName: 'alarms.csv' }}
        actions={
          can('createAlarm') && (
            <Button variant="primary" onClick={() => setCreating(true)}>
              {words.create}
            </Button>
          )
        }
      />
      {isCreating && <NewAlarmForm onClose={() => setCreating(false)} onCreated={(id) => navigate(`/alarms/${id}`)} />}
    </>
  );
}
