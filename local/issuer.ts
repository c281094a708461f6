import { randomUUID } from 'node:crypto';
import path from 'node:path';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  SignJWT,
} from 'jose';
import * as z from 'zod';
import { readStored, store } from './stored-json.ts';

/** The claims and the validity of a requested token. */
export type TokenRequest = {
  partnerId?: string | undefined;
  roles: readonly string[];
  customerId?: string | undefined;
  sub?: string | undefined;
  /** Seconds of real time. */
  expiresIn?: number | undefined;
};

/** Signs the tokens of the local cloud, in place of an identity provider. */
export type Issuer = {
  issuer: string;
  audience: string;
  /** The public key. */
  jwks: { keys: JWK[] };
  /** Finds the key with which a token was signed. */
  keys: JWTVerifyGetKey;
  token(request: TokenRequest): Promise<string>;
  /** Signs any claims; for tests of what the authoriser refuses. */
  sign(claims: JWTPayload): Promise<string>;
};

const TWELVE_HOURS_S = 12 * 3600;

/**
 * Opens the issuer of a data folder, which stores its key pair: tokens stay valid after a restart.
 *
 * @param options.isExternal whether another issuer exists under this name: its tokens are accepted, too
 */
export async function openIssuer(options: {
  folder: string;
  issuer: string;
  audience: string;
  isExternal?: boolean;
}): Promise<Issuer> {
  const { issuer, audience, folder, isExternal = false } = options;
  const file = path.join(folder, 'issuer-key.json');
  let jwk: JWK | undefined = await readStored(file, z.looseObject({ kty: z.string(), kid: z.string() }));
  if (!jwk) {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256', use: 'sig' };
    await store(file, jwk);
  }
  const privateKey = await importJWK(jwk, 'RS256');
  const { kty, n, e, kid, alg, use } = jwk;
  const jwks = { keys: [{ kty, n, e, kid, alg, use }].map((key) => definedOnly(key)) };

  const sign = (claims: JWTPayload) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(kid !== undefined && { kid }) })
      .sign(privateKey);

  return {
    issuer,
    audience,
    jwks,
    keys: isExternal ? ownOrExternal(createLocalJWKSet(jwks), issuer) : createLocalJWKSet(jwks),
    sign,
    token({ partnerId, roles, customerId, sub, expiresIn = TWELVE_HOURS_S }) {
      const now = Math.floor(Date.now() / 1000);
      return sign({
        iss: issuer,
        aud: audience,
        sub: sub ?? `local|${partnerId ?? 'platform'}`,
        iat: now,
        exp: now + expiresIn,
        roles: [...roles],
        ...(partnerId !== undefined && { partner_id: partnerId }),
        ...(customerId !== undefined && { customer_id: customerId }),
      });
    },
  };
}

/** Finds a key that is not the local issuer's among those that the external issuer publishes. */
function ownOrExternal(own: JWTVerifyGetKey, issuer: string): JWTVerifyGetKey {
  let external: JWTVerifyGetKey | undefined;
  return async (header, token) => {
    try {
      return await own(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) {
        throw error;
      }
    }
    external ??= createRemoteJWKSet(await jwksUrlOf(issuer));
    return external(header, token);
  };
}

async function jwksUrlOf(issuer: string): Promise<URL> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const { jwks_uri: url } = z.looseObject({ jwks_uri: z.url() }).parse(await response.json());
  return new URL(url);
}

function definedOnly(key: { kty?: string | undefined } & Record<string, unknown>): JWK {
  // Safe: omitting undefined values does not change the key.
  return Object.fromEntries(Object.entries(key).filter(([, value]) => value !== undefined)) as unknown as JWK;
}
