import type { TableProps } from '@cloudscape-design/components/table';
import { api, given, type Resource, read } from '../api/client.ts';
import { RouterLink } from '../app/router-link.tsx';
import { ShortTime } from '../app/time.tsx';
import * as text from '../text/index.ts';
import { CustomerName } from './customer-name.tsx';
import { NextTariff } from './next-tariff.tsx';

type CustomerService = Resource<'CustomerService'>;

const { columns } = text.services;

export const readCustomerServices = (filter: { customerId?: string | undefined }, cursor?: string, limit = 50) =>
  read(api.GET('/v1/customer-services', { params: { query: given({ ...filter, cursor, limit }) } }));

/**
 * @param showsCustomer whether the list is of several customers
 * @param tariffName the name of a tariff by its id; omitted for users who cannot read tariffs
 */
export function customerServiceColumns({
  showsCustomer = false,
  tariffName,
}: {
  showsCustomer?: boolean;
  tariffName?: ((id: string) => string) | undefined;
}): TableProps.ColumnDefinition<CustomerService>[] {
  return [
    {
      id: 'name',
      header: columns.name,
      cell: ({ id, name }) => <RouterLink to={`/customer-services/${id}`}>{name}</RouterLink>,
      isRowHeader: true,
    },
    ...(showsCustomer
      ? [
          {
            id: 'customer',
            header: columns.customer,
            cell: ({ customerId }: CustomerService) => <CustomerName id={customerId} />,
          },
        ]
      : []),
    ...(tariffName
      ? [
          {
            id: 'tariff',
            header: columns.tariff,
            cell: ({ tariffId }: CustomerService) => tariffName(tariffId),
          },
          {
            id: 'nextTariff',
            header: columns.nextTariff,
            cell: ({ nextTariff }: CustomerService) => <NextTariff change={nextTariff} nameOf={tariffName} />,
          },
        ]
      : []),
    { id: 'createdAt', header: columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
  ];
}
