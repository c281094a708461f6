/** The file with the console's configuration. Every place that serves the console writes it, so that one build serves all stages. */
export const CONFIGURATION_FILE = 'config.json';

/** The configuration of the console, which it reads when it starts. */
export type ConsoleConfiguration = {
  /** The issuer of the tokens. Without `endpoints`, its discovery document names them. */
  issuer: string;
  /** The public client of the issuer with which users sign in, by the authorization code flow with PKCE. */
  clientId: string;
  /** The scopes that the console requests, separated by spaces. */
  scope: string;
  /** The issuer's endpoints, when the browser cannot or need not read its discovery document. */
  endpoints?: { authorize: string; token: string; revoke?: string; signOut?: string };
  /** The origin of the API, when it is not the console's own. It must allow the console's origin by CORS. */
  apiUrl?: string;
};

/** The scope when the configuration names none: that of the user pool's client. */
export const DEFAULT_SCOPE = 'openid email';

/** The paths of the console to which the issuer redirects users. They are registered with the console's client. */
export const redirectPaths = {
  /** Receives the authorization code. */
  signedIn: '/signed-in',
  signedOut: '/',
} as const;
