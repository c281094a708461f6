import { titles } from './titles.ts';

export const tariffs = {
  title: titles.tariffs,
  empty: 'No tariffs',
  emptyHint: 'The wholesaler grants tariffs to you.',
  allOperators: 'All operators',
  filterOperator: 'Filter by operator',
  columns: {
    name: 'Name',
    audience: 'For',
    operators: 'Operators',
    allowance: 'Allowance',
    price: 'Price per month',
    term: 'Minimum term',
    networks: 'Networks',
  },
  audience: { partner: 'Partner services', customer: 'Customer services' },
  pooling: { per_sim: 'for each SIM', static_pool: 'for the pool', dynamic_pool: 'for each SIM, pooled' },
  allowance: (volume: string, pooling: string) => `${volume} ${pooling}`,
  withTerms: (tariff: string, terms: string) => `${tariff}: ${terms}`,
  perMonth: (price: string) => `${price} per month`,
  noTerm: 'no minimum term',
  term: (months: string) => `minimum term ${months}`,
  months: (count: number) => (count === 0 ? 'None' : count === 1 ? '1 month' : `${count} months`),
};
