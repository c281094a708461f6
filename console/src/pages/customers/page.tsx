import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import TokenGroup from '@cloudscape-design/components/token-group';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { FilterText } from '../../app/filter-text.tsx';
import { ListTable } from '../../app/list-table.tsx';
import { RouterLink } from '../../app/router-link.tsx';
import { ShortTime } from '../../app/time.tsx';
import { useFilters } from '../../app/use-filters.ts';
import { usePages } from '../../app/use-pages.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { NewCustomerForm } from './customer-form.tsx';
import { type Customer, type CustomerFilter, readCustomers } from './queries.ts';

const words = text.customers;

/** The customers of the partner. */
export default function CustomersPage() {
  const { can } = useSession();
  const navigate = useNavigate();
  const { parameters, change } = useFilters();
  const [isCreating, setCreating] = useState(false);
  const filter: CustomerFilter = {
    q: parameters.get('q') ?? undefined,
    tag: parameters.get('tag') ?? undefined,
  };
  const pages = usePages(['customers', filter], (cursor) => readCustomers(filter, cursor));
  return (
    <>
      <ListTable
        title={words.title}
        pages={pages}
        columns={columnsWith((tag) => change('tag', tag))}
        idOf={({ id }) => id}
        empty={{ title: words.empty, hint: words.emptyHint }}
        csv={{ path: `/v1/customers?limit=200&${parameters}`, fileName: 'customers.csv' }}
        actions={
          can('createCustomer') && (
            <Button variant="primary" onClick={() => setCreating(true)}>
              {words.create}
            </Button>
          )
        }
        filter={
          <SpaceBetween direction="horizontal" size="xs">
            <FilterText label={words.search} value={filter.q ?? ''} onChange={(q) => change('q', q)} />
            {filter.tag !== undefined && (
              <TokenGroup
                items={[{ label: words.allTags(filter.tag), dismissLabel: text.shell.dismiss }]}
                onDismiss={() => change('tag', undefined)}
              />
            )}
          </SpaceBetween>
        }
      />
      {isCreating && (
        <NewCustomerForm onClose={() => setCreating(false)} onCreated={(id) => navigate(`/customers/${id}`)} />
      )}
    </>
  );
}

/** @param onTag shows the customers with a tag */
function columnsWith(onTag: (tag: string) => void): TableProps.ColumnDefinition<Customer>[] {
  return [
    {
      id: 'name',
      header: words.columns.name,
      cell: ({ id, name }) => <RouterLink to={`/customers/${id}`}>{name}</RouterLink>,
      isRowHeader: true,
    },
    { id: 'shortName', header: words.columns.shortName, cell: ({ shortName }) => shortName },
    {
      id: 'contact',
      header: words.columns.contact,
      cell: ({ contact }) => (contact ? `${contact.name}, ${contact.email}` : text.shell.none),
    },
    {
      id: 'tags',
      header: words.columns.tags,
      minWidth: 180,
      cell: ({ tags }) =>
        tags.length === 0 ? (
          text.shell.none
        ) : (
          <Box>
            <SpaceBetween direction="horizontal" size="xs">
              {tags.map((tag) => (
                <Button key={tag} variant="inline-link" onClick={() => onTag(tag)}>
                  {tag}
                </Button>
              ))}
            </SpaceBetween>
          </Box>
        ),
    },
    { id: 'createdAt', header: words.columns.createdAt, cell: ({ createdAt }) => <ShortTime at={createdAt} /> },
  ];
}
