import { randomBytes } from 'node:crypto';
import { ServiceError } from '../aws-json-server.ts';
import { newAuthenticatorKey, stepOfCode } from './authenticator-codes.ts';
import { isHashOf } from './password-hash.ts';
import type { Passwords } from './passwords.ts';
import type { PoolUser, UserPool } from './user-pool.ts';

/** The next step of a sign-in, under its name in Cognito. */
export type Challenge = 'NEW_PASSWORD_REQUIRED' | 'MFA_SETUP' | 'SOFTWARE_TOKEN_MFA';

/** A finished sign-in, or its next challenge with the session of the answer. */
export type SignInStep =
  | { user: PoolUser; challenge?: undefined }
  | { user: PoolUser; challenge: Challenge; session: string };

/** The sign-ins of a user pool, step by step. A wrong answer can be corrected in the same session. */
export type SignIns = {
  /** @throws ServiceError NotAuthorizedException */
  begin(credentials: { username: string; password: string }): Promise<SignInStep>;
  /** Replaces the temporary password. @throws ServiceError InvalidPasswordException, NotAuthorizedException */
  setPassword(session: string, password: string): Promise<SignInStep>;
  /** The key for the user's authenticator app. @throws ServiceError NotAuthorizedException */
  newAuthenticator(session: string): { key: string; session: string };
  /** Registers the app that shows this code. @throws ServiceError EnableSoftwareTokenMFAException, NotAuthorizedException */
  verifyAuthenticator(session: string, code: string): Promise<{ session: string }>;
  /** Finishes the sign-in in which an app was registered. @throws ServiceError NotAuthorizedException */
  finishSetup(session: string): SignInStep;
  /** @throws ServiceError CodeMismatchException, ExpiredCodeException, NotAuthorizedException */
  enterCode(session: string, code: string): Promise<SignInStep>;
};

/**
 * Cognito's default. Sessions and codes live in real time, as tokens do.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html (AuthSessionValidity)
 */
const SESSION_MS = 3 * 60_000;

type Session = { userId: string; needs: Challenge; until: number; newKey?: string; isVerified?: boolean };

export function openSignIns(pool: UserPool, passwords: Passwords, now: () => number = Date.now): SignIns {
  const sessions = new Map<string, Session>();
  const { secondFactor } = pool.part;

  function open(session: Omit<Session, 'until'>): string {
    const id = randomBytes(48).toString('base64url');
    sessions.set(id, { ...session, until: now() + SESSION_MS });
    return id;
  }

  function find(id: string, needs: Challenge): Session {
    const session = sessions.get(id);
    if (!session || session.until < now() || session.needs !== needs) {
      throw new ServiceError('NotAuthorizedException', 'Invalid session for the user.');
    }
    return session;
  }

  function enabledUser(name: string): PoolUser {
    const user = pool.user(name);
    if (!user.enabled) {
      throw new ServiceError('NotAuthorizedException', 'User is disabled.');
    }
    return user;
  }

  /** The next step after the right password. */
  function afterPassword(user: PoolUser): SignInStep {
    if (secondFactor !== 'OFF' && user.authenticatorKey !== undefined) {
      return needs(user, 'SOFTWARE_TOKEN_MFA');
    }
    return secondFactor === 'ON' ? needs(user, 'MFA_SETUP') : { user };
  }

  function needs(user: PoolUser, challenge: Challenge): SignInStep {
    return { user, challenge, session: open({ userId: user.id, needs: challenge }) };
  }

  return {
    async begin({ username, password }) {
      const found = pool.users().find(({ attributes }) => attributes.email?.toLowerCase() === username.toLowerCase());
      if (!found || !(await isHashOf(password, found.passwordHash))) {
        throw new ServiceError('NotAuthorizedException', 'Incorrect username or password.');
      }
      const user = enabledUser(found.id);
      if (user.status === 'CONFIRMED') {
        return afterPassword(user);
      }
      if (user.temporaryUntil !== undefined && user.temporaryUntil < now()) {
        throw new ServiceError(
          'NotAuthorizedException',
          'Temporary password has expired and must be reset by an administrator.',
        );
      }
      return needs(user, 'NEW_PASSWORD_REQUIRED');
    },
    async setPassword(id, password) {
      const { userId } = find(id, 'NEW_PASSWORD_REQUIRED');
      await passwords.set(enabledUser(userId).id, password, { isTemporary: false });
      sessions.delete(id);
      return afterPassword(pool.user(userId));
    },
    newAuthenticator(id) {
      const { userId } = find(id, 'MFA_SETUP');
      const key = newAuthenticatorKey();
      sessions.delete(id);
      return { key, session: open({ userId, needs: 'MFA_SETUP', newKey: key }) };
    },
    async verifyAuthenticator(id, code) {
      const { userId, newKey } = find(id, 'MFA_SETUP');
      const step = newKey === undefined ? undefined : stepOfCode(newKey, code, now());
      if (newKey === undefined || step === undefined) {
        throw new ServiceError('EnableSoftwareTokenMFAException', 'Code mismatch');
      }
      await pool.changeUser(userId, () => ({ authenticatorKey: newKey, lastCodeStep: step }));
      sessions.delete(id);
      return { session: open({ userId, needs: 'MFA_SETUP', isVerified: true }) };
    },
    finishSetup(id) {
      const { userId, isVerified } = find(id, 'MFA_SETUP');
      if (!isVerified) {
        throw new ServiceError('NotAuthorizedException', 'No authenticator app has been verified in this session.');
      }
      sessions.delete(id);
      return { user: enabledUser(userId) };
    },
    async enterCode(id, code) {
      const { userId } = find(id, 'SOFTWARE_TOKEN_MFA');
      const { authenticatorKey, lastCodeStep = 0 } = enabledUser(userId);
      const step = authenticatorKey === undefined ? undefined : stepOfCode(authenticatorKey, code, now());
      if (step === undefined) {
        throw new ServiceError('CodeMismatchException', 'Invalid code or auth state for the user.');
      }
      if (step <= lastCodeStep) {
        throw new ServiceError('ExpiredCodeException', 'Your software token has already been used once.');
      }
      await pool.changeUser(userId, () => ({ lastCodeStep: step }));
      sessions.delete(id);
      return { user: pool.user(userId) };
    },
  };
}
