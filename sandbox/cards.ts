import { withCheckDigit } from '../domain/iccid.ts';
import { networkOf, type OperatorId } from './networks.ts';

/**
 * Cards are computed, not stored: each follows from the order's block of numbers and its place in the block. Block and place form
 * the ten digits that ICCID, IMSI and MSISDN share.
 */
export const BLOCKS = 100_000;
export const CARDS_IN_A_BLOCK = 100_000;
const PLACE_DIGITS = 5;
const SERIAL_DIGITS = 10;

export type Card = { iccid: string; imsi: string; msisdn?: string };

/** The position of a card: the block of its order and its place in the block, from 0. */
export type CardPlace = { block: number; place: number };

/** Computes the card at a place, with a valid ICCID; deterministic. */
export function cardAt(operatorId: OperatorId, { block, place }: CardPlace): Card {
  const { mccMnc, msisdnPrefix } = networkOf(operatorId);
  const serial = String(block * CARDS_IN_A_BLOCK + place).padStart(SERIAL_DIGITS, '0');
  return {
    iccid: iccidOf(operatorId, serial),
    imsi: `${mccMnc}${serial}`,
    ...(msisdnPrefix === undefined ? {} : { msisdn: `${msisdnPrefix}${serial}` }),
  };
}

/** Returns the place of an ICCID; undefined when it is not one of the operator's numbers. */
export function findPlace(operatorId: OperatorId, iccid: string): CardPlace | undefined {
  const serial = iccid.slice(-SERIAL_DIGITS - 1, -1);
  if (!/^\d{10}$/.test(serial) || iccidOf(operatorId, serial) !== iccid) {
    return undefined;
  }
  return { block: Number(serial.slice(0, -PLACE_DIGITS)), place: Number(serial.slice(-PLACE_DIGITS)) };
}

function iccidOf(operatorId: OperatorId, serial: string): string {
  const { issuerPrefix, iccidLength } = networkOf(operatorId);
  return withCheckDigit(`${issuerPrefix}${serial.padStart(iccidLength - 1 - issuerPrefix.length, '0')}`);
}
