import { withCheckDigit } from '../domain/iccid.ts';
import { networks, type OperatorId } from './networks.ts';

/**
 * The cards of an order are never stored: each follows from the block of numbers that the order was given and from its
 * place in it. Block and place make the ten digits by which ICCID, IMSI and MSISDN know the card.
 */
export const BLOCKS = 100_000;
export const CARDS_IN_A_BLOCK = 100_000;
const PLACE_DIGITS = 5;
const SERIAL_DIGITS = 10;

export type Card = { iccid: string; imsi: string; msisdn?: string };

/** Where a card stands: the block of its order and its place in it, counted from 0. */
export type CardPlace = { block: number; place: number };

/** The card at a place, with a valid ICCID; the same one each time. */
export function cardAt(operatorId: OperatorId, { block, place }: CardPlace): Card {
  const { mccMnc, msisdnPrefix } = { msisdnPrefix: undefined, ...networks[operatorId] };
  const serial = String(block * CARDS_IN_A_BLOCK + place).padStart(SERIAL_DIGITS, '0');
  return {
    iccid: iccidOf(operatorId, serial),
    imsi: `${mccMnc}${serial}`,
    ...(msisdnPrefix === undefined ? {} : { msisdn: `${msisdnPrefix}${serial}` }),
  };
}

/** Where the card of an ICCID would stand, if the operator made it; undefined when it is not one of its numbers. */
export function placeOf(operatorId: OperatorId, iccid: string): CardPlace | undefined {
  const serial = iccid.slice(-SERIAL_DIGITS - 1, -1);
  if (!/^\d{10}$/.test(serial) || iccidOf(operatorId, serial) !== iccid) {
    return undefined;
  }
  return { block: Number(serial.slice(0, -PLACE_DIGITS)), place: Number(serial.slice(-PLACE_DIGITS)) };
}

function iccidOf(operatorId: OperatorId, serial: string): string {
  const { issuerPrefix, iccidLength } = networks[operatorId];
  return withCheckDigit(`${issuerPrefix}${serial.padStart(iccidLength - 1 - issuerPrefix.length, '0')}`);
}
