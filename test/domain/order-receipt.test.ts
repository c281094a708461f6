import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addReceivedSims, type OrderReceipt } from '../../domain/order-receipt.ts';
import { anIccid, anOrder } from './builders.ts';

const arrived = { ...anOrder().arrived(), pages: 0 };

type Page = { iccids: readonly string[]; cursor: string | undefined };

/** The order after it has received pages of SIMs. */
const receive = (...pages: readonly Page[]) =>
  pages.reduce<typeof arrived & OrderReceipt>(
    (order, { iccids, cursor }) => addReceivedSims(order, iccids, cursor),
    arrived,
  );

describe('receiving SIMs', () => {
  test('counts them, adds a page to the manifest, and remembers where the list continues', () => {
    const order = receive({ iccids: [anIccid(7), anIccid(3)], cursor: 'next' });
    expect(order).toMatchObject({
      pages: 1,
      receiveCursor: 'next',
      iccids: { from: anIccid(3), upTo: anIccid(7) },
      version: arrived.version + 1,
    });
    expect(order.progress.received).toBe(2);
  });

  test('adds no page for an empty answer, and changes only the cursor', () => {
    const order = receive({ iccids: [anIccid(1)], cursor: 'second' }, { iccids: [], cursor: 'third' });
    expect(order).toMatchObject({ pages: 1, receiveCursor: 'third', iccids: { from: anIccid(1), upTo: anIccid(1) } });
    expect(order.progress.received).toBe(1);
  });

  test('removes the cursor at the end of the list', () => {
    const order = receive({ iccids: [anIccid(1)], cursor: 'second' }, { iccids: [anIccid(2)], cursor: undefined });
    expect(order).not.toHaveProperty('receiveCursor');
  });

  test('in any pages counts every SIM, and covers each with the span of ICCIDs', () => {
    const pages = fc.array(fc.array(fc.nat({ max: 9999 }).map(anIccid), { maxLength: 6 }), { maxLength: 8 });
    fc.assert(
      fc.property(pages, (received) => {
        const order = receive(...received.map((iccids, index) => ({ iccids, cursor: String(index) })));
        const all = received.flat().sort();
        expect(order.progress.received).toBe(all.length);
        expect(order.pages).toBe(received.filter((iccids) => iccids.length > 0).length);
        expect(order.version).toBe(arrived.version + received.length);
        expect(order.iccids).toEqual(all.length === 0 ? undefined : { from: all[0], upTo: all.at(-1) });
      }),
    );
  });
});
