import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { canLoseOrders } from '../../../../domain/operator-capabilities.ts';
import { orderStates } from '../../../../domain/order.ts';
import { FilterChoice } from '../../app/filter-choice.tsx';
import { ListTable } from '../../app/list-table.tsx';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { platformOperatorsQuery } from '../operators/queries.ts';
import { useOperatorNames } from '../operators/use-operator-names.ts';
import { partnerChoicesQuery } from '../partners/queries.ts';
import { usePartnerNames } from '../partners/use-partner-names.ts';
import { manualOrderColumns } from './columns.tsx';
import { type DeskFilter, readManualOrders } from './queries.ts';

/** The orders of all partners that the staff handle, oldest first. */
export default function ManualOrdersPage() {
  const { parameters, change } = useFilters();
  const operatorName = useOperatorNames();
  const partnerName = usePartnerNames();
  const operators = useQuery(platformOperatorsQuery).data ?? [];
  const partners = useQuery(partnerChoicesQuery).data ?? [];
  const filter: DeskFilter = {
    state: orderStates.find((state) => state === parameters.get('state')),
    operatorId: parameters.get('operatorId') ?? undefined,
    partnerId: parameters.get('partnerId') ?? undefined,
  };
  const pages = usePages(['manual orders', filter], (cursor) => readManualOrders(filter, cursor), {
    refetchInterval: 10_000,
  });
  return (
    <ListTable
      title={text.desk.orders.title}
      pages={pages}
      columns={manualOrderColumns({ operatorName, partnerName })}
      idOf={({ id }) => id}
      empty={{ title: text.desk.orders.empty, hint: text.desk.orders.emptyHint }}
      csv={{ path: `/v1/platform/orders?limit=200&${parameters}`, fileName: 'manual-orders.csv' }}
      filter={
        <SpaceBetween direction="horizontal" size="xs">
          <FilterChoice
            label={text.desk.filterState}
            all={text.orders.allStates}
            value={filter.state}
            options={orderStates.map((state) => ({ value: state, label: stateText('order', state) }))}
            onChange={(value) => change('state', value)}
          />
          <FilterChoice
            label={text.desk.filterOperator}
            all={text.desk.allOperators}
            value={filter.operatorId}
            options={operators
              .filter((operator) => operator.ordering === 'manual' || canLoseOrders(operator))
              .map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(value) => change('operatorId', value)}
          />
          <FilterChoice
            label={text.desk.filterPartner}
            all={text.desk.allPartners}
            value={filter.partnerId}
            options={partners.map(({ id, shortName }) => ({ value: id, label: shortName }))}
            onChange={(value) => change('partnerId', value)}
          />
        </SpaceBetween>
      }
    />
  );
}
