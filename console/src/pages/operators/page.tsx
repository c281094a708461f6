import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { NewChosenIdForm } from '../../app/chosen-id-form.tsx';
import { formatNumber } from '../../app/format.ts';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { operatorKind } from './operator-form.tsx';
import { type Operator, readOperators } from './queries.ts';

const t = text.operators;

/** The operators, with who does the work at each. */
export default function OperatorsPage() {
  const { can } = useSession();
  const navigate = useNavigate();
  const [isCreating, setCreating] = useState(false);
  const pages = usePages(['platform operators', 'list'], (cursor) => readOperators(cursor));
  return (
    <>
      <ListTable<Operator>
        title={t.title}
        pages={pages}
        columns={[
          {
            id: 'name',
            header: t.columns.name,
            cell: ({ id, name }) => <RouterLink to={`/platform/operators/${id}`}>{name}</RouterLink>,
            isRowHeader: true,
          },
          { id: 'id', header: text.platform.id, cell: ({ id }) => id },
          { id: 'country', header: t.columns.country, cell: ({ country }) => country },
          { id: 'ordering', header: t.columns.ordering, cell: ({ ordering }) => t.handlings[ordering] },
          { id: 'connectivity', header: t.columns.connectivity, cell: ({ connectivity }) => t.handlings[connectivity] },
          { id: 'usage', header: t.columns.usage, cell: ({ usage }) => t.usages[usage] },
          { id: 'multiple', header: t.columns.multiple, cell: ({ orderMultiple }) => formatNumber(orderMultiple) },
        ]}
        idOf={({ id }) => id}
        empty={{ title: t.empty, hint: t.emptyHint }}
        csv={{ path: '/v1/platform/operators?limit=50', fileName: 'operators.csv' }}
        actions={
          can('saveOperator') && (
            <Button variant="primary" onClick={() => setCreating(true)}>
              {t.create}
            </Button>
          )
        }
      />
      {isCreating && (
        <NewChosenIdForm
          kind={operatorKind}
          onClose={() => setCreating(false)}
          onCreated={(id) => navigate(`/platform/operators/${id}`)}
        />
      )}
    </>
  );
}
