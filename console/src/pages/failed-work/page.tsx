import Button from '@cloudscape-design/components/button';
import { api, given, type Resource, read } from '../../api/client.ts';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { ShortTime } from '../../app/time.tsx';
import { useChange } from '../../app/use-change.ts';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { usePartnerNames } from '../partners/use-partner-names.ts';
import { errorText, pageOfWork } from './describe-work.ts';

const t = text.platform.failedWork;

type FailedWork = Resource<'DeadLetter'>;

/** Work that failed after all retries and waits for somebody to redrive it. */
export default function FailedWorkPage() {
  const { can } = useSession();
  const partnerName = usePartnerNames();
  const pages = usePages(['failed work'], (cursor) =>
    read(api.GET('/v1/platform/set-aside', { params: { query: given({ cursor, limit: 50 }) } })),
  );
  return (
    <ListTable<FailedWork>
      title={t.title}
      pages={pages}
      columns={[
        { id: 'kind', header: t.columns.kind, cell: ({ kind }) => t.kinds[kind] },
        { id: 'subject', header: t.columns.subject, cell: (work) => <Subject work={work} />, isRowHeader: true },
        {
          id: 'partner',
          header: t.columns.partner,
          cell: ({ partnerId }) => (partnerId === undefined ? text.shell.none : partnerName(partnerId)),
        },
        { id: 'error', header: t.columns.error, cell: ({ error }) => errorText(error) },
        { id: 'at', header: t.columns.at, cell: ({ at }) => <ShortTime at={at} /> },
        {
          id: 'action',
          header: t.columns.action,
          cell: (work) => can('redriveFailedWork') && <Redrive work={work} />,
        },
      ]}
      idOf={({ id }) => id}
      empty={{ title: t.empty, hint: t.emptyHint }}
      csv={{ path: '/v1/platform/set-aside?limit=200', fileName: 'failed-work.csv' }}
    />
  );
}

function Subject({ work }: { work: FailedWork }) {
  const page = pageOfWork(work);
  return page === undefined ? work.subject : <RouterLink to={page}>{work.subject}</RouterLink>;
}

function Redrive({ work: { id, subject } }: { work: FailedWork }) {
  const redrive = useChange({
    run: () => read(api.POST('/v1/platform/set-aside/{id}/put-back', { params: { path: { id } } })),
    done: t.redriven,
    invalidates: ['failed work'],
    reportsProblem: true,
  });
  return (
    <Button
      variant="inline-link"
      ariaLabel={t.redriveOne(subject)}
      loading={redrive.isPending}
      onClick={redrive.mutate}
    >
      {t.redrive}
    </Button>
  );
}
