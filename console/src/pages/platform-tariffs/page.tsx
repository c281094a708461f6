import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { NewChosenIdForm } from '../../app/chosen-id-form.tsx';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { usePages } from '../../app/use-pages.ts';
import { describeAllowance, formatPrice } from '../../services/tariff-text.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { useOperatorNames } from '../operators/use-operator-names.ts';
import { readTariffs, type Tariff } from './queries.ts';
import { tariffKind } from './tariff-form.tsx';

const t = text.platform.tariffs;

/** All tariffs of the wholesaler. */
export default function PlatformTariffsPage() {
  const { can } = useSession();
  const navigate = useNavigate();
  const operatorName = useOperatorNames();
  const [isCreating, setCreating] = useState(false);
  const pages = usePages(['platform tariffs', 'list'], readTariffs);
  const { title, columns, audience, months } = text.tariffs;
  return (
    <>
      <ListTable<Tariff>
        title={title}
        pages={pages}
        columns={[
          {
            id: 'name',
            header: columns.name,
            cell: ({ id, name }) => <RouterLink to={`/platform/tariffs/${id}`}>{name}</RouterLink>,
            isRowHeader: true,
          },
          { id: 'audience', header: columns.audience, cell: (tariff) => audience[tariff.audience] },
          {
            id: 'operators',
            header: columns.operators,
            cell: ({ operatorIds }) => operatorIds.map(operatorName).join(', '),
          },
          { id: 'allowance', header: columns.allowance, cell: describeAllowance },
          { id: 'price', header: columns.price, cell: ({ monthlyPrice }) => formatPrice(monthlyPrice) },
          { id: 'term', header: columns.term, cell: ({ minimumTermMonths }) => months(minimumTermMonths) },
        ]}
        idOf={({ id }) => id}
        empty={{ title: t.empty, hint: t.emptyHint }}
        csv={{ path: '/v1/platform/tariffs?limit=200', fileName: 'tariffs.csv' }}
        actions={
          can('saveTariff') && (
            <Button variant="primary" onClick={() => setCreating(true)}>
              {t.create}
            </Button>
          )
        }
      />
      {isCreating && (
        <NewChosenIdForm
          kind={tariffKind}
          onClose={() => setCreating(false)}
          onCreated={(id) => navigate(`/platform/tariffs/${id}`)}
        />
      )}
    </>
  );
}
