import Badge from '@cloudscape-design/components/badge';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, given, type Resource, read } from '../../api/client.ts';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { ShortTime } from '../../app/time.tsx';
import { usePages } from '../../app/use-pages.ts';
import { NewPartnerService } from '../../services/new-service.tsx';
import { NextTariff } from '../../services/next-tariff.tsx';
import { useTariffNames } from '../../services/use-tariff-names.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';

const words = text.services;

/** The services by which the partner is charged. */
export default function PartnerServicesPage() {
  const { can } = useSession();
  const navigate = useNavigate();
  const [isCreating, setCreating] = useState(false);
  const tariffName = useTariffNames();
  const pages = usePages(['partner services', 'list'], (cursor) =>
    read(api.GET('/v1/partner-services', { params: { query: given({ cursor, limit: 50 }) } })),
  );
  return (
    <>
      <ListTable
        title={words.partnerTitle}
        pages={pages}
        columns={columnsWith(tariffName)}
        idOf={({ id }) => id}
        empty={{ title: words.empty, hint: words.partnerHint }}
        csv={{ path: '/v1/partner-services?limit=200', fileName: 'partner-services.csv' }}
        actions={
          can('createPartnerService') && (
            <Button variant="primary" onClick={() => setCreating(true)}>
              {words.create}
            </Button>
          )
        }
      />
      {isCreating && (
        <NewPartnerService onClose={() => setCreating(false)} onCreated={(id) => navigate(`/partner-services/${id}`)} />
      )}
    </>
  );
}

function columnsWith(tariffName: (id: string) => string): TableProps.ColumnDefinition<Resource<'PartnerService'>>[] {
  const { columns } = words;
  return [
    {
      id: 'name',
      header: columns.name,
      isRowHeader: true,
      cell: ({ id, name, holding }) => (
        <SpaceBetween direction="horizontal" size="xs">
          <RouterLink to={`/partner-services/${id}`}>{name}</RouterLink>
          {holding && <Badge>{words.holding}</Badge>}
        </SpaceBetween>
      ),
    },
    {
      id: 'tariff',
      header: columns.tariff,
      cell: ({ tariffId }) => (tariffId === undefined ? text.shell.none : tariffName(tariffId)),
    },
    {
      id: 'nextTariff',
      header: columns.nextTariff,
      cell: ({ nextTariff }) => <NextTariff change={nextTariff} nameOf={tariffName} />,
    },
    { id: 'createdAt', header: columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
  ];
}
