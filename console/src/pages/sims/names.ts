export type Named = { id: string; name: string };

/** The names behind the ids of SIMs, as far as the user may read them. An id without a known name is shown itself. */
export type Names = Readonly<
  Record<'operators' | 'customers' | 'customerServices' | 'partnerServices' | 'orders', readonly Named[]>
>;

export function nameIn(items: readonly Named[], id: string | undefined): string | undefined {
  return items.find((item) => item.id === id)?.name ?? id;
}
