import { describe, expect, it } from '@jest/globals';
import { customerRoles, partnerRoles } from '../../../../domain/access.ts';
import {
  emptyPlatformInvitation,
  isPlatformInvitationComplete,
  kindOf,
  rolesOfKind,
  toPlatformInvitation,
  withKind,
} from './platform-invitation.ts';

const draft = { ...emptyPlatformInvitation, email: ' ada@acme.example ', partnerId: 'acme' };

describe('the invitation of a user by the wholesaler', () => {
  it('offers each kind of user its own roles', () => {
    expect(rolesOfKind('wholesaler')).toEqual(['platform']);
    expect(rolesOfKind('partner')).toEqual(partnerRoles);
    expect(rolesOfKind('customer')).toEqual(customerRoles);
  });

  it('forgets the roles of another kind', () => {
    expect(withKind(draft, 'customer').roles).toEqual([]);
    expect(withKind(draft, 'wholesaler').roles).toEqual(['platform']);
  });

  it('needs a partner, and a customer for its users', () => {
    expect(isPlatformInvitationComplete(draft)).toBe(true);
    expect(isPlatformInvitationComplete({ ...draft, partnerId: '' })).toBe(false);
    expect(isPlatformInvitationComplete({ ...draft, kind: 'customer' })).toBe(false);
    expect(isPlatformInvitationComplete({ ...withKind(draft, 'wholesaler'), partnerId: '' })).toBe(true);
  });

  it('names the owner of the user alone', () => {
    expect(toPlatformInvitation(draft)).toEqual({ email: 'ada@acme.example', partnerId: 'acme', roles: ['admin'] });
    expect(toPlatformInvitation(withKind(draft, 'wholesaler'))).toEqual({
      email: 'ada@acme.example',
      roles: ['platform'],
    });
  });
});

describe('the kind of a user', () => {
  it('follows from the owner', () => {
    expect(kindOf({})).toBe('wholesaler');
    expect(kindOf({ partnerId: 'acme' })).toBe('partner');
    expect(kindOf({ partnerId: 'acme', customerId: 'cus_1' })).toBe('customer');
  });
});
