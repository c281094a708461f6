import { describe, expect, it } from '@jest/globals';
import { type Right, type Role, rights, roles } from '../../../domain/access.ts';
import * as text from './index.ts';
import { roleHint, roleText } from './role-text.ts';

// Safe: the keys of the declaration.
const allRights = Object.keys(rights) as Right[];

const has = (role: Role, right: Right) => rights[right].some((holder: Role) => holder === role);

/** What the hint of a role claims, with the right that it claims. Hints of the wholesaler and of admins claim everything of theirs. */
const claims: readonly [RegExp, Right][] = [
  [/^Sees orders/, 'see'],
  [/Sees (the SIMs|orders)/, 'see_own'],
  [/Changes SIMs/, 'change_sims'],
  [/creates, edits and deletes customers and services/, 'create_customers_and_services'],
  [/creates, edits and deletes customers and services/, 'manage_partner_services'],
  [/edits and deletes customers/, 'edit_customers_and_services'],
  [/edits and deletes customers/, 'delete_customers_and_services'],
  [/order SIMs/, 'order_sims'],
  [/SIM fields/, 'manage_sim_fields'],
  [/manage alarms/, 'alarms'],
  [/webhooks/, 'webhooks'],
  [/API clients/, 'clients'],
  [/delete users/, 'manage_users'],
  [/invites users/, 'create_users'],
  [/users/, 'see_users'],
  [/alarm firings/, 'see_firings'],
  [/the journal/, 'journal'],
  [/of the customer/, 'see_own_customer'],
];

/** The rights that only admins have, by their hint. Only admins change users; others see them, too. */
const onlyAdmins = claims
  .filter(([claim]) => claim.test(text.users.roleHint.admin))
  .map(([, right]) => right)
  .filter((right) => right !== 'see_users');

describe('the hint of a role', () => {
  it.each(roles.filter((role) => role !== 'admin' && role !== 'platform'))(
    'of %s claims its rights, and no others',
    (role) => {
      for (const [claim, right] of claims) {
        expect([right, claim.test(text.users.roleHint[role])]).toEqual([right, has(role, right)]);
      }
    },
  );

  it('claims that a role changes nothing when it has no right to change something', () => {
    const reading: readonly Right[] = ['see', 'see_own', 'see_own_customer', 'see_users', 'see_firings', 'journal'];
    for (const role of roles) {
      const changes = allRights.some((right) => !reading.includes(right) && has(role, right));
      expect([role, /Changes nothing/.test(text.users.roleHint[role])]).toEqual([role, !changes]);
    }
  });

  it('claims that an admin has every right of a partner, and names those that no other role has', () => {
    const ofPartner = allRights.filter((right) => right !== 'platform' && right !== 'see_own_customer');
    expect(ofPartner.filter((right) => !has('admin', right))).toEqual([]);
    const alone = ofPartner.filter((right) => rights[right].length === 1);
    expect(onlyAdmins.sort()).toEqual(alone.sort());
  });

  it('claims the journal for the wholesaler', () => {
    expect(/the journal/.test(text.users.roleHint.platform)).toBe(has('platform', 'journal'));
  });
});

it('shows a role that is newer than the console by its name', () => {
  expect([roleText('auditor'), roleHint('auditor')]).toEqual(['auditor', undefined]);
});
