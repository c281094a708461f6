import type { Address, Contact } from './address.ts';
import type { PartnerId } from './ids.ts';

/** A reseller of the wholesaler: the tenant. */
export type Partner = {
  id: PartnerId;
  name: string;
  shortName: string;
  deliveryAddress: Address;
  contact: Contact;
  /** Working days after which the partner is notified of SIMs that are still in holding. */
  holdingDays?: number | undefined;
  /** Maximum average number of requests per second; by default that of the stage. */
  requestsPerSecond?: number | undefined;
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** The details of a partner that the wholesaler sets. */
export type PartnerDetails = Omit<Partner, 'id' | 'createdAt' | 'updatedAt' | 'version'>;

/** The default of `holdingDays`. SIMs in holding are charged on the holding service instead of the partner's own. */
export const HOLDING_DAYS = 5;

/** The format of partner ids, which are part of item keys and scopes. */
export function isPartnerId(text: string): text is PartnerId {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text);
}
