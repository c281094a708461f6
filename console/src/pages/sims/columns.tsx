import type { TableProps } from '@cloudscape-design/components/table';
import { RouterLink } from '../../app/router-link.tsx';
import { State } from '../../app/state.tsx';
import { ShortTime } from '../../app/time.tsx';
import * as text from '../../text/index.ts';
import { type Names, nameIn } from './names.ts';
import type { Sim } from './queries.ts';
import { isPropertyShown } from './shown-properties.ts';

const { columns } = text.sims;

type ColumnId = keyof typeof columns;

type Can = Parameters<typeof isPropertyShown>[1];

/** The columns that show what an id stands for, with the property that is the id. */
const idOf: Partial<Record<ColumnId, string>> = {
  operator: 'operatorId',
  customer: 'customerId',
  partnerService: 'partnerServiceId',
  order: 'orderId',
};

/** Whether users see a column, by the property that it shows. */
export function isColumnShown(id: string, can: Can): boolean {
  // Safe: other columns have no id.
  return isPropertyShown(idOf[id as ColumnId] ?? id, can);
}

type Column = TableProps.ColumnDefinition<Sim> & { id: ColumnId };

/** The columns of the list, without those that the user cannot read. */
export function simColumns(names: Names, can: Can): Column[] {
  const { none } = text.shell;
  const all: Column[] = [
    {
      id: 'iccid',
      header: columns.iccid,
      cell: ({ iccid }) => <RouterLink to={`/sims/${iccid}`}>{iccid}</RouterLink>,
      isRowHeader: true,
    },
    { id: 'label', header: columns.label, cell: ({ label }) => label ?? none },
    { id: 'state', header: columns.state, cell: ({ state }) => <State kind="sim" value={state} /> },
    {
      id: 'operator',
      header: columns.operator,
      cell: ({ operatorId }) => nameIn(names.operators, operatorId),
    },
    {
      id: 'customer',
      header: columns.customer,
      cell: ({ customerId }) => nameIn(names.customers, customerId) ?? none,
    },
    {
      id: 'customerService',
      header: columns.customerService,
      cell: ({ customerServiceId }) => nameIn(names.customerServices, customerServiceId) ?? none,
    },
    {
      id: 'partnerService',
      header: columns.partnerService,
      cell: ({ partnerServiceId }) => nameIn(names.partnerServices, partnerServiceId),
    },
    { id: 'tags', header: columns.tags, cell: ({ tags }) => tags.join(', ') || none },
    { id: 'msisdn', header: columns.msisdn, cell: ({ msisdn }) => msisdn ?? none },
    { id: 'imsi', header: columns.imsi, cell: ({ imsi }) => imsi ?? none },
    { id: 'order', header: columns.order, cell: ({ orderId }) => orderId ?? none },
    {
      id: 'stateChangedAt',
      header: columns.stateChangedAt,
      cell: ({ stateChangedAt }) => <ShortTime at={stateChangedAt} />,
    },
  ];
  return all.filter(({ id }) => isColumnShown(id, can));
}

/** The columns that are shown until the user chooses others. */
export const defaultColumns = [
  'iccid',
  'label',
  'state',
  'operator',
  'customer',
  'customerService',
  'partnerService',
  'stateChangedAt',
];
