import { createHash, randomBytes } from 'node:crypto';

/** A user who has signed in to a client over the pool's sign-in page. */
export type Session = {
  userId: string;
  clientId: string;
  scopes: readonly string[];
  /** Repeated in ID tokens; only for the first one. */
  nonce?: string | undefined;
};

/** An authorization code before its exchange for tokens. */
type IssuedCode = { session: Session; redirectUri: string; challenge: string; expiresAt: number };

/** The authorization codes and refresh tokens of a pool. A restart ends all sessions. */
export type Sessions = {
  /** Returns a code for one exchange within five minutes. */
  issueCode(session: Session, request: { redirectUri: string; challenge: string }): string;
  /** Returns the session of a code, once, if the client proves that it asked for the code (RFC 7636). */
  redeemCode(code: string, proof: { clientId: string; redirectUri: string; verifier: string }): Session | undefined;
  issueRefreshToken(session: Session): string;
  sessionOf(refreshToken: string, clientId: string): Session | undefined;
  revoke(refreshToken: string): void;
  /** Ends all sessions of a user. */
  revokeAll(userId: string): void;
};

const CODE_MS = 5 * 60_000;

export function openSessions(now: () => number = Date.now): Sessions {
  const codes = new Map<string, IssuedCode>();
  const refreshTokens = new Map<string, Session>();
  const newToken = () => randomBytes(32).toString('base64url');

  return {
    issueCode(session, { redirectUri, challenge }) {
      const code = newToken();
      codes.set(code, { session, redirectUri, challenge, expiresAt: now() + CODE_MS });
      return code;
    },
    redeemCode(code, { clientId, redirectUri, verifier }) {
      const issued = codes.get(code);
      codes.delete(code);
      const isProven =
        issued !== undefined &&
        issued.expiresAt > now() &&
        issued.session.clientId === clientId &&
        issued.redirectUri === redirectUri &&
        issued.challenge === createHash('sha256').update(verifier).digest('base64url');
      return isProven ? issued.session : undefined;
    },
    issueRefreshToken({ nonce: _first, ...session }) {
      const token = newToken();
      refreshTokens.set(token, session);
      return token;
    },
    sessionOf(refreshToken, clientId) {
      const session = refreshTokens.get(refreshToken);
      return session?.clientId === clientId ? session : undefined;
    },
    revoke: (refreshToken) => void refreshTokens.delete(refreshToken),
    revokeAll(userId) {
      for (const [token, session] of refreshTokens) {
        if (session.userId === userId) {
          refreshTokens.delete(token);
        }
      }
    },
  };
}
