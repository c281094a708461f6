import type { HoldingWatch } from '../../domain/holding-watch.ts';
import type { OrderId, PartnerId } from '../../domain/ids.ts';
import { exists } from './conditions.ts';
import { queryDueAs } from './due-work.ts';
import { itemKinds } from './item-kinds.ts';
import { due } from './keys.ts';
import { get } from './reads.ts';
import { put, remove, type Write } from './write-requests.ts';
import { writeIf } from './writes.ts';

/** Starts the watch over SIMs in holding, in the transaction that delivers their order. */
export function putHoldingWatch(partnerId: PartnerId, orderId: OrderId, { days, dueAt }: HoldingWatch): Write {
  return put({ ...itemKinds.holdingWatch.key({ partnerId, orderId }), days, duePk: due.holding, dueAt });
}

/** Ends a watch within a transaction, which fails when the watch has ended already: it reports once. */
export function removeHoldingWatch(partnerId: PartnerId, orderId: OrderId): Write {
  return remove(itemKinds.holdingWatch.key({ partnerId, orderId }), exists);
}

/** Ends a watch that has nothing to report. */
export async function endHoldingWatch(partnerId: PartnerId, orderId: OrderId): Promise<void> {
  await writeIf(removeHoldingWatch(partnerId, orderId));
}

export async function getHoldingWatch(
  partnerId: PartnerId,
  orderId: OrderId,
): Promise<Pick<HoldingWatch, 'days'> | undefined> {
  return get<Pick<HoldingWatch, 'days'>>(itemKinds.holdingWatch.key({ partnerId, orderId }));
}

/** The orders whose SIMs should have left holding by now, across partners. */
export async function dueHoldingWatches(now: Date, limit: number) {
  return queryDueAs(due.holding, itemKinds.holdingWatch.parse, now, limit);
}
