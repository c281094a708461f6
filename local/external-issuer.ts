import { DEFAULT_SCOPE } from '../console/configuration.ts';
import { StartError } from './start-error.ts';

/** An OpenID Connect issuer whose tokens a local cloud accepts, and at which users of the console sign in. */
export type ExternalIssuer = { issuer: string; audience: string; clientId: string; scope: string };

/**
 * The external issuer of the environment, as a deployment has it by `-c issuer=`, `-c audience=`, `-c consoleClientId=` and
 * `-c consoleScope=`; undefined when none is set, for the local user pool.
 *
 * @throws StartError when a setting is missing or invalid
 */
export function externalIssuerFrom(
  environment: Readonly<Record<string, string | undefined>>,
): ExternalIssuer | undefined {
  const { ISSUER: issuer, AUDIENCE: audience, CONSOLE_CLIENT_ID: clientId, CONSOLE_SCOPE: scope } = environment;
  if (!issuer && !audience && !clientId && !scope) {
    return undefined;
  }
  if (!issuer || !audience || !clientId) {
    throw new StartError('Another issuer needs ISSUER, AUDIENCE and CONSOLE_CLIENT_ID.');
  }
  if (!URL.canParse(issuer)) {
    throw new StartError(`ISSUER must be a URL, not "${issuer}".`);
  }
  return { issuer, audience, clientId, scope: scope || DEFAULT_SCOPE };
}
