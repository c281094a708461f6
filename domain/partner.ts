import type { Address, Contact } from './address.ts';

/** A reseller of the wholesaler: the tenant. */
export type Partner = {
  id: string;
  name: string;
  shortName: string;
  deliveryAddress: Address;
  contact: Contact;
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** A partner's id: letters, digits, dot, dash and underscore, so that it can stand in a key. */
export function isPartnerId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text);
}
