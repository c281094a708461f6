/** The name of the user pool's client with which users sign in. */
export const USER_CLIENT_NAME = 'sim-fulfilment-users';

/** The paths of a user pool's domain. https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html */
export const domainPaths = {
  authorize: '/oauth2/authorize',
  token: '/oauth2/token',
  revoke: '/oauth2/revoke',
  signOut: '/logout',
} as const;

/** The endpoints of a user pool's domain with which a page signs users in and out. */
export function signInEndpoints(domainUrl: string): Readonly<Record<keyof typeof domainPaths, string>> {
  return {
    authorize: domainUrl + domainPaths.authorize,
    token: domainUrl + domainPaths.token,
    revoke: domainUrl + domainPaths.revoke,
    signOut: domainUrl + domainPaths.signOut,
  };
}

/** Where the user pool's sign-in begins: the origin of its pages, the client, and the URL to which it returns with a code. */
export type SignInStart = { pages: string; clientId: string; callback: string };

/** The URL at which the user pool signs a user in. A program adds `state` and its PKCE challenge. */
export function authorizeUrl({ pages, clientId, callback }: SignInStart): string {
  const query = `response_type=code&client_id=${clientId}&scope=openid+email`;
  return `${pages}${domainPaths.authorize}?${query}&redirect_uri=${encodeURIComponent(callback)}`;
}
