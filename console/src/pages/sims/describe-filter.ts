import * as text from '../../text/index.ts';
import { stateText } from '../../text/state-text.ts';
import { type FilterName, filterNames } from './filter.ts';
import { type Names, nameIn } from './names.ts';

/** A filter of SIMs, whose values the API has checked. */
type Filter = Readonly<Partial<Record<FilterName, string | undefined>>>;

/** A value of a filter as users know it: the text of a state, and the name behind an id. */
export function filterValueText(names: Names, property: FilterName, value: string): string {
  switch (property) {
    case 'state':
      return stateText('sim', value);
    case 'operatorId':
      return nameIn(names.operators, value) ?? value;
    case 'customerId':
      return nameIn(names.customers, value) ?? value;
    case 'customerServiceId':
      return nameIn(names.customerServices, value) ?? value;
    case 'partnerServiceId':
      return nameIn(names.partnerServices, value) ?? value;
    case 'orderId':
      return nameIn(names.orders, value) ?? value;
    default:
      return value;
  }
}

/** A filter in words, as the list of SIMs shows it; empty for all SIMs. */
export function describeFilter(filter: Filter, names: Names): string {
  const conditions = filterNames.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [`${text.sims.properties[name]} = ${filterValueText(names, name, value)}`];
  });
  return conditions.join(', ');
}
