import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { localUserPool } from '../adapters/cognito/local-user-pool.ts';
import { userPoolTokens } from '../integration/acceptance/user-pool-tokens.ts';

let pool: Awaited<ReturnType<typeof localUserPool>>;

beforeAll(async () => {
  pool = await localUserPool({ groups: ['customer_user', 'customer_admin'] });
});
afterAll(() => pool.stop());

const claims = { partnerId: 'acme', customerId: 'cus_1', roles: ['customer_user'] };

describe('acceptance against a user pool', () => {
  test('requests the token of a user with the given partner and roles once', async () => {
    const tokens = userPoolTokens(pool);
    const token = await tokens.tokenFor(claims);
    expect(decodeJwt(token)).toMatchObject({ partner_id: 'acme', customer_id: 'cus_1', roles: ['customer_user'] });
    expect(await tokens.tokenFor(claims)).toBe(token);
    const other = await tokens.tokenFor({ ...claims, roles: ['customer_admin'] });
    expect(decodeJwt(other)).toMatchObject({ roles: ['customer_admin'] });
    expect(decodeJwt(other).sub).not.toBe(decodeJwt(token).sub);
    tokens.stop();
  });

  test('signs in a user that an earlier run created', async () => {
    const [earlier, later] = [userPoolTokens(pool), userPoolTokens(pool)];
    const before = await earlier.tokenFor(claims);
    expect(decodeJwt(await later.tokenFor(claims)).sub).toBe(decodeJwt(before).sub);
    earlier.stop();
    later.stop();
  });
});
