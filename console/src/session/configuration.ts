import { type ConsoleConfiguration, DEFAULT_SCOPE } from '../../configuration.ts';

/** Reads the configuration. @throws Error that names what is missing */
export function parseConfiguration(value: unknown): ConsoleConfiguration {
  const { issuer, clientId, scope, endpoints, apiUrl } = isRecord(value) ? value : {};
  if (typeof issuer !== 'string' || typeof clientId !== 'string') {
    throw new Error('config.json needs issuer and clientId.');
  }
  const urls = isRecord(endpoints) ? endpoints : undefined;
  const { authorize, token, revoke, signOut } = urls ?? {};
  if (urls && (typeof authorize !== 'string' || typeof token !== 'string')) {
    throw new Error('The endpoints in config.json need authorize and token.');
  }
  return {
    issuer,
    clientId,
    scope: typeof scope === 'string' ? scope : DEFAULT_SCOPE,
    ...(typeof authorize === 'string' &&
      typeof token === 'string' && {
        endpoints: {
          authorize,
          token,
          ...(typeof revoke === 'string' && { revoke }),
          ...(typeof signOut === 'string' && { signOut }),
        },
      }),
    ...(typeof apiUrl === 'string' && { apiUrl }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
