import PropertyFilter, { type PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import { simStates } from '../../../../domain/sim.ts';
import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { filterNames, fromTokens, type SimFilter, toTokens } from './filter.ts';
import type { Names } from './use-names.ts';

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
  const properties = filterNames.map(
    (key): PropertyFilterProps.FilteringProperty => ({
      key,
      propertyLabel: text.sims.properties[key],
      groupValuesLabel: text.sims.properties[key],
      operators: ['='],
    }),
  );
  const options: PropertyFilterProps.FilteringOption[] = [
    ...simStates.map((state) => ({ propertyKey: 'state', value: state, label: stateText('sim', state) })),
    ...optionsOf('operatorId', names.operators),
    ...optionsOf('customerId', names.customers),
    ...optionsOf('customerServiceId', names.customerServices),
    ...optionsOf('partnerServiceId', names.partnerServices),
  ];
  return (
    <PropertyFilter
      query={{ tokens: toTokens(filter), operation: 'and' }}
      onChange={({ detail }) => onChange(fromTokens(detail.tokens))}
      filteringProperties={properties}
      filteringOptions={options}
      hideOperations
      filteringPlaceholder={text.sims.filterPlaceholder}
      filteringAriaLabel={text.sims.filterLabel}
      expandToViewport
    />
  );
}

function optionsOf(propertyKey: string, items: readonly { id: string; name: string }[]) {
  return items.map(({ id, name }) => ({ propertyKey, value: id, label: name }));
}
