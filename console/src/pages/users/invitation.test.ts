import { describe, expect, it } from '@jest/globals';
import { customerRoles, partnerRoles } from '../../../../domain/access.ts';
import { emptyInvitation, isInvitationComplete, rolesToGive, toInvitation, withOwner } from './invitation.ts';

const draft = { ...emptyInvitation, email: ' ada@acme.example ', roles: ['support'] } as const;

describe('the roles that a user may give', () => {
  it('are the user’s own to users of the partner', () => {
    expect(rolesToGive({ roles: ['provisioning'] }, { isOfCustomer: false })).toEqual(['provisioning']);
    expect(rolesToGive({ roles: partnerRoles }, { isOfCustomer: false })).toEqual(partnerRoles);
  });

  it('are all roles of customers to users of a customer', () => {
    expect(rolesToGive({ roles: ['provisioning'] }, { isOfCustomer: true })).toEqual(customerRoles);
  });
});

describe('an invitation', () => {
  it('needs an email address and a role, and for a user of a customer the customer', () => {
    expect(isInvitationComplete(draft)).toBe(true);
    expect(isInvitationComplete({ ...draft, email: 'ada' })).toBe(false);
    expect(isInvitationComplete({ ...draft, roles: [] })).toBe(false);
    expect(isInvitationComplete({ ...draft, isOfCustomer: true })).toBe(false);
    expect(isInvitationComplete({ ...draft, isOfCustomer: true, customerId: 'cus_1' })).toBe(true);
  });

  it('leaves out names that are empty', () => {
    expect(toInvitation({ ...draft, firstName: 'Ada' })).toEqual({
      email: 'ada@acme.example',
      firstName: 'Ada',
      roles: ['support'],
    });
  });

  it('has the customer only for its users, whose roles are others', () => {
    const ofCustomer = withOwner(draft, true);
    expect(ofCustomer.roles).toEqual([]);
    expect(toInvitation({ ...ofCustomer, customerId: 'cus_1', roles: ['customer_user'] })).toEqual({
      email: 'ada@acme.example',
      customerId: 'cus_1',
      roles: ['customer_user'],
    });
    expect(toInvitation({ ...draft, customerId: 'cus_1' })).not.toHaveProperty('customerId');
  });
});
