import { ListTable } from '../../app/list-table.tsx';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { firingColumns } from '../alarms/firing-columns.tsx';
import { readFirings } from '../alarms/queries.ts';

const words = text.alarms.firings;

/** When an alarm fired, and for which SIM or pool. */
export function Firings({ id }: { id: string }) {
  const { can } = useSession();
  const pages = usePages(['alarms', id, 'firings'], (cursor) => readFirings(id, cursor));
  return (
    <ListTable
      variant="container"
      title={words.title}
      pages={pages}
      columns={firingColumns(can)}
      idOf={({ period, subject }) => `${period} ${subject}`}
      empty={{ title: words.empty, hint: words.hint }}
      csv={{ path: `/v1/alarms/${id}/firings?limit=200`, fileName: 'firings.csv' }}
    />
  );
}
