import type { Address, Contact } from './address.ts';

/** A reseller of the wholesaler: the tenant. */
export type Partner = {
  id: string;
  name: string;
  shortName: string;
  deliveryAddress: Address;
  contact: Contact;
  /** For how many working days SIMs may wait in holding before the partner is told. */
  holdingDays?: number | undefined;
  /** How many requests a second the partner may send; the stage's own limit when left out. */
  requestsPerSecond?: number | undefined;
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** That many, where nobody has said another number: in holding the partner is charged on the wrong service. */
export const HOLDING_DAYS = 5;

/** A partner's id: letters, digits, dot, dash and underscore, so that it can stand in a key. */
export function isPartnerId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text);
}
