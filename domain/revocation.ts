import { MACHINE_TOKEN_HOURS } from './machine-client.ts';

/** The end of the tokens of a user or an API client: those issued until then are refused. */
export type Revocation = {
  /** The id of the user or of the client. */
  subject: string;
  /** In seconds since 1970, as `iat` of a token. */
  revokedAt: number;
};

/** How long a revocation is kept: longer than any token is valid. */
export const REVOCATION_SECONDS = (MACHINE_TOKEN_HOURS + 1) * 3600;

/**
 * The rule: a revocation ends the tokens that were issued before it, in the same second included. A token without a time of issue
 * counts as issued before it.
 */
export function isRevoked({ revokedAt }: Revocation, issuedAt: number | undefined): boolean {
  return issuedAt === undefined || issuedAt <= revokedAt;
}
