import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { NewChosenIdForm } from '../../app/chosen-id-form.tsx';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { ShortTime } from '../../app/time.tsx';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { partnerKind } from './partner-form.tsx';
import { type Partner, readPartners } from './queries.ts';

const t = text.platform.partners;

/** The wholesaler's partners. */
export default function PartnersPage() {
  const { can } = useSession();
  const navigate = useNavigate();
  const [isCreating, setCreating] = useState(false);
  const pages = usePages(['partners', 'list'], (cursor) => readPartners(cursor));
  return (
    <>
      <ListTable<Partner>
        title={t.title}
        pages={pages}
        columns={[
          {
            id: 'name',
            header: t.columns.name,
            cell: ({ id, name }) => <RouterLink to={`/platform/partners/${id}`}>{name}</RouterLink>,
            isRowHeader: true,
          },
          { id: 'shortName', header: t.columns.shortName, cell: ({ shortName }) => shortName },
          { id: 'id', header: text.platform.id, cell: ({ id }) => id },
          { id: 'contact', header: t.columns.contact, cell: ({ contact }) => contact.email },
          { id: 'createdAt', header: t.columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
        ]}
        idOf={({ id }) => id}
        empty={{ title: t.empty, hint: t.emptyHint }}
        csv={{ path: '/v1/platform/partners?limit=200', fileName: 'partners.csv' }}
        actions={
          can('savePartner') && (
            <Button variant="primary" onClick={() => setCreating(true)}>
              {t.create}
            </Button>
          )
        }
      />
      {isCreating && (
        <NewChosenIdForm
          kind={partnerKind}
          onClose={() => setCreating(false)}
          onCreated={(id) => navigate(`/platform/partners/${id}`)}
        />
      )}
    </>
  );
}
