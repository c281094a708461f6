import { useQuery } from '@tanstack/react-query';
import { partnerChoicesQuery } from './queries.ts';

/** The name of a partner by its id; the id until the partners are read, and for a partner beyond the first ones. */
export function usePartnerNames(): (id: string) => string {
  const partners = useQuery(partnerChoicesQuery).data ?? [];
  return (id) => partners.find((partner) => partner.id === id)?.name ?? id;
}
