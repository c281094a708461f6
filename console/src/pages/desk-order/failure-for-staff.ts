import * as text from '../../text/index.ts';
import type { PartnerOrder } from '../desk-orders/queries.ts';

/**
 * Why an order failed, for the staff. The API's text is for the partner, who resumes the order on its page: the staff redrive it
 * under the failed work.
 */
export function failureForStaff({ state, failure }: Pick<PartnerOrder, 'state' | 'failure'>): string | undefined {
  if (state !== 'failed' || failure === undefined) {
    return failure?.detail;
  }
  const texts: Readonly<Record<string, string>> = text.states.failure;
  const reason = texts[failure.code];
  return reason === undefined ? failure.detail : text.desk.order.failed(reason);
}
