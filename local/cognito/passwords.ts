import { randomInt } from 'node:crypto';
import { DAY_MS } from '../../domain/time-units.ts';
import { ServiceError } from '../aws-json-server.ts';
import type { PasswordPolicy } from '../template/parts.ts';
import { hashOfPassword, isHashOf } from './password-hash.ts';
import type { UserPool } from './user-pool.ts';

/** The passwords of a pool's users, by its policy. */
export type Passwords = {
  policy: PasswordPolicy;
  /** @throws ServiceError UserNotFoundException, InvalidPasswordException, PasswordHistoryPolicyViolationException */
  set(name: string, password: string, kind: { isTemporary: boolean }): Promise<void>;
  /** @throws ServiceError InvalidPasswordException */
  assertConforms(password: string): void;
  /** A random password that conforms to the policy. */
  random(): string;
};

/** @param now the real time: temporary passwords expire by it, as tokens do, because a person needs minutes to use one. */
export function passwordsOf(pool: UserPool, now: () => number = Date.now): Passwords {
  const policy = pool.part.passwordPolicy;
  return {
    policy,
    async set(name, password, { isTemporary }) {
      assertPasswordConforms(password, policy);
      const remembered = pool.user(name).passwordHistory ?? [];
      const isEarlier = remembered.slice(0, policy.remembered).map((hash) => isHashOf(password, hash));
      if ((await Promise.all(isEarlier)).includes(true)) {
        throw new ServiceError('PasswordHistoryPolicyViolationException', 'Password has previously been used.');
      }
      const passwordHash = await hashOfPassword(password);
      await pool.changeUser(name, () =>
        isTemporary
          ? { passwordHash, status: 'FORCE_CHANGE_PASSWORD', temporaryUntil: now() + policy.temporaryDays * DAY_MS }
          : {
              passwordHash,
              status: 'CONFIRMED',
              passwordHistory: [passwordHash, ...remembered].slice(0, policy.remembered),
            },
      );
    },
    assertConforms: (password) => assertPasswordConforms(password, policy),
    random: () => temporaryPassword(policy),
  };
}

const kinds = {
  lowercase: { pattern: /[a-z]/, letters: 'abcdefghijkmnopqrstuvwxyz' },
  uppercase: { pattern: /[A-Z]/, letters: 'ABCDEFGHJKLMNPQRSTUVWXYZ' },
  numeric: { pattern: /\d/, letters: '23456789' },
  // https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
  symbol: { pattern: /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/, letters: '!@#%*+-=?' },
} as const;

function assertPasswordConforms(password: string, { minLength, required }: PasswordPolicy): void {
  const missing = required.find((kind) => !kinds[kind].pattern.test(password));
  if (password.length < minLength || missing !== undefined) {
    const reason =
      password.length < minLength ? 'Password not long enough' : `Password must have ${missing} characters`;
    throw new ServiceError('InvalidPasswordException', `Password did not conform with policy: ${reason}`);
  }
}

/** Takes its characters from each kind in turn. */
function temporaryPassword({ minLength }: PasswordPolicy): string {
  const letters = Object.values(kinds).map((kind) => kind.letters);
  const characters = Array.from({ length: Math.max(minLength, letters.length) }, (_, index) => {
    const from = letters[index % letters.length] ?? '';
    return from.charAt(randomInt(from.length));
  });
  return characters.join('');
}
