import type { Order } from './order.ts';

/** The progress of receiving the SIMs of an order. */
export type OrderReceipt = {
  /** The number of pages in the order's manifest. */
  pages: number;
  /** Where the operator's list of SIMs continues. */
  receiveCursor?: string;
  /** The lowest and highest received ICCID, between which the order's SIMs are searched. */
  iccids?: { from: string; upTo: string };
};

/** Adds a page of received SIMs to an order. Without SIMs, only the operator's cursor changes. */
export function addReceivedSims<Received extends Order & OrderReceipt>(
  order: Received,
  iccids: readonly string[],
  receiveCursor: string | undefined,
): Received {
  const next = {
    ...order,
    progress: { ...order.progress, received: order.progress.received + iccids.length },
    ...(iccids.length > 0 ? { pages: order.pages + 1, iccids: spanOf(order, iccids) } : {}),
    version: order.version + 1,
  };
  if (receiveCursor === undefined) {
    delete next.receiveCursor;
  } else {
    next.receiveCursor = receiveCursor;
  }
  return next;
}

function spanOf({ iccids: before }: OrderReceipt, received: readonly string[]): { from: string; upTo: string } {
  const all = [...received, ...(before ? [before.from, before.upTo] : [])].sort();
  return { from: all[0] ?? '', upTo: all.at(-1) ?? '' };
}
