import { describe, expect, it } from '@jest/globals';
import { callerOfToken, mayCall } from './caller.ts';

const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;

describe('the caller of a token', () => {
  it('is a partner’s user, with the roles that a partner’s users may have', () => {
    const claims = { sub: 'u1', partner_id: 'acme', roles: ['admin', 'platform', 'unknown'], email: 'ä@acme.example' };
    expect(callerOfToken(token(claims))).toEqual({
      kind: 'partner',
      userId: 'u1',
      partnerId: 'acme',
      roles: ['admin'],
      email: 'ä@acme.example',
    });
  });

  it('is a customer’s user', () => {
    const claims = { sub: 'u2', partner_id: 'acme', customer_id: 'cus_1', roles: ['customer_user', 'admin'] };
    expect(callerOfToken(token(claims))).toMatchObject({ kind: 'customer', roles: ['customer_user'] });
  });

  it('is the platform', () => {
    expect(callerOfToken(token({ sub: 'u3', roles: ['platform'] }))).toMatchObject({ kind: 'platform' });
  });

  it.each([token({ sub: 'u4', roles: [] }), 'opaque', ''])('is nobody for %j', (text) => {
    expect(callerOfToken(text)).toBeUndefined();
  });
});

it('allows what the API allows', () => {
  const support = callerOfToken(token({ sub: 'u', partner_id: 'acme', roles: ['support'] }));
  if (!support) {
    throw new Error('The token has a caller.');
  }
  expect(mayCall(support, 'change_sims')).toBe(true);
  expect(mayCall(support, 'order_sims')).toBe(false);
  expect(mayCall(support, 'platform')).toBe(false);
  expect(mayCall(support, 'public')).toBe(true);
});
