import { hasUserPool } from '../../adapters/cognito/user-pool.ts';
import { required } from '../../adapters/environment.ts';
import { HttpProblem } from '../../functions/http/problem.ts';

/** @throws HttpProblem 409 where another issuer signs the tokens, and users and clients are made at that. */
export function requireUserPool(): void {
  if (!hasUserPool()) {
    const detail = `Users and API clients are managed by the token issuer ${required('TOKEN_ISSUER')}.`;
    throw new HttpProblem('no_user_pool', detail);
  }
}
