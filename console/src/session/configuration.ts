/** `config.json`, which the deployment serves beside the console. */
export type Configuration = {
  /** The issuer of the tokens. Without `endpoints`, its discovery document names them. */
  issuer: string;
  /** The public client for which the issuer signs users in. */
  clientId: string;
  scope: string;
  /** The issuer's endpoints, when the browser cannot read its discovery document. */
  endpoints?: { authorize: string; token: string; revoke?: string; signOut?: string };
  /** The origin of the API, when it is not the console's own. */
  apiUrl?: string;
};

const DEFAULT_SCOPE = 'openid email';

/** Reads the configuration. @throws Error that names what is missing */
export function parseConfiguration(value: unknown): Configuration {
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
