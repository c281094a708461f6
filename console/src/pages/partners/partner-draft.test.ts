import { describe, expect, it } from '@jest/globals';
import { emptyPartner, toPartnerDetails, toPartnerDraft } from './partner-draft.ts';

const partner = {
  id: 'acme',
  name: 'Acme Connectivity Ltd',
  shortName: 'Acme',
  deliveryAddress: {
    name: 'Acme',
    lines: ['Unit 2', '1 Dock Road'],
    city: 'London',
    postalCode: 'E16 1AA',
    country: 'GB',
  },
  contact: { name: 'Ada', email: 'ada@acme.example' },
  holdingDays: 7,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  version: 1,
};

describe('the form of a partner', () => {
  it('keeps everything when nothing is changed', () => {
    const { id: _id, createdAt: _createdAt, updatedAt: _updatedAt, version: _version, ...details } = partner;
    expect(toPartnerDetails(toPartnerDraft(partner))).toEqual(details);
  });

  it('omits empty optional fields, so that they return to their defaults', () => {
    const draft = toPartnerDraft(partner);
    const details = toPartnerDetails({ ...draft, holdingDays: ' ', address: { ...draft.address, postalCode: '' } });
    expect(details).not.toHaveProperty('holdingDays');
    expect(details.deliveryAddress).not.toHaveProperty('postalCode');
  });

  it('trims what was typed', () => {
    const address = { name: ' Acme ', lines: ' 1 Dock Road \n\n', city: 'Dublin', postalCode: '', country: 'ie' };
    expect(toPartnerDetails({ ...emptyPartner, name: ' Acme ', address })).toMatchObject({
      name: 'Acme',
      deliveryAddress: { name: 'Acme', lines: ['1 Dock Road'], country: 'IE' },
    });
  });
});
