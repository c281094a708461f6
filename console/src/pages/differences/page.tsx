import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FilterChoice } from '../../app/filter-choice.tsx';
import { ListTable } from '../../app/list-table.tsx';
import { ShortTime } from '../../app/time.tsx';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { platformOperatorsQuery } from '../operators/queries.ts';
import { useOperatorNames } from '../operators/use-operator-names.ts';
import { partnerChoicesQuery } from '../partners/queries.ts';
import { type Difference, type DifferenceFilter, readDifferences } from './queries.ts';
import { SettleDifference } from './settle.tsx';
import { oursText, theirsText } from './value-text.ts';

const t = text.desk.differences;

/** SIMs that differ from what their operators have, oldest first. */
export default function DifferencesPage() {
  const { can } = useSession();
  const { parameters, change } = useFilters();
  const operatorName = useOperatorNames();
  const operators = useQuery(platformOperatorsQuery).data ?? [];
  const partners = useQuery(partnerChoicesQuery).data ?? [];
  const [settling, setSettling] = useState<Difference>();
  const filter: DifferenceFilter = {
    state: parameters.get('state') === 'settled' ? 'settled' : 'open',
    operatorId: parameters.get('operatorId') ?? undefined,
    partnerId: parameters.get('partnerId') ?? undefined,
  };
  const pages = usePages(['differences', filter], (cursor) => readDifferences(filter, cursor));
  const decision: TableProps.ColumnDefinition<Difference> =
    filter.state === 'settled'
      ? {
          id: 'settledAs',
          header: t.columns.settledAs,
          cell: ({ settledAs }) => (settledAs ? t.sides[settledAs] : t.noLonger),
        }
      : {
          id: 'decision',
          header: t.columns.decision,
          cell: (difference) =>
            can('settleDifference') && (
              <Button
                variant="inline-link"
                ariaLabel={t.settleSim(difference.iccid)}
                onClick={() => setSettling(difference)}
              >
                {t.settle}
              </Button>
            ),
        };
  return (
    <>
      <ListTable
        title={t.title}
        pages={pages}
        columns={[...differenceColumns(operatorName, filter.state), decision]}
        idOf={({ id }) => id}
        empty={{ title: t.empty, hint: t.emptyHint }}
        csv={{ path: `/v1/platform/differences?limit=200&${parameters}`, fileName: 'differences.csv' }}
        filter={
          <SpaceBetween direction="horizontal" size="xs">
            <FilterChoice
              label={text.desk.filterState}
              all={t.open}
              value={filter.state}
              options={[{ value: 'settled', label: t.settled }]}
              onChange={(value) => change('state', value)}
            />
            <FilterChoice
              label={text.desk.filterOperator}
              all={text.desk.allOperators}
              value={filter.operatorId}
              options={operators.map(({ id, name }) => ({ value: id, label: name }))}
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
      {settling && <SettleDifference difference={settling} onClose={() => setSettling(undefined)} />}
    </>
  );
}

function differenceColumns(
  operatorName: (id: string) => string,
  state: DifferenceFilter['state'],
): TableProps.ColumnDefinition<Difference>[] {
  return [
    { id: 'iccid', header: t.columns.iccid, cell: ({ iccid }) => iccid, isRowHeader: true },
    { id: 'partner', header: text.desk.partner, cell: ({ partnerId }) => partnerId },
    { id: 'operator', header: text.desk.operator, cell: ({ operatorId }) => operatorName(operatorId) },
    { id: 'field', header: t.columns.field, cell: ({ field }) => t.fields[field] },
    { id: 'ours', header: t.columns.ours, cell: oursText },
    { id: 'theirs', header: t.columns.theirs, cell: theirsText },
    { id: 'seenAt', header: t.columns.seenAt, cell: ({ seenAt }) => <ShortTime at={seenAt} /> },
    ...(state === 'settled'
      ? [
          {
            id: 'settledAt',
            header: t.columns.settledAt,
            cell: ({ settledAt }: Difference) => <ShortTime at={settledAt} />,
          },
        ]
      : []),
  ];
}
