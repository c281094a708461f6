import type { Resource } from '../../api/client.ts';
import {
  type AddressDraft,
  type ContactDraft,
  emptyAddress,
  emptyContact,
  trimmedAddress,
} from '../customers/customer-draft.ts';

type Partner = Resource<'Partner'>;

/** A partner while the user fills in the form. */
export type PartnerDraft = {
  id: string;
  name: string;
  shortName: string;
  address: AddressDraft;
  contact: ContactDraft;
  holdingDays: string;
  requestsPerSecond: string;
};

export const emptyPartner: PartnerDraft = {
  id: '',
  name: '',
  shortName: '',
  address: emptyAddress,
  contact: emptyContact,
  holdingDays: '',
  requestsPerSecond: '',
};

/** The form of an existing partner. */
export function toPartnerDraft(partner: Partner): PartnerDraft {
  const { id, name, shortName, deliveryAddress, contact, holdingDays, requestsPerSecond } = partner;
  return {
    id,
    name,
    shortName,
    address: { ...deliveryAddress, lines: deliveryAddress.lines.join('\n') },
    contact: { phone: '', ...contact },
    holdingDays: holdingDays === undefined ? '' : String(holdingDays),
    requestsPerSecond: requestsPerSecond === undefined ? '' : String(requestsPerSecond),
  };
}

/** The details of a partner in a request. */
export type PartnerDetails = {
  name: string;
  shortName: string;
  deliveryAddress: { name: string; lines: string[]; city: string; postalCode?: string; country: string };
  contact: { name: string; email: string; phone?: string };
  holdingDays?: number;
  requestsPerSecond?: number;
};

/** What was typed as a request. Empty optional fields are omitted; the API reports a number that is none. */
export function toPartnerDetails(draft: PartnerDraft): PartnerDetails {
  const { contact, holdingDays, requestsPerSecond } = draft;
  const { postalCode, ...address } = trimmedAddress(draft.address);
  const phone = contact.phone.trim();
  return {
    name: draft.name.trim(),
    shortName: draft.shortName.trim(),
    deliveryAddress: { ...address, ...(postalCode !== '' && { postalCode }) },
    contact: { name: contact.name.trim(), email: contact.email.trim(), ...(phone !== '' && { phone }) },
    ...(holdingDays.trim() !== '' && { holdingDays: Number(holdingDays) }),
    ...(requestsPerSecond.trim() !== '' && { requestsPerSecond: Number(requestsPerSecond) }),
  };
}
