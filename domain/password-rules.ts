/** The wholesaler's rules for the passwords of users. The user pool enforces them, and invitations explain them. */
export const passwordRules = {
  minLength: 16,
  /** How many earlier passwords a new one must differ from. */
  remembered: 10,
  /** The validity of a temporary password. The user pool counts in days. */
  temporaryDays: 1,
} as const;
