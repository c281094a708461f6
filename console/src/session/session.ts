import { type User, UserManager, type UserManagerSettings, WebStorageStateStore } from 'oidc-client-ts';
import { type ConsoleConfiguration, redirectPaths } from '../../configuration.ts';

/** The user's session with the issuer: authorization code flow with PKCE, silent renewal and sign-out. */
export type Session = {
  /** Completes a sign-in when the issuer has just sent the user back, and returns the access token, if any. */
  start(): Promise<string | undefined>;
  /** Leaves for the issuer's sign-in page, to return to this path of the console. */
  signIn(returnTo: string): Promise<void>;
  /** Revokes the tokens, signs out at the issuer, and ends the sessions of the browser's other tabs. */
  signOut(): Promise<void>;
  /** Calls back with each renewed access token. */
  onRenewed(callback: (token: string) => void): void;
};

/** On this channel, a tab tells the others that its user has signed out. */
const SIGN_OUT_CHANNEL = 'sign-out';

export function openSession(configuration: ConsoleConfiguration): Session {
  const { origin } = window.location;
  const manager = new UserManager({
    ...settingsOf(configuration),
    redirect_uri: origin + redirectPaths.signedIn,
    // Not shared between tabs, and gone with the tab.
    userStore: new WebStorageStateStore({ store: window.sessionStorage }),
    automaticSilentRenew: true,
  });

  async function start(): Promise<string | undefined> {
    if (window.location.pathname === redirectPaths.signedIn) {
      const user = await manager.signinRedirectCallback();
      window.history.replaceState(undefined, '', returnPathOf(user));
      return user.access_token;
    }
    const user = await manager.getUser();
    if (user?.expired && user.refresh_token) {
      return (await manager.signinSilent().catch(() => null))?.access_token;
    }
    return user && !user.expired ? user.access_token : undefined;
  }

  const home = origin + redirectPaths.signedOut;
  // Issuers need not have an endpoint for this. The session at the issuer ends in any case.
  const revokeTokens = () => manager.revokeTokens().catch(() => undefined);

  async function endHere(): Promise<void> {
    await manager.removeUser();
    window.location.assign(home);
  }

  const tabs = new BroadcastChannel(SIGN_OUT_CHANNEL);
  tabs.onmessage = async () => {
    if (await manager.getUser()) {
      await revokeTokens();
      await endHere();
    }
  };

  return {
    start,
    signIn: (returnTo) => manager.signinRedirect({ state: returnTo }),
    async signOut() {
      tabs.postMessage('signed out');
      await revokeTokens();
      try {
        await manager.signoutRedirect({
          post_logout_redirect_uri: home,
          // Cognito's own names.
          extraQueryParams: { client_id: configuration.clientId, logout_uri: home },
        });
      } catch {
        // The issuer has no such endpoint: the session of this console ends.
        await endHere();
      }
    },
    onRenewed: (callback) => void manager.events.addUserLoaded(({ access_token }) => callback(access_token)),
  };
}

function settingsOf({
  issuer,
  clientId,
  scope,
  endpoints,
}: ConsoleConfiguration): Pick<UserManagerSettings, 'authority' | 'client_id' | 'scope' | 'metadata'> {
  return {
    authority: issuer,
    client_id: clientId,
    scope,
    ...(endpoints && {
      metadata: {
        issuer,
        authorization_endpoint: endpoints.authorize,
        token_endpoint: endpoints.token,
        ...(endpoints.revoke && { revocation_endpoint: endpoints.revoke }),
        ...(endpoints.signOut && { end_session_endpoint: endpoints.signOut }),
      },
    }),
  };
}

/** The path that the user asked for before signing in; always one of the console's own. */
function returnPathOf({ state }: User): string {
  return typeof state === 'string' && /^\/(?!\/)/.test(state) ? state : '/';
}
