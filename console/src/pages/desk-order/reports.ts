import type { PartnerOrder } from '../desk-orders/queries.ts';

/** What the staff report about an order at its operator. */
export type Report = 'accept' | 'reject' | 'dispatch' | 'deliver' | 'cancel';

/**
 * The reports that the state of an order permits, the usual one first. While a cancellation awaits the operator's answer, only that is
 * reported. An operator can withdraw an accepted order until its SIMs are loaded.
 */
export function reportsOn({
  state,
  cancelRequestedBy,
  progress,
}: Pick<PartnerOrder, 'state' | 'cancelRequestedBy' | 'progress'>): Report[] {
  switch (state) {
    case 'submitted':
      return ['accept', 'reject'];
    case 'accepted':
    case 'processing':
      if (cancelRequestedBy !== undefined) {
        return ['cancel'];
      }
      return ['dispatch', 'deliver', ...(progress.received === 0 ? (['reject'] as const) : [])];
    case 'dispatched':
      return ['deliver'];
    default:
      return [];
  }
}

/** Whether SIM lists of the order can be loaded. */
export function canLoadSims(order: Pick<PartnerOrder, 'state' | 'cancelRequestedBy' | 'progress'>): boolean {
  return reportsOn(order).includes('deliver');
}
