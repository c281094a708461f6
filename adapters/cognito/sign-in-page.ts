/** The name of the user pool's client with which users sign in. */
export const USER_CLIENT_NAME = 'sim-fulfilment-users';

/** Where the user pool's sign-in begins: the origin of its pages, the client, and the URL to which it returns with a code. */
export type SignInStart = { pages: string; clientId: string; callback: string };

/** The URL at which the user pool signs a user in. A program adds `state` and its PKCE challenge. */
export function authorizeUrl({ pages, clientId, callback }: SignInStart): string {
  const query = `response_type=code&client_id=${clientId}&scope=openid+email`;
  return `${pages}/oauth2/authorize?${query}&redirect_uri=${encodeURIComponent(callback)}`;
}
