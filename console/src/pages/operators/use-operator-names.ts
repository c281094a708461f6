import { useQuery } from '@tanstack/react-query';
import { platformOperatorsQuery } from './queries.ts';

/** The name of an operator by its id; the id until the operators are read. */
export function useOperatorNames(): (id: string) => string {
  const operators = useQuery(platformOperatorsQuery).data ?? [];
  return (id) => operators.find((operator) => operator.id === id)?.name ?? id;
}
