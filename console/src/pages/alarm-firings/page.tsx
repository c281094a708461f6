import { serverNow } from '../../api/server-time.ts';
import { FilterChoice } from '../../app/filter-choice.tsx';
import { formatMonth } from '../../app/format.ts';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import { recentPeriods } from '../../services/usage-share.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { firingColumns } from '../alarms/firing-columns.tsx';
import { readFiringsOfMonth } from '../alarms/queries.ts';

const words = text.alarms.firings;

/** The API keeps firings for 400 days. */
const MONTHS = 13;

/** When alarms fired in a month, and for which SIMs or pools. */
export default function AlarmFiringsPage() {
  const { can } = useSession();
  const { parameters, change } = useFilters();
  const period = parameters.get('period') ?? undefined;
  const pages = usePages(['firings', period], (cursor) => readFiringsOfMonth(period, cursor));
  const [time, ...columns] = firingColumns(can);
  const alarm: typeof time = {
    id: 'alarm',
    header: words.alarm,
    cell: ({ alarmId, name }) => <RouterLink to={`/alarms/${alarmId}`}>{name}</RouterLink>,
  };
  return (
    <ListTable
      title={text.titles.firings}
      pages={pages}
      columns={[time, alarm, ...columns]}
      idOf={({ alarmId, subject }) => `${alarmId} ${subject}`}
      empty={{ title: words.noneInMonth, hint: words.hint }}
      csv={{ path: `/v1/alarm-firings?limit=200${period ? `&period=${period}` : ''}`, fileName: 'alarm-firings.csv' }}
      filter={
        <FilterChoice
          label={words.month}
          all={words.thisMonth}
          value={period}
          options={recentPeriods(serverNow(), MONTHS).map((value) => ({ value, label: formatMonth(value) }))}
          onChange={(value) => change('period', value)}
        />
      }
    />
  );
}
