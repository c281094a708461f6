import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApiAnswer } from '../operators-api.ts';
import { error } from './errors.ts';

/** A token lives for this long, in seconds of real time, like the vendor's. */
const LIFETIME_SECONDS = 60;

/** Answers `POST /auth/token`, the password grant. The password is the sandbox's API key, with any client id and user name. */
export function login(form: unknown, apiKey: string): ApiAnswer {
  const { grant_type, client_id, username, password }: Record<string, unknown> = Object(form);
  if (grant_type !== 'password' || !client_id || !username) {
    return error(400, 4000, 'Request validation failed', 'grant_type, client_id, username and password are required');
  }
  if (password !== apiKey) {
    return error(401, 2040, 'Invalid credentials');
  }
  const until = String(Math.floor(Date.now() / 1_000) + LIFETIME_SECONDS);
  const body = {
    access_token: `${until}.${signatureOf(until, apiKey)}`,
    token_type: 'JWT',
    expires_in: LIFETIME_SECONDS,
  };
  return { status: 200, body };
}

/** Whether an `Authorization` header has a token of ours that has not expired. */
export function hasToken(authorization: string | undefined, apiKey: string): boolean {
  const [until = '', signature = ''] = (authorization ?? '').replace(/^Bearer /, '').split('.');
  const [given, expected] = [Buffer.from(signature), Buffer.from(signatureOf(until, apiKey))];
  return given.length === expected.length && timingSafeEqual(given, expected) && Number(until) * 1_000 > Date.now();
}

const signatureOf = (until: string, apiKey: string) => createHmac('sha256', apiKey).update(until).digest('base64url');
