import { DescribeUserPoolClientCommand } from '@aws-sdk/client-cognito-identity-provider';
import * as z from 'zod/mini';
import type { MachineClient } from '../../domain/machine-client.ts';
import { required } from '../environment.ts';
import { cognito, pool } from './user-pool.ts';

/** The client of the user pool for which it issues the tokens of all API clients. Only this system knows its secret. */
const sharedClient = () => required('MACHINE_CLIENT_ID');

const TIMEOUT_MS = 5000;

const answerSchema = z.object({ access_token: z.string(), expires_in: z.number() });
const errorSchema = z.object({ error: z.string() });

let secret: Promise<string> | undefined;

/**
 * Requests a token from the user pool on behalf of an API client. The metadata become claims: `functions/identity/add-claims.ts`.
 *
 * @throws Error when the user pool does not issue one
 */
export async function requestMachineToken(
  client: Pick<MachineClient, 'id' | 'partnerId' | 'roles'>,
): Promise<{ token: string; expiresInSeconds: number }> {
  secret ??= readSecret();
  let answer = await ask(client, await secret);
  if (!answer.ok && (await errorOf(answer)) === 'invalid_client') {
    // A deployment may have replaced the shared client.
    secret = readSecret();
    answer = await ask(client, await secret);
  }
  if (!answer.ok) {
    throw new Error(`The user pool issued no token: ${answer.status} ${await errorOf(answer)}`);
  }
  const { access_token: token, expires_in: expiresInSeconds } = answerSchema.parse(await answer.json());
  return { token, expiresInSeconds };
}

async function ask(
  { id, partnerId, roles }: Pick<MachineClient, 'id' | 'partnerId' | 'roles'>,
  clientSecret: string,
): Promise<Response> {
  const metadata: MachineMetadata = { client_id: id, partner_id: partnerId, roles: roles.join(' ') };
  return fetch(required('TOKEN_URL'), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${sharedClient()}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', aws_client_metadata: JSON.stringify(metadata) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

/** What the user pool passes to the function that adds claims. */
export type MachineMetadata = { client_id: string; partner_id: string; roles: string };

async function errorOf(answer: Response): Promise<string> {
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  const parsed = errorSchema.safeParse(body);
  return parsed.success ? parsed.data.error : '';
}

async function readSecret(): Promise<string> {
  const { UserPoolClient } = await cognito().send(
    new DescribeUserPoolClientCommand({ ...pool(), ClientId: sharedClient() }),
  );
  return UserPoolClient?.ClientSecret ?? '';
}
