import { hasUserPool } from '../../adapters/cognito/has-user-pool.ts';
import { required } from '../../adapters/environment.ts';
import { Refusal } from '../refusal.ts';

/** @throws Refusal `no_user_pool` when an external issuer manages users and API clients */
export function requireUserPool(): void {
  if (!hasUserPool()) {
    const detail = `Users and API clients are managed by the token issuer ${required('TOKEN_ISSUER')}.`;
    throw new Refusal('no_user_pool', detail);
  }
}
