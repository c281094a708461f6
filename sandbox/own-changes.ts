import * as z from 'zod';
import type { OwnChange } from './behaviour.ts';
import { cardAt } from './cards.ts';
import { changeDeviceNow } from './control-center/devices.ts';
import { nextRequestId } from './iot-accelerator/changes.ts';
import { type ApiAnswer, type Context, deliveredCard, refusal } from './operators-api.ts';
import { createSandboxOrder } from './orders.ts';

/*
 * What operators do without a request over their API: they ship SIMs that somebody ordered in their portal, and change SIMs.
 */

/** What differs from the card of a SIM, and its data session. */
export const simFactsSchema = z.strictObject({
  msisdn: z.string().optional(),
  imei: z.string().optional(),
  session: z
    .strictObject({
      connected: z.boolean(),
      since: z.number().describe('Milliseconds since 1970'),
      network: z.string().optional(),
      ip: z.string().optional(),
    })
    .optional(),
});

export type SimFacts = z.infer<typeof simFactsSchema>;

/** Ships SIMs at once, and answers their list, as an operator sends it by e-mail. */
export function shipSims({ operatorId, books, now }: Context, quantity: number): ApiAnswer {
  const orderId = `PORTAL${books.orders.size + 1}`;
  const order = createSandboxOrder(
    operatorId,
    orderId,
    { quantity, deliveryAddress: { name: 'Portal', lines: ['-'], city: '-', country: 'XX' } },
    {
      now,
      behaviour: { ...books.behaviour, rejectOrders: false, shipFraction: 1, leadTimeDays: 0 },
      takenBlocks: books.orderOfBlock,
    },
  );
  if ('rejected' in order.outcome) {
    return refusal(409, 'rejected', order.outcome.rejected);
  }
  const { block } = order.outcome;
  books.orders.set(orderId, order);
  books.orderOfBlock.set(block, orderId);
  const lines = Array.from({ length: quantity }, (_, place) => {
    const { iccid, imsi, msisdn = '' } = cardAt(operatorId, { block, place });
    return `${iccid},${imsi},${msisdn}\r\n`;
  });
  return {
    status: 201,
    body: `iccid,imsi,msisdn\r\n${lines.join('')}`,
    headers: { 'content-type': 'text/csv' },
    changed: 'order',
  };
}

/** Changes a SIM in all protocols. @returns false when the SIM is not one of the operator's. */
export function changeByItself(context: Context, iccid: string, change: OwnChange): boolean {
  const { books, now } = context;
  const card = deliveredCard(context, iccid);
  if (!card) {
    return false;
  }
  const { status, msisdn, imei, connected, network, ip } = change;
  switch (status) {
    case 'active':
      card.order.sims.set(card.place, { activeFrom: now.getTime() });
      break;
    case 'barred':
      card.order.sims.delete(card.place);
      break;
    case 'terminated':
      card.order.sims.set(card.place, { terminated: true });
      break;
  }
  if (status !== undefined) {
    const at = now.getTime();
    const state = { active: 'ACTIVE', barred: 'PAUSE', terminated: 'TERMINATED' } as const;
    books.changes.push({
      id: nextRequestId(books),
      createdAt: at,
      completedAt: at,
      state: state[status],
      iccids: [iccid],
      refused: [],
    });
    const deviceStatus = { active: 'ACTIVATED', barred: 'DEACTIVATED', terminated: 'RETIRED' } as const;
    changeDeviceNow(context, iccid, deviceStatus[status]);
  }
  const facts = books.facts.get(iccid) ?? {};
  const session =
    connected === undefined && network === undefined && ip === undefined
      ? facts.session
      : {
          connected: connected ?? facts.session?.connected ?? true,
          since: now.getTime(),
          ...(network === undefined ? {} : { network }),
          ...(ip === undefined ? {} : { ip }),
        };
  books.facts.set(iccid, {
    ...facts,
    ...(msisdn === undefined ? {} : { msisdn }),
    ...(imei === undefined ? {} : { imei }),
    ...(session === undefined ? {} : { session }),
  });
  return true;
}
