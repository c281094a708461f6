import * as text from './index.ts';

/** The text of a role; the role itself when it is newer than the console. */
export function roleText(role: string): string {
  const names: Readonly<Record<string, string>> = text.users.role;
  return names[role] ?? role;
}

/** What a user with a role may do; undefined when it is newer than the console. */
export function roleHint(role: string): string | undefined {
  const hints: Readonly<Record<string, string>> = text.users.roleHint;
  return hints[role];
}
