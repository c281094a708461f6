import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import { type SimState, simStates } from '../../../../domain/sim.ts';
import type { operations } from '../../../generated/api.ts';
import { stateText } from '../../text/state-text.ts';

/** The filters of a list of SIMs that the API has. */
export type SimFilter = Omit<NonNullable<operations['listSims']['parameters']['query']>, 'cursor' | 'limit'>;

/** The filters that the console offers, in their order. `q` is what is typed without a property. */
export const filterNames = [
  'state',
  'operatorId',
  'customerId',
  'customerServiceId',
  'partnerServiceId',
  'orderId',
  'tag',
  'iccidEnds',
  'msisdn',
  'imsi',
  'imei',
  'q',
] as const satisfies readonly (keyof SimFilter)[];

export type FilterName = (typeof filterNames)[number];

/** The filter in the URL. Unknown parameters are ignored; the API checks the values. */
export function filterInUrl(parameters: URLSearchParams): SimFilter {
  const entries = filterNames.flatMap((name) => {
    const value = parameters.get(name);
    return value === null || value === '' ? [] : [[name, value]];
  });
  // Safe: the API refuses values that it does not know, and the page shows its message.
  return Object.fromEntries(entries) as SimFilter;
}

/** The filter as tokens of the property filter. */
export function toTokens(filter: SimFilter): PropertyFilterProps.Token[] {
  return filterNames.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [{ propertyKey: name, operator: '=', value: String(value) }];
  });
}

/**
 * The parameters of the URL for tokens. Of two values for one property the later one counts, because the filters of the API
 * combine with AND and a SIM has one value. What is typed without a property is a search.
 */
export function fromTokens(tokens: readonly PropertyFilterProps.Token[]): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const { propertyKey = 'q', value } of tokens) {
    const name = filterNames.find((candidate) => candidate === propertyKey);
    if (name !== undefined && typeof value === 'string' && value.trim() !== '') {
      parameters.set(name, value.trim());
    }
  }
  return parameters;
}

/** The state that a search names, by its text or its value in the API. */
export function stateSearchedFor({ q = '' }: SimFilter): SimState | undefined {
  const typed = q.trim().toLowerCase();
  return simStates.find((state) => state === typed || stateText('sim', state).toLowerCase() === typed);
}
