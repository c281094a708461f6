import PropertyFilter, { type PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { simStates } from '../../../../domain/sim.ts';
import { useServiceOptions } from '../../services/service-choice.tsx';
import { customerServiceKind, partnerServiceKind } from '../../services/service-kind.ts';
import { useSession } from '../../session/session-context.tsx';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { readCustomers } from '../customers/queries.ts';
import { filterValueText } from './describe-filter.ts';
import { filterNames, fromTokens, type SimFilter, toTokens } from './filter.ts';
import type { Names } from './names.ts';
import { isPropertyShown } from './shown-properties.ts';

/** Filters SIMs by everything that the API filters by. */
export function SimFilterBar({
  filter,
  names,
  onChange,
}: {
  filter: SimFilter;
  names: Names;
  onChange: (parameters: URLSearchParams) => void;
}) {
  const { options, status, load } = useFilterOptions(names);
  const { can } = useSession();
  const shown = filterNames.filter((name) => isPropertyShown(name, can));
  const properties = shown.map(
    (key): PropertyFilterProps.FilteringProperty => ({
      key,
      propertyLabel: text.sims.properties[key],
      groupValuesLabel: text.sims.properties[key],
      operators: [{ operator: '=', format: (value) => filterValueText(names, key, String(value)) }],
    }),
  );
  return (
    <PropertyFilter
      query={{ tokens: toTokens(filter), operation: 'and' }}
      onChange={({ detail }) => onChange(fromTokens(detail.tokens))}
      filteringProperties={properties}
      filteringOptions={options}
      filteringStatusType={status}
      filteringLoadingText={text.shell.loading}
      filteringErrorText={text.forms.loadFailed}
      filteringRecoveryText={text.shell.tryAgain}
      onLoadItems={({ detail }) => load(detail)}
      hideOperations
      filteringPlaceholder={text.sims.filterPlaceholder}
      filteringAriaLabel={text.sims.filterLabel}
      i18nStrings={{ enteredTextLabel: text.sims.searchFor }}
      expandToViewport
    />
  );
}

/**
 * The values to choose from. The API finds customers by what is typed; services are read page by page once the user filters by them.
 */
function useFilterOptions(names: Names) {
  const { can } = useSession();
  const [property, setProperty] = useState<string>();
  const [typed, setTyped] = useState('');
  const customers = useQuery({
    queryKey: ['customers', 'choice', typed],
    queryFn: () => readCustomers({ q: typed }, undefined, 50),
    placeholderData: keepPreviousData,
    enabled: property === 'customerId' && can('listCustomers'),
  });
  const pages = {
    customerServiceId: useServiceOptions(customerServiceKind, {
      enabled: property === 'customerServiceId' && can('listCustomerServices'),
    }),
    partnerServiceId: useServiceOptions(partnerServiceKind, {
      enabled: property === 'partnerServiceId' && can('listPartnerServices'),
    }),
  };
  const paged = property === 'customerServiceId' || property === 'partnerServiceId' ? pages[property] : undefined;
  const customerStatus = customers.isFetching ? ('loading' as const) : ('finished' as const);
  const options: PropertyFilterProps.FilteringOption[] = [
    ...simStates.map((state) => ({ propertyKey: 'state', value: state, label: stateText('sim', state) })),
    ...optionsOf('operatorId', names.operators),
    ...optionsOf('customerId', [...names.customers, ...(customers.data?.items ?? [])]),
    ...optionsOf('customerServiceId', [...names.customerServices, ...pages.customerServiceId.items]),
    ...optionsOf('partnerServiceId', [...names.partnerServices, ...pages.partnerServiceId.items]),
  ];
  return {
    options,
    status: paged?.status ?? (property === 'customerId' ? customerStatus : ('finished' as const)),
    load: ({ filteringProperty, ...request }: PropertyFilterProps.LoadItemsDetail) => {
      setProperty(filteringProperty?.key);
      setTyped(filteringProperty?.key === 'customerId' ? request.filteringText.trim() : '');
      paged?.load(request);
    },
  };
}

/** Options for items, each once. */
function optionsOf(propertyKey: string, items: readonly { id: string; name: string }[]) {
  const byId = new Map(items.map(({ id, name }) => [id, name]));
  return [...byId].map(([value, label]) => ({ propertyKey, value, label }));
}
